package muster.scheduler.state;

import java.time.Duration;
import java.time.Instant;
import muster.scheduler.job.Values;

/** How a node is drained. A deadline of 0 is none, a negative one drains at once. */
public record DrainStrategy(
        Duration deadline,
        Instant forceDeadline,
        boolean ignoreSystemJobs,
        Instant startedAt) {
    public DrainStrategy {
        deadline = Values.duration(deadline);
    }
}
