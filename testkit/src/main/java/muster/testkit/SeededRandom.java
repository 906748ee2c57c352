package muster.testkit;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
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

    /**
     * As {@link #rounds}, several at a time on as many threads as there are processors: for rounds that share nothing, each of which
     * follows from its random numbers alone. Of those that fail the first is reported.
     */
    public static void manyRounds(int rounds, Round round) {
        int threads = Runtime.getRuntime().availableProcessors();
        if (threads == 1 || System.getProperty(SEED) != null && !ANY.equals(System.getProperty(SEED))) {
            rounds(rounds, round);
            return;
        }
        long first = ANY.equals(System.getProperty(SEED)) ? System.nanoTime() : 0;
        long count = rounds * Long.getLong(ROUNDS, 1);
        AtomicLong next = new AtomicLong();
        ConcurrentSkipListMap<Long, Throwable> failures = new ConcurrentSkipListMap<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                executor.submit(() -> {
                    for (long at = next.getAndIncrement(); at < count && failures.isEmpty(); at = next.getAndIncrement()) {
                        try {
                            run(first + at, round);
                        } catch (RuntimeException | Error e) {
                            failures.put(at, e);
                        }
                    }
                });
            }
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.firstEntry().getValue().getMessage(), failures.firstEntry().getValue());
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
