package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.job.Job;
import muster.scheduler.job.Spread;
import muster.scheduler.job.SpreadTarget;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Node;

/**
 * The score of nodes for the {@code spread} blocks of a job and a group, given where the group's instances are. Nodes with the
 * same values of all attributes are one bucket and have the same score, so that an instance more changes a few scores and
 * not one for every node. One evaluation's thread owns it.
 */
final class Spreads {
    /** One block: its attribute's values by number, and how many instances are on nodes with each. */
    private static final class Block {
        final Spread spread;
        final Target target;
        final double weight;
        final Map<String, Integer> values = new HashMap<>();
        double[] desired = new double[16];
        int[] uses = new int[16];
        int kinds;
        int min;
        int max;

        Block(Spread spread) {
            this.spread = spread;
            target = Target.of(spread.attribute());
            weight = spread.weight() == null ? 50 : spread.weight();
        }

        /** The number of the node's value, -1 where it has none. */
        int value(Node node, int count) {
            Optional<String> value = target.on(node);
            return value.isEmpty() ? -1 : number(value.get(), count);
        }

        private int number(String value, int count) {
            Integer known = values.get(value);
            if (known != null) {
                return known;
            }
            int number = values.size();
            values.put(value, number);
            if (number == uses.length) {
                uses = Arrays.copyOf(uses, number * 2);
                desired = Arrays.copyOf(desired, number * 2);
            }
            desired[number] = desired(value, count);
            return number;
        }

        private double desired(String value, int count) {
            double rest = 100;
            for (SpreadTarget wanted : Values.orEmpty(spread.spreadTarget())) {
                rest -= wanted.percent();
                if (wanted.value().equals(value)) {
                    return wanted.percent() / 100.0 * count;
                }
            }
            return rest <= 0 ? -1 : rest / 100.0 * count;
        }

        void count(int value, int change) {
            uses[value] += change;
        }

        /** How many values are in use, and how often the least and the most used of them. */
        void measure() {
            kinds = 0;
            min = Integer.MAX_VALUE;
            max = 0;
            for (int i = 0; i < values.size(); i++) {
                if (uses[i] > 0) {
                    kinds++;
                    min = Math.min(min, uses[i]);
                    max = Math.max(max, uses[i]);
                }
            }
        }

        double score(int value, double weights) {
            if (value < 0) {
                return -1;
            }
            if (Values.orEmpty(spread.spreadTarget()).isEmpty()) {
                return even(uses[value]);
            }
            double wanted = desired[value];
            return wanted <= 0 ? -1 : (wanted - (uses[value] + 1)) / wanted * weight / weights;
        }

        private double even(int current) {
            if (kinds == 0) {
                return 0;
            }
            int least = current == 0 ? 0 : min;
            if (current != least) {
                return (double) (least - current) / least;
            }
            if (least == max) {
                return -1;
            }
            return least == 0 ? 1 : (double) (max - least) / least;
        }
    }

    private final List<Block> blocks = new ArrayList<>();
    private final Map<List<Integer>, Integer> buckets = new HashMap<>();
    private final List<int[]> valuesOfBucket = new ArrayList<>();
    private final int count;
    private double weights;

    Spreads(Job job, TaskGroup group) {
        Values.orEmpty(job.spreads()).forEach(spread -> blocks.add(new Block(spread)));
        Values.orEmpty(group.spreads()).forEach(spread -> blocks.add(new Block(spread)));
        blocks.forEach(block -> weights += block.weight);
        count = group.count() == null ? 1 : group.count();
    }

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** Whether nodes of one kind are always in one bucket. */
    boolean isShared() {
        return blocks.stream().noneMatch(block -> block.target.isUnique());
    }

    /** The number of the node's bucket. */
    int bucket(Node node) {
        if (blocks.isEmpty()) {
            return 0;
        }
        if (blocks.size() == 1) {
            int value = blocks.getFirst().value(node, count);
            while (valuesOfBucket.size() <= value + 1) {
                valuesOfBucket.add(new int[] {valuesOfBucket.size() - 1});
            }
            return value + 1;
        }
        int[] values = new int[blocks.size()];
        List<Integer> key = new ArrayList<>(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = blocks.get(i).value(node, count);
            key.add(values[i]);
        }
        Integer known = buckets.get(key);
        if (known == null) {
            known = valuesOfBucket.size();
            buckets.put(key, known);
            valuesOfBucket.add(values);
        }
        return known;
    }

    /** An instance more, or one less, on the node. */
    void count(Node node, int change) {
        for (Block block : blocks) {
            int value = block.value(node, count);
            if (value >= 0) {
                block.count(value, change);
            }
        }
    }

    /** Before {@link #score}, after all counting. */
    void measure() {
        blocks.forEach(Block::measure);
    }

    /** The score of the nodes of a bucket, 0 where the blocks say nothing. */
    double score(int bucket) {
        double total = 0;
        if (!blocks.isEmpty()) {
            int[] values = valuesOfBucket.get(bucket);
            for (int i = 0; i < values.length; i++) {
                total += blocks.get(i).score(values[i], weights);
            }
        }
        return total;
    }
}
