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
     * @param time from its head to its end
     * @param tries of targets
     */
    record Ended(RequestHead head, Optional<Decision.Attempt> attempt, int status, long bytes, Duration time, Tries tries) {
        /** One that was sent once, or not at all. */
        public Ended(RequestHead head, Optional<Decision.Attempt> attempt, int status, long bytes, Duration time) {
            this(head, attempt, status, bytes, time, attempt.isPresent() ? new Tries(1, time) : Tries.NONE);
        }
    }

    /**
     * How often a request was sent.
     *
     * @param last how long the last target had it
     */
    record Tries(int count, Duration last) {
        static final Tries NONE = new Tries(0, Duration.ZERO);

        /** How often it was sent again. */
        public int again() {
            return Math.max(0, count - 1);
        }
    }
}
