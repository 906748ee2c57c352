package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import muster.scheduler.job.Affinity;
import muster.scheduler.job.Constraint;
import muster.scheduler.job.Job;
import muster.scheduler.job.Resources;
import muster.scheduler.job.Spread;
import muster.scheduler.job.SpreadTarget;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;

/** The rules of ranking as they are written down, looked up anew for every node and instance: slow, and easy to check. */
final class ReferenceScorer {
    private final Job job;
    private final TaskGroup group;
    private final Proposed proposed;

    ReferenceScorer(Job job, Proposed proposed) {
        this.job = job;
        group = job.group("web");
        this.proposed = proposed;
    }

    /** The score of one more instance on the node; empty where it may not be. Ports are left to the caller. */
    OptionalDouble score(Node node, Set<String> avoid) {
        Resources asked = group.task("main").resources();
        List<Allocation> there = proposed.on(node.id());
        long cpu = asked.cpu();
        long memory = asked.memoryMB();
        for (Allocation allocation : there) {
            cpu += allocation.allocatedResources().cpu();
            memory += allocation.allocatedResources().memory();
        }
        long totalCpu = node.nodeResources().cpu().cpuShares();
        long totalMemory = node.nodeResources().memory().memoryMB();
        if (!node.isReady() || cpu > totalCpu || memory > totalMemory || !constraints(node, there)) {
            return OptionalDouble.empty();
        }
        List<Double> parts = new ArrayList<>();
        double free = Math.pow(10, 1 - (double) cpu / totalCpu) + Math.pow(10, 1 - (double) memory / totalMemory);
        parts.add(Math.max(0, Math.min(18, 20 - free)) / 18);
        long same = there.stream().filter(this::isOwn).count();
        if (same > 0) {
            parts.add(-(same + 1.0) / group.count());
        }
        if (avoid.contains(node.id())) {
            parts.add(-1.0);
        }
        double liking = affinity(node);
        if (liking != 0) {
            parts.add(liking);
        }
        double spread = spread(node);
        if (spread != 0) {
            parts.add(spread);
        }
        return OptionalDouble.of(parts.stream().mapToDouble(d -> d).sum() / parts.size());
    }

    private boolean isOwn(Allocation allocation) {
        return allocation.jobId().equals(job.id()) && allocation.taskGroup().equals(group.name());
    }

    private boolean constraints(Node node, List<Allocation> there) {
        for (Constraint constraint : Values.orEmpty(job.constraints())) {
            boolean met = switch (constraint.operand()) {
                case "distinct_hosts" -> there.stream().noneMatch(a -> a.jobId().equals(job.id()));
                case "distinct_property" -> Attributes.resolve(constraint.lTarget(), node)
                        .map(value -> uses(constraint.lTarget()).getOrDefault(value, 0) < Integer.parseInt(constraint.rTarget()))
                        .orElse(false);
                default -> Conditions.meets(constraint.operand(), Attributes.resolve(constraint.lTarget(), node),
                        Attributes.resolve(constraint.rTarget(), node));
            };
            if (!met) {
                return false;
            }
        }
        return true;
    }

    private double affinity(Node node) {
        double sum = 0;
        double weights = 0;
        for (Affinity affinity : Values.orEmpty(job.affinities())) {
            weights += Math.abs(affinity.weight());
            sum += Attributes.resolve(affinity.lTarget(), node).equals(Optional.of(affinity.rTarget())) ? affinity.weight() : 0;
        }
        return sum == 0 ? 0 : sum / weights;
    }

    private Map<String, Integer> uses(String attribute) {
        Map<String, Integer> uses = new HashMap<>();
        for (Allocation allocation : proposed.of(job.namespace(), job.id())) {
            Attributes.resolve(attribute, proposed.state().nodes().get(allocation.nodeId()))
                    .ifPresent(value -> uses.merge(value, 1, Integer::sum));
        }
        return uses;
    }

    private double spread(Node node) {
        List<Spread> spreads = Values.orEmpty(job.spreads());
        double weights = spreads.stream().mapToDouble(Spread::weight).sum();
        double total = 0;
        for (Spread spread : spreads) {
            Map<String, Integer> uses = uses(spread.attribute());
            Optional<String> value = Attributes.resolve(spread.attribute(), node);
            if (value.isEmpty()) {
                total--;
            } else if (spread.spreadTarget() == null) {
                total += even(uses, value.get());
            } else {
                total += targeted(spread, uses.getOrDefault(value.get(), 0), value.get(), spread.weight() / weights);
            }
        }
        return total;
    }

    private double targeted(Spread spread, int used, String value, double weight) {
        double rest = 100;
        for (SpreadTarget target : spread.spreadTarget()) {
            rest -= target.percent();
        }
        double percent = spread.spreadTarget().stream().filter(t -> t.value().equals(value)).mapToDouble(SpreadTarget::percent)
                .findFirst().orElse(rest);
        double desired = percent / 100 * group.count();
        return desired <= 0 ? -1 : (desired - (used + 1)) / desired * weight;
    }

    private static double even(Map<String, Integer> uses, String value) {
        if (uses.isEmpty()) {
            return 0;
        }
        int current = uses.getOrDefault(value, 0);
        int max = uses.values().stream().mapToInt(i -> i).max().orElseThrow();
        int min = uses.containsKey(value) ? uses.values().stream().mapToInt(i -> i).min().orElseThrow() : 0;
        if (current != min) {
            return (double) (min - current) / min;
        }
        return min == max ? -1 : min == 0 ? 1 : (double) (max - min) / min;
    }
}
