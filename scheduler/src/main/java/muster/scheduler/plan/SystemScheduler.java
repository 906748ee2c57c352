package muster.scheduler.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import muster.scheduler.job.Job;
import muster.scheduler.job.Reach;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.placement.Placer;
import muster.scheduler.reconcile.DesiredUpdates;
import muster.scheduler.reconcile.SpecChange;
import muster.scheduler.state.AllocMetric;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.scheduler.state.PlanResult;
import muster.scheduler.state.State;

/**
 * The scheduler of system jobs: one instance of each group on every node that can have it. No ranking, no deployments; with
 * a stagger, replacements come in portions. Nodes that constraints rule out are not failures, unless there is no other.
 */
final class SystemScheduler {
    private static final String NOT_NEEDED = "alloc not needed due to job update";
    private static final String UPDATING = "alloc is being updated due to job update";

    private final Request request;
    private final State state;
    private final Job job;
    private final Draft draft;
    private final Map<String, int[]> counts = new TreeMap<>();
    /** By group and node. */
    private final Map<String, Allocation> newest = new HashMap<>();
    private final List<Evaluation> followups = new ArrayList<>();
    private int replacementsLeft;

    SystemScheduler(Request request) {
        this.request = request;
        state = request.state();
        job = state.job(request.evaluation().namespace(), request.evaluation().jobId());
        draft = new Draft(request, job);
    }

    Outcome schedule() {
        List<Allocation> allocations = state.allocationsOf(request.evaluation().namespace(), request.evaluation().jobId());
        Map<String, Optional<Node>> tainted = JobScheduler.tainted(state, allocations);
        JobScheduler.stopLost(draft, allocations, tainted);
        for (Allocation allocation : allocations) {
            newest.merge(allocation.taskGroup() + '\0' + allocation.nodeId(), allocation,
                    (one, other) -> other.createIndex() > one.createIndex() ? other : one);
        }
        Map<String, Map<String, Allocation>> live = live(allocations);
        boolean stopped = job == null || job.isStopped();
        Set<String> handled = new HashSet<>();
        Placer placer = null;
        if (!stopped) {
            placer = new Placer(job, draft.proposed, request.random(), request.nanoTime());
            boolean rolling = job.update() != null && job.update().maxParallel() != null && job.update().maxParallel() > 0
                    && Values.duration(job.update().stagger()).compareTo(Duration.ZERO) > 0;
            replacementsLeft = rolling ? job.update().maxParallel() : Integer.MAX_VALUE;
            List<Node> nodes = Placer.ready(state, job);
            for (TaskGroup group : job.taskGroups()) {
                draft.queued.put(group.name(), 0);
                counts.computeIfAbsent(group.name(), name -> new int[6]);
                group(group, nodes, live.getOrDefault(group.name(), Map.of()), handled, placer);
            }
        }
        live.forEach((group, byNode) -> byNode.values().forEach(allocation -> {
            if (!handled.contains(allocation.id())) {
                leftOver(allocation, tainted.get(allocation.nodeId()), stopped);
            }
        }));
        Map<String, DesiredUpdates> desired = new TreeMap<>();
        counts.forEach((group, c) -> desired.put(group, new DesiredUpdates(0, c[0], c[1], c[2], c[3], c[4], 0, c[5])));
        PlanResult plan = new PlanResult(request.evaluation().id(), job, List.copyOf(draft.stopped.values()), draft.placed,
                draft.preempted, null, null, draft.evaluations(followups), request.nowNanos());
        return new Outcome(plan, false, draft.queued, draft.failed, placer == null ? Map.of() : placer.classEligibility(),
                placer != null && placer.hasEscaped(), draft.counted(desired), null);
    }

    private static Map<String, Map<String, Allocation>> live(List<Allocation> allocations) {
        Map<String, Map<String, Allocation>> live = new TreeMap<>();
        for (Allocation allocation : allocations) {
            if (!allocation.isTerminal()) {
                live.computeIfAbsent(allocation.taskGroup(), name -> new HashMap<>()).put(allocation.nodeId(), allocation);
            }
        }
        return live;
    }

    private int[] count(String group) {
        return counts.computeIfAbsent(group, name -> new int[6]);
    }

