package muster.lb.exchange;

import java.time.Duration;
import java.util.Optional;

/**
 * A dialect's side of the data path. Called on event loops, by several at once, so nothing here may wait; what changes (the
 * table, counters) is read through one volatile reference or is atomic.
 */
public interface Dispatcher {
    /** Decides. What it throws is answered with 500 and logged as a bug. */
    Decision decide(RequestHead head);

    /** The answer when the last attempt failed. */
    Decision.Answer failed(RequestHead head, Failure failure);

    /**
     * Tells how one attempt ended, also those after which another followed.
     *
     * @param failure empty when there was an answer's head, whose status this is
     */
    default void attempted(Decision.Attempt attempt, Optional<Failure> failure, int status, Duration time) {}

    /** Tells how a request ended, for logs and metrics. */
    default void ended(Ended ended) {}

    /**
     * One request, over.
     *
     * @param attempt the last one, empty when the proxy answered itself
     * @param status 0 when the client went before there was one
     * @param bytes of the answer's body that were sent
     */
    record Ended(RequestHead head, Optional<Decision.Attempt> attempt, int status, long bytes, Duration time) {}
}
