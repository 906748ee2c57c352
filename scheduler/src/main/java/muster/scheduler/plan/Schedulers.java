package muster.scheduler.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import muster.scheduler.placement.Capacity;
import muster.scheduler.placement.Proposed;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Node;
import muster.scheduler.state.PlanResult;
import muster.scheduler.state.State;

/** The entrance: an evaluation's plan, and the check of a plan against a newer state. */
public final class Schedulers {
    private Schedulers() {}

    /** The plan for an evaluation, by the type of its job. */
    public static Outcome schedule(Request request) {
        return request.evaluation().type().startsWith("sys")
                ? new SystemScheduler(request).schedule()
                : new JobScheduler(request).schedule();
    }

    /** The part of a plan that the newest state allows, and whether that is all of it. */
    public record Checked(PlanResult plan, boolean full) {}

    /**
     * Looks again at every node that the plan touches. A node that can no longer take its share drops out of the plan with
     * all of that share, stops of replaced allocations included; a plan for all at once drops out as a whole.
     */
    public static Checked check(State newest, PlanResult plan, boolean allAtOnce) {
        Map<String, List<Allocation>> placed = new LinkedHashMap<>();
        plan.placed().forEach(a -> placed.computeIfAbsent(a.nodeId(), id -> new ArrayList<>()).add(a));
        Proposed proposed = new Proposed(newest);
        plan.stopped().stream().filter(Allocation::isServerTerminal).forEach(proposed::stop);
        plan.preempted().forEach(proposed::stop);
        plan.placed().forEach(proposed::place);
        Set<String> refused = new HashSet<>();
        placed.forEach((nodeId, allocations) -> {
            if (!fits(newest, nodeId, allocations, proposed)) {
                refused.add(nodeId);
            }
        });
        if (refused.isEmpty()) {
            return new Checked(plan, true);
        }
        List<Allocation> accepted = allAtOnce ? List.of()
                : plan.placed().stream().filter(a -> !refused.contains(a.nodeId())).toList();
        Set<String> missing = new HashSet<>();
        plan.placed().stream().filter(a -> allAtOnce || refused.contains(a.nodeId()))
                .forEach(a -> missing.add(a.previousAllocation()));
        List<Allocation> stopped = plan.stopped().stream()
                .filter(a -> !missing.contains(a.id()) && !(allAtOnce && a.isServerTerminal())).toList();
        List<Allocation> preempted = allAtOnce ? List.of()
                : plan.preempted().stream().filter(a -> !refused.contains(a.nodeId())).toList();
        Deployment deployment = allAtOnce ? null : plan.deployment();
        return new Checked(new PlanResult(plan.evalId(), plan.job(), stopped, accepted, preempted, deployment,
                plan.deploymentUpdates(), plan.evaluations(), plan.now()), false);
    }

    private static boolean fits(State newest, String nodeId, List<Allocation> placed, Proposed proposed) {
        Node node = newest.nodes().get(nodeId);
        if (node == null) {
            return false;
        }
        boolean onlyUpdates = placed.stream().allMatch(a -> a.createIndex() != 0 && newest.allocations().contains(a.id()));
        if (onlyUpdates) {
            return true;
        }
        if (!node.isReady()) {
            return false;
        }
        return Capacity.obstacle(node, proposed.use(nodeId)).isEmpty();
    }
}
