package muster.lb.choose;

/** What a target's real requests say about it. Times are those of a monotonic clock, in nanoseconds. */
public sealed interface Standing {
    /**
     * It takes its share.
     *
     * @param failures in a row without an answer
     * @param errors in a row, answers of 5xx and failures together
     * @param ejections before, as far as they still lengthen the next one
     */
    record In(int failures, int errors, int ejections) implements Standing {
        static final In FRESH = new In(0, 0, 0);
    }

    /** It is left out until a time, then tried with one request. */
    record Ejected(long until, int ejections) implements Standing {}

    /** One request is trying it since a time. */
    record Trial(long since, int ejections) implements Standing {}

    /** How a request to a target went. */
    enum Outcome {
        /** Answered, not with 5xx. */
        GOOD,
        /** Answered with 5xx. */
        ERROR,
        /** No answer. */
        FAILED,
        /** Ended by the client or for reasons that say nothing about the target. */
        UNKNOWN
    }
}
