package muster.testkit;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Randomness that can be had again. Without a word about it the seeds are always the same, so that a test that passed passes again;
 * {@code -Dtest.seed=N} runs exactly one, as a failure names it, and {@code -Dtest.seed=random} others every time. {@code
 * -Dtest.rounds=K} runs K times as many rounds.
 */
public final class SeededRandom {
    private static final String SEED = "test.seed";
    private static final String ROUNDS = "test.rounds";
    private static final String ANY = "random";

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

    /** Runs the check with {@code rounds} different seeds; the first that fails is reported with its seed. */
    public static void rounds(int rounds, Round round) {
        Optional<String> wanted = Optional.ofNullable(System.getProperty(SEED));
        boolean any = wanted.filter(ANY::equals).isPresent();
        if (wanted.isPresent() && !any) {
            run(Long.parseLong(wanted.get()), round);
            return;
        }
        long first = any ? System.nanoTime() : 0;
        long count = rounds * Long.getLong(ROUNDS, 1);
        for (long i = 0; i < count; i++) {
            run(first + i, round);
        }
    }

    private static void run(long seed, Round round) {
        try {
            round.run(of(seed));
        } catch (Exception | AssertionError e) {
            throw new AssertionError("fails with seed " + seed + " (run again with -D" + SEED + "=" + seed + "): "
                    + e.getMessage(), e);
        }
    }
}
