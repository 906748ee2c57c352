package muster.testkit;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until something holds, and fails with its name and its last state when the time is over. For what other processes
 * and threads do; where a test owns the thread or the clock it should drive them instead.
 */
public final class Eventually {
    /** Long enough for a loaded machine; a test that passes never waits for it. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 50_000_000;

    /** Something that fails with an exception or an assertion error while it does not hold yet. */
    @FunctionalInterface
    public interface Check {
        void run() throws Exception;
    }

    private Eventually() {}

    /** Waits until the condition is true. */
    public static void holds(String what, Callable<Boolean> condition) {
        holds(what, PATIENCE, condition);
    }

    /** As {@link #holds(String, Callable)}, with another deadline. */
    public static void holds(String what, Duration within, Callable<Boolean> condition) {
        value(what, within, () -> condition.call() ? Optional.of(true) : Optional.empty());
    }

    /** Waits until the check ends without an exception or assertion error; the last one is the cause of the failure. */
    public static void passes(String what, Check check) {
        passes(what, PATIENCE, check);
    }

    /** As {@link #passes(String, Check)}, with another deadline. */
    public static void passes(String what, Duration within, Check check) {
        value(what, within, () -> {
            check.run();
            return Optional.of(true);
        });
    }

    /** Waits until there is a value. */
    public static <T> T value(String what, Callable<Optional<T>> source) {
        return value(what, PATIENCE, source);
    }

    /** As {@link #value(String, Callable)}, with another deadline. */
    public static <T> T value(String what, Duration within, Callable<Optional<T>> source) {
        long end = System.nanoTime() + within.toNanos();
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            Throwable last = null;
            try {
                Optional<T> found = source.call();
                if (found.isPresent()) {
                    return found.get();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting: " + what, e);
            } catch (Exception | AssertionError e) {
                last = e;
            }
            if (System.nanoTime() - end >= 0) {
                throw new AssertionError("not within " + within.toMillis() + " ms: " + what, last);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted while waiting: " + what, last);
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(pause * 2, LONGEST_PAUSE_NANOS);
        }
    }
}
