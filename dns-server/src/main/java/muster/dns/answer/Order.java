package muster.dns.answer;

import java.util.random.RandomGenerator;

/** Which answers an asker gets, and in which order. Pure but for the given chance. */
final class Order {
    /** Drawing by weight looks through all that are left; behind so many the order matters to nobody. */
    private static final int MOST_DRAWN = 64;

    private Order() {}

    /** The first {@code most} of the numbers below {@code count}, in an order by chance, each order equally likely. */
    static int[] even(int count, int most, RandomGenerator random) {
        int[] order = given(count);
        for (int i = 0; i < most && i < count - 1; i++) {
            swap(order, i, i + random.nextInt(count - i));
        }
        return order;
    }

    /**
     * The same, each next one drawn from those left with the chance of its weight: over many answers each comes first as
     * often as its weight says. Those of weight 0 come last.
     */
    static int[] weighted(Encoded.Entry[] entries, int most, RandomGenerator random) {
        int count = entries.length;
        int[] order = given(count);
        long left = 0;
        for (Encoded.Entry entry : entries) {
            left += entry.weight();
        }
        for (int i = 0; i < most && i < count - 1; i++) {
            int drawn = i;
            if (left > 0 && i < MOST_DRAWN) {
                long at = random.nextLong(left);
                while (at >= entries[order[drawn]].weight()) {
                    at -= entries[order[drawn]].weight();
                    drawn++;
                }
            } else {
                drawn = i + random.nextInt(count - i);
            }
            left -= entries[order[drawn]].weight();
            swap(order, i, drawn);
        }
        return order;
    }

    static int[] given(int count) {
        int[] order = new int[count];
        for (int i = 1; i < count; i++) {
            order[i] = i;
        }
        return order;
    }

    private static void swap(int[] order, int i, int j) {
        int other = order[i];
        order[i] = order[j];
        order[j] = other;
    }
}