    private void group(TaskGroup group, List<Node> nodes, Map<String, Allocation> live, Set<String> handled, Placer placer) {
        int[] count = count(group.name());
        AllocMetric filtered = null;
        Set<String> possible = new TreeSet<>();
        for (Node node : nodes) {
            Allocation there = live.get(node.id());
            if (there == null) {
                if (finished(group, node)) {
                    count[1]++;
                    continue;
                }
                Placer.Choice choice = placer.on(group, node);
                if (choice.node().isPresent()) {
                    count[4]++;
                    possible.add(node.id());
                    draft.place(job.id() + '.' + group.name() + "[0]", group, choice, previous(group, node));
                } else if (choice.metric().nodesExhausted() > 0) {
                    count[4]++;
                    possible.add(node.id());
                    if (!draft.missedBefore(group)) {
                        draft.missed(group, choice.metric());
                    }
                } else {
                    filtered = merge(filtered, choice.metric());
                }
                continue;
            }
            possible.add(node.id());
            handled.add(there.id());
            update(group, node, there, placer, count);
        }
        if (possible.isEmpty() && filtered != null && request.evaluation().annotatePlan()) {
            draft.failed.put(group.name(), filtered);
        }
    }

    /** One metric of two nodes that were looked at apart. */
    private static AllocMetric merge(AllocMetric a, AllocMetric b) {
        return a == null ? b : new AllocMetric(b.allocationTime(), b.classExhausted(), b.classFiltered(),
                a.coalescedFailures() + 1, a.constraintFiltered(), b.dimensionExhausted(), a.nodesAvailable(),
                a.nodesEvaluated(), a.nodesExhausted(), a.nodesFiltered(), null, null, null, null);
    }

    /** A task that ended well, and was not changed since, is not run again on its node; nor one that failed, of a sysbatch job. */
    private boolean finished(TaskGroup group, Node node) {
        Allocation last = last(group, node);
        return last != null && last.desiredStatus().equals(Allocation.RUN) && (last.clientStatus().equals(Allocation.COMPLETE)
                || last.clientStatus().equals(Allocation.FAILED) && "sysbatch".equals(job.type()))
                && last.job().jobModifyIndex().equals(job.jobModifyIndex());
    }

    private Allocation last(TaskGroup group, Node node) {
        return newest.get(group.name() + '\0' + node.id());
    }

    private Draft.Heritage previous(TaskGroup group, Node node) {
        return new Draft.Heritage(last(group, node), null, false, "");
    }

    private void update(TaskGroup group, Node node, Allocation there, Placer placer, int[] count) {
        boolean wishes = there.desiredTransition() != null && Boolean.TRUE.equals(there.desiredTransition().migrate());
        if (there.job().jobModifyIndex().equals(job.jobModifyIndex()) && !wishes) {
            count[1]++;
        } else if (!wishes && !SpecChange.isDestructive(there.job(), job, group.name())) {
            count[2]++;
            draft.updateInPlace(there, "");
        } else if (replacementsLeft > 0) {
            replacementsLeft--;
            count[wishes ? 3 : 0]++;
            draft.stop(there, "", wishes ? "alloc is being migrated" : UPDATING, "");
            Placer.Choice choice = placer.on(group, node);
            if (choice.node().isPresent()) {
                draft.place(there.name(), group, choice, new Draft.Heritage(there, null, false, ""));
            } else if (!draft.missedBefore(group)) {
                draft.missed(group, choice.metric());
            }
        } else {
            count[1]++;
            continueLater();
        }
    }

    private void continueLater() {
        if (followups.isEmpty()) {
            followups.add(new Evaluation(false, "", null, 0, request.nowNanos(), "", false, null, request.ids().get(), job.id(),
                    job.jobModifyIndex(), "", 0, request.nowNanos(), job.namespace(), "", "", 0,
                    request.evaluation().id(), job.priority(), null, "", 0, Evaluation.PENDING, "", "rolling-update",
                    job.type(), Duration.ZERO, request.now().plus(job.update().stagger())));
        }
    }

    private void leftOver(Allocation allocation, Optional<Node> tainted, boolean stopped) {
        int[] count = count(allocation.taskGroup());
        boolean gone = tainted != null && (tainted.isEmpty() || tainted.get().status().equals(Node.DOWN));
        boolean wishes = allocation.desiredTransition() != null
                && Boolean.TRUE.equals(allocation.desiredTransition().migrate());
        Node node = state.nodes().get(allocation.nodeId());
        if (gone) {
            draft.stop(allocation, Allocation.LOST, "alloc is lost since its node is down", "");
            count[5]++;
        } else if (stopped || job.group(allocation.taskGroup()) == null) {
            draft.stop(allocation, "", NOT_NEEDED, "");
            count[5]++;
        } else if (wishes) {
            draft.stop(allocation, "", "alloc is being migrated", "");
            count[3]++;
        } else if (node != null && !node.isWithin(Reach.of(job))) {
            draft.stop(allocation, "", NOT_NEEDED, "");
            count[5]++;
        } else {
            count[1]++;
        }
    }
}
