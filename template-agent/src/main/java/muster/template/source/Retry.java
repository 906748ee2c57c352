package muster.template.source;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between attempts that fail: doubling, the upper half by chance.
 *
 * @param first pause after the first failure
 * @param longest where the doubling ends
 */
public record Retry(Duration first, Duration longest) {
    public static final Retry DEFAULT = new Retry(Duration.ofMillis(250), Duration.ofMinutes(1));
    private static final int MAX_DOUBLINGS = 30;

    public Retry {
        if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("retry: backoff " + first + " must be positive and not above max_backoff " + longest);
        }
    }

    /** The pause after this many failures in a row, at least 1. */
    Duration after(int failures, RandomGenerator random) {
        long limit = longest.toNanos();
        int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
        long full = first.toNanos() > limit >> doublings ? limit : first.toNanos() << doublings;
        return Duration.ofNanos(full / 2 + random.nextLong(Math.max(1, full / 2)));
    }

    /** How long this many attempts take in all, without chance. */
    public Duration total(int attempts) {
        Duration sum = Duration.ZERO;
        Duration pause = first;
        for (int i = 0; i < attempts; i++) {
            sum = sum.plus(pause);
            pause = pause.multipliedBy(2).compareTo(longest) < 0 ? pause.multipliedBy(2) : longest;
        }
        return sum;
    }
}
