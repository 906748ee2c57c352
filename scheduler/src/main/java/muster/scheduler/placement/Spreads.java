package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.job.Job;
import muster.scheduler.job.Spread;
import muster.scheduler.job.SpreadTarget;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;

/** The score of a node for the {@code spread} blocks of a job and a group, given where the others are. */
final class Spreads {
    private Spreads() {}

    static boolean any(Job job, TaskGroup group) {
        return !Values.orEmpty(job.spreads()).isEmpty() || !Values.orEmpty(group.spreads()).isEmpty();
    }

    static double score(Job job, TaskGroup group, Node node, Proposed proposed) {
        List<Spread> spreads = new ArrayList<>(Values.orEmpty(job.spreads()));
        spreads.addAll(Values.orEmpty(group.spreads()));
        double weights = spreads.stream().mapToDouble(s -> weight(s)).sum();
        double total = 0;
        for (Spread spread : spreads) {
            Map<String, Integer> uses = uses(spread.attribute(), job, group, proposed);
            Optional<String> value = Attributes.resolve(spread.attribute(), node);
            if (value.isEmpty()) {
                total -= 1;
            } else if (Values.orEmpty(spread.spreadTarget()).isEmpty()) {
                total += even(uses, value.get());
            } else {
                total += targeted(spread, group.count(), uses.getOrDefault(value.get(), 0), value.get()) * weight(spread)
                        / weights;
            }
        }
        return total;
    }

    private static double weight(Spread spread) {
        return spread.weight() == null ? 50 : spread.weight();
    }

    private static Map<String, Integer> uses(String attribute, Job job, TaskGroup group, Proposed proposed) {
        Map<String, Integer> uses = new HashMap<>();
        for (Allocation allocation : proposed.of(job.namespace(), job.id())) {
            Node node = proposed.state().nodes().get(allocation.nodeId());
            if (allocation.taskGroup().equals(group.name()) && node != null) {
                Attributes.resolve(attribute, node).ifPresent(value -> uses.merge(value, 1, Integer::sum));
            }
        }
        return uses;
    }

    private static double targeted(Spread spread, int count, int used, String value) {
        double desired = -1;
        double rest = 100;
        for (SpreadTarget target : spread.spreadTarget()) {
            rest -= target.percent();
            if (target.value().equals(value)) {
                desired = target.percent() / 100.0 * count;
            }
        }
        if (desired < 0) {
            desired = rest <= 0 ? -1 : rest / 100.0 * count;
        }
        return desired <= 0 ? -1 : (desired - (used + 1)) / desired;
    }

    private static double even(Map<String, Integer> uses, String value) {
        if (uses.isEmpty()) {
            return 0;
        }
        int current = uses.getOrDefault(value, 0);
        int min = uses.values().stream().mapToInt(Integer::intValue).min().orElse(0);
        int max = uses.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        if (!uses.containsKey(value)) {
            min = 0;
        }
        if (current != min) {
            return min == 0 ? -1 : (double) (min - current) / min;
        }
        if (min == max) {
            return -1;
        }
        return min == 0 ? 1 : (double) (max - min) / min;
    }
}
