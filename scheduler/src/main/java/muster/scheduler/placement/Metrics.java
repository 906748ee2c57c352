package muster.scheduler.placement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.job.Resources;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.AllocMetric;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeScoreMeta;

/** Counts what one search for a node sees. Lives for one search, on its thread. */
final class Metrics {
    private static final int MAX_SCORED = 5;

    private final Map<String, Integer> available;
    private final Map<String, Integer> classFiltered = new TreeMap<>();
    private final Map<String, Integer> constraintFiltered = new TreeMap<>();
    private final Map<String, Integer> classExhausted = new TreeMap<>();
    private final Map<String, Integer> dimensionExhausted = new TreeMap<>();
    private final List<NodeScoreMeta> scored = new ArrayList<>();
    private int evaluated;
    private int filtered;
    private int exhausted;

    Metrics(Map<String, Integer> available) {
        this.available = available;
    }

    void evaluated() {
        evaluated++;
    }

    void filtered(Node node, String reason) {
        filtered++;
        if (!node.nodeClass().isEmpty()) {
            classFiltered.merge(node.nodeClass(), 1, Integer::sum);
        }
        if (!reason.isEmpty()) {
            constraintFiltered.merge(reason, 1, Integer::sum);
        }
    }

    void exhausted(Node node, String dimension) {
        exhausted++;
        if (!node.nodeClass().isEmpty()) {
            classExhausted.merge(node.nodeClass(), 1, Integer::sum);
        }
        dimensionExhausted.merge(dimension, 1, Integer::sum);
    }

    void scored(Node node, Map<String, Double> scores, double norm) {
        scored.add(new NodeScoreMeta(node.id(), norm, scores));
        scored.sort(Comparator.comparingDouble(NodeScoreMeta::normScore).reversed());
        if (scored.size() > MAX_SCORED) {
            scored.removeLast();
        }
    }

    /** What a search that found a node says. */
    AllocMetric found(Duration took) {
        return build(took, null);
    }

    /** What a search that found none says, with what the group would have needed. */
    AllocMetric failed(TaskGroup group, Duration took) {
        Map<String, Resources> needed = new TreeMap<>();
        if (!dimensionExhausted.isEmpty()) {
            for (Task task : group.tasks()) {
                boolean cpu = dimensionExhausted.containsKey("cpu");
                boolean memory = dimensionExhausted.containsKey("memory");
                needed.put(task.name(), new Resources(cpu ? task.resources().cpu() : 0, 0, null, 0, 0,
                        memory ? task.resources().memoryMB() : 0, 0, null));
            }
        }
        return build(took, needed.isEmpty() ? null : needed);
    }

    private AllocMetric build(Duration took, Map<String, Resources> needed) {
        return new AllocMetric(took, orNull(classExhausted), orNull(classFiltered), 0, orNull(constraintFiltered),
                orNull(dimensionExhausted), available, evaluated, exhausted, filtered, null, needed,
                scored.isEmpty() ? null : scored, null);
    }

    private static <T> Map<String, T> orNull(Map<String, T> map) {
        return map.isEmpty() ? null : map;
    }
}
