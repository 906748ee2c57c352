package muster.checks;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** The end of an attempt, on the monotonic clock. */
record Deadline(long nanoTime) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** What is left, at least 1; throws once nothing is. */
    int remainingMillis() throws SocketTimeoutException {
        long left = nanoTime - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("i/o timeout");
        }
        return Math.clamp(left / 1_000_000, 1, Integer.MAX_VALUE);
    }
}
