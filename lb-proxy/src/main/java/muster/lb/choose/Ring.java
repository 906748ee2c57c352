package muster.lb.choose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A route's targets in the order of their turns, each as often as its weight asks and spread evenly. Going round gives each
 * target its exact share (to a ten-thousandth), and a random slot gives the same in the mean.
 */
public final class Ring {
    /** The most slots a ring has, and so the smallest share. */
    static final int MAX_SLOTS = 10_000;

    private final int[] slots;

    private Ring(int[] slots) {
        this.slots = slots;
    }

    /** A ring over weights, which are at least 0 and not all 0; the result's slots are indexes into the list. */
    public static Ring of(double... weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        if (!(sum > 0)) {
            throw new IllegalArgumentException("a ring needs a weight above 0");
        }
        long[] counts = new long[weights.length];
        long divisor = 0;
        for (int i = 0; i < weights.length; i++) {
            counts[i] = weights[i] > 0 ? Math.max(1, Math.round(weights[i] / sum * MAX_SLOTS)) : 0;
            divisor = gcd(divisor, counts[i]);
        }
        record Slot(int target, double position) {}
        List<Slot> order = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            long count = counts[i] / divisor;
            for (long k = 0; k < count; k++) {
                order.add(new Slot(i, (k + 0.5) / count));
            }
        }
        order.sort(Comparator.comparingDouble(Slot::position).thenComparingInt(Slot::target));
        return new Ring(order.stream().mapToInt(Slot::target).toArray());
    }

    /** How many turns there are; at least one. */
    public int size() {
        return slots.length;
    }

    /** The target whose turn it is; any number will do, it goes round. */
    public int at(int turn) {
        return slots[Math.floorMod(turn, slots.length)];
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
