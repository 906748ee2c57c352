package muster.scheduler.placement;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.job.Resources;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocMetric;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeScoreMeta;

/** Counts why nodes were passed over. Kept in step by its owner, on the owner's thread. */
final class Metrics {
    /** A shared copy, as long as nothing changes: many placements tell the same. */
    private static final class Counts {
        private final Map<String, Integer> counts = new TreeMap<>();
        private Map<String, Integer> copy;

        void add(String key, int change) {
            counts.merge(key, change, (a, b) -> a + b == 0 ? null : a + b);
            copy = null;
        }

        Map<String, Integer> orNull() {
            if (copy == null && !counts.isEmpty()) {
                copy = Values.map(counts);
            }
            return copy;
        }
    }

    private final Map<String, Integer> available;
    private final Counts classFiltered = new Counts();
    private final Counts constraintFiltered = new Counts();
    private final Counts classExhausted = new Counts();
    private final Counts dimensionExhausted = new Counts();
    private int evaluated;
    private int filtered;
    private int exhausted;

    Metrics(Map<String, Integer> available) {
        this.available = Values.map(available);
    }

    void evaluated(int nodes) {
        evaluated += nodes;
    }

    /** A node that can't be used whatever runs there; with a change of -1 it can again. */
    void filtered(Node node, String reason, int change) {
        filtered += change;
        if (!node.nodeClass().isEmpty()) {
            classFiltered.add(node.nodeClass(), change);
        }
        constraintFiltered.add(reason, change);
    }

    /** What stands against all nodes alike. */
    void waiting(String reason) {
        constraintFiltered.add(reason, 1);
    }

    /** A node with too little left. */
    void exhausted(Node node, String dimension, int change) {
        exhausted += change;
        if (!node.nodeClass().isEmpty()) {
            classExhausted.add(node.nodeClass(), change);
        }
        dimensionExhausted.add(dimension, change);
    }

    /** What a search that found a node says. */
    AllocMetric found(Duration took, List<NodeScoreMeta> best) {
        return build(took, null, best);
    }

    /** What a search that found none says, with what the group would have needed. */
    AllocMetric failed(TaskGroup group, Duration took) {
        Map<String, Resources> needed = new TreeMap<>();
        Map<String, Integer> dimensions = dimensionExhausted.counts;
        if (!dimensions.isEmpty()) {
            for (Task task : group.tasks()) {
                needed.put(task.name(), new Resources(dimensions.containsKey("cpu") ? task.resources().cpu() : 0, 0, null, 0, 0,
                        dimensions.containsKey("memory") ? task.resources().memoryMB() : 0, 0, null));
            }
        }
        return build(took, needed.isEmpty() ? null : needed, null);
    }

    boolean anyExhausted() {
        return exhausted > 0;
    }

    private AllocMetric build(Duration took, Map<String, Resources> needed, List<NodeScoreMeta> best) {
        return new AllocMetric(took, classExhausted.orNull(), classFiltered.orNull(), 0, constraintFiltered.orNull(),
                dimensionExhausted.orNull(), available, evaluated, exhausted, filtered, null, needed, best, null);
    }
}
