package muster.checks;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a check runs next. Pure.
 *
 * <p>A check of a service that has just come runs at once and, until it passes for the first time, in quick succession
 * with growing pauses: an instance that comes up is seen within milliseconds. Any other check starts after a random
 * part of its interval, so that an agent with many of them does not run all at one moment.
 */
public record Pace(Duration interval, boolean eager) {
    private static final Duration FIRST_RETRY = Duration.ofMillis(20);

    /** How long to wait before the first run. */
    public Duration first(RandomGenerator random) {
        return eager ? Duration.ZERO : Duration.ofNanos(random.nextLong(Math.max(interval.toNanos(), 1)));
    }

    /** How long to wait after the given number of runs. */
    public Duration after(int runs, boolean everPassed) {
        if (!eager || everPassed || runs > 30) {
            return interval;
        }
        Duration quick = FIRST_RETRY.multipliedBy(1L << Math.max(runs - 1, 0));
        return quick.compareTo(interval) < 0 ? quick : interval;
    }
}
