package muster.testkit;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Randomness that can be had again: a failure names its seed, and {@code -Dtest.seed=N} runs exactly that one.
 */
public final class SeededRandom {
    private static final String PROPERTY = "test.seed";

    /** A check of one round. */
    @FunctionalInterface
    public interface Round {
        void run(RandomGenerator random) throws Exception;
    }

    private SeededRandom() {}

    /** The same sequence for the same seed, on every machine. */
    public static RandomGenerator of(long seed) {
        return new SplittableRandom(seed);
    }

    /**
     * Runs the check with {@code rounds} different seeds; the first that fails is reported with its seed. With
     * {@code -Dtest.seed=N} only that seed runs.
     */
    public static void rounds(int rounds, Round round) {
        String wanted = System.getProperty(PROPERTY);
        if (wanted != null) {
            run(Long.parseLong(wanted), round);
            return;
        }
        long first = System.nanoTime();
        for (int i = 0; i < rounds; i++) {
            run(first + i, round);
        }
    }

    private static void run(long seed, Round round) {
        try {
            round.run(of(seed));
        } catch (Exception | AssertionError e) {
            throw new AssertionError("fails with seed " + seed + " (run again with -D" + PROPERTY + "=" + seed + "): "
                    + e.getMessage(), e);
        }
    }
}
