package muster.lb.middleware;

import java.util.Arrays;

/**
 * Answers of the last ten seconds, by second: how many with which status, and how long they took, in steps that grow by a fifth.
 * Not for several threads; the circuit breaker guards it.
 */
final class AnswerCounts {
    private static final int SECONDS = 10;
    private static final int STEPS = 96;
    private static final double GROWTH = 1.2;

    private final int[][] statuses = new int[SECONDS][600];
    private final int[][] latencies = new int[SECONDS][STEPS];
    private final long[] second = new long[SECONDS];

    AnswerCounts() {
        clear();
    }

    void clear() {
        Arrays.fill(second, Long.MIN_VALUE);
    }

    void add(int status, long nanos, long now) {
        int slot = slot(now);
        if (status >= 100 && status < 600) {
            statuses[slot][status]++;
        }
        int step = nanos <= 100_000 ? 0 : (int) (Math.log(nanos / 1e5) / Math.log(GROWTH));
        latencies[slot][Math.min(STEPS - 1, step)]++;
    }

    /** Of all answers, those that tell of a failed connection. */
    double networkErrorRatio(long now) {
        int all = count(0, 600, now);
        return all == 0 ? 0 : (double) (count(502, 503, now) + count(504, 505, now)) / all;
    }

    /** Of the answers with a status in the second range, those in the first; upper ends are not meant. */
    double ratio(int from, int to, int ofFrom, int ofTo, long now) {
        int all = count(ofFrom, ofTo, now);
        return all == 0 ? 0 : (double) count(from, to, now) / all;
    }

    /** The time that this part (0 to 100) of the answers did not exceed, in milliseconds. */
    double latencyMillis(double percent, long now) {
        long all = 0;
        int[] sums = new int[STEPS];
        for (int slot = 0; slot < SECONDS; slot++) {
            if (isLive(slot, now)) {
                for (int step = 0; step < STEPS; step++) {
                    sums[step] += latencies[slot][step];
                    all += latencies[slot][step];
                }
            }
        }
        long wanted = (long) Math.ceil(all * percent / 100);
        long seen = 0;
        for (int step = 0; step < STEPS; step++) {
            seen += sums[step];
            if (all > 0 && seen >= wanted) {
                return 0.1 * Math.pow(GROWTH, step + 1.0);
            }
        }
        return 0;
    }

    private int count(int from, int to, long now) {
        int sum = 0;
        for (int slot = 0; slot < SECONDS; slot++) {
            if (isLive(slot, now)) {
                for (int status = Math.max(0, from); status < Math.min(600, to); status++) {
                    sum += statuses[slot][status];
                }
            }
        }
        return sum;
    }

    private boolean isLive(int slot, long now) {
        return second[slot] != Long.MIN_VALUE && Math.floorDiv(now, 1_000_000_000L) - second[slot] < SECONDS;
    }

    private int slot(long now) {
        long current = Math.floorDiv(now, 1_000_000_000L);
        int slot = (int) Math.floorMod(current, (long) SECONDS);
        if (second[slot] != current) {
            second[slot] = current;
            Arrays.fill(statuses[slot], 0);
            Arrays.fill(latencies[slot], 0);
        }
        return slot;
    }
}
