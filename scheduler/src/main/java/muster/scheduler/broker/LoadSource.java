package muster.scheduler.broker;

import java.util.OptionalDouble;
import muster.scheduler.state.State;

/** What is measured of a group's instances. Asked on the leader, on a thread that may wait for a short while. */
public interface LoadSource {
    /** Measures nothing. */
    LoadSource NONE = (state, namespace, job, group, query) -> OptionalDouble.empty();

    /**
     * The mean of the group's running instances: {@code requests} a second, or {@code cpu} in percent of what was granted; empty
     * where that is not known.
     */
    OptionalDouble perInstance(State state, String namespace, String job, String group, String query);
}
