package muster.registry.client.http;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long a watch pauses, decided without a clock. One watch's loop owns it. */
final class Pauses {
    /** Answers that may follow each other without a pause, after a quiet time. */
    private static final int BURST = 8;
    private static final int MAX_DOUBLINGS = 30;

    private final HttpRegistrySettings.Pace pace;
    private final RandomGenerator random;
    private int failures;
    /** The monotonic time at which the allowance for a burst would be full again. */
    private long fullAt;
    private boolean started;

    Pauses(HttpRegistrySettings.Pace pace, RandomGenerator random) {
        this.pace = pace;
        this.random = random;
    }

    /** The pause before the next request after an answer, given a monotonic clock's nanoseconds. Counts the request. */
    Duration afterAnswer(long nanos) {
        failures = 0;
        long interval = pace.interval().toNanos();
        if (!started || nanos - fullAt > 0) {
            started = true;
            fullAt = nanos;
        }
        long pause = Math.max(0, fullAt - nanos - (BURST - 1) * interval);
        fullAt += interval;
        return Duration.ofNanos(pause);
    }

    /** The pause after a failure: doubling with each in a row, its upper half by chance, so that many clients spread out. */
    Duration afterFailure() {
        long longest = pace.longestRetry().toNanos();
        long first = pace.firstRetry().toNanos();
        int doublings = Math.min(failures++, MAX_DOUBLINGS);
        long full = first > longest >> doublings ? longest : first << doublings;
        return Duration.ofNanos(full / 2 + random.nextLong(Math.max(1, full / 2)));
    }
}
