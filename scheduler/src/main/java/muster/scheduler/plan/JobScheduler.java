package muster.scheduler.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.placement.Placer;
import muster.scheduler.reconcile.Changes;
import muster.scheduler.reconcile.Reconciler;
import muster.scheduler.reconcile.Rescheduling;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Node;
import muster.scheduler.state.PlanResult;
import muster.scheduler.state.RescheduleEvent;
import muster.scheduler.state.RescheduleTracker;
import muster.scheduler.state.State;

/** The scheduler of service and batch jobs: reconcile, then find a node for each instance. */
final class JobScheduler {
    private final Request request;
    private final State state;
    private final Job job;
    private final Draft draft;
    private Placer placer;

    JobScheduler(Request request) {
        this.request = request;
        state = request.state();
        job = state.job(request.evaluation().namespace(), request.evaluation().jobId());
        draft = new Draft(request, job);
    }

    Outcome schedule() {
        String namespace = request.evaluation().namespace();
        String jobId = request.evaluation().jobId();
        List<Allocation> allocations = state.allocationsOf(namespace, jobId);
        Map<String, Optional<Node>> tainted = tainted(state, allocations);
        stopLost(draft, allocations, tainted);
        if (job != null && !job.isStopped()) {
            placer = new Placer(job, draft.proposed, request.random(), request.nanoTime());
        }
        Changes changes = new Reconciler(new Reconciler.Input(namespace, jobId, job, latestDeployment(namespace, jobId),
                allocations, tainted, request.evaluation(), request.now(),
                this::updatesInPlace, request.ids())).reconcile();
        for (Changes.Stop stop : changes.stop) {
            draft.stop(stop.allocation(), stop.clientStatus(), stop.description(), stop.followupEvalId());
        }
        for (Changes.Stop away : changes.disconnect) {
            draft.lostSight(away.allocation(), away.description(), away.followupEvalId());
        }
        changes.followups.forEach((id, evaluation) -> draft.followUp(state.allocations().get(id), evaluation));
        Deployment deployment = changes.deployment;
        for (Allocation allocation : changes.inPlace) {
            draft.updateInPlace(allocation, deploymentId(deployment));
        }
        if (job != null && !job.isStopped()) {
            place(changes, deploymentId(deployment));
        }
        boolean incomplete = job != null && Boolean.TRUE.equals(job.allAtOnce()) && !draft.failed.isEmpty();
        PlanResult plan = new PlanResult(request.evaluation().id(), job,
                incomplete ? List.of() : List.copyOf(draft.stopped.values()), incomplete ? List.of() : draft.placed,
                incomplete ? List.of() : draft.preempted, changes.created, changes.deploymentUpdates,
                draft.evaluations(changes.evaluations), request.nowNanos());
        return new Outcome(plan, job != null && Boolean.TRUE.equals(job.allAtOnce()), draft.queued, draft.failed,
                placer == null ? Map.of() : placer.classEligibility(), placer != null && placer.hasEscaped(), draft.counted(changes.desired),
                changes.created != null ? changes.created : state.latestDeployment(namespace, jobId));
    }

    /** Whether the allocation's own node could take the new version of its group in the allocation's place. */
    private boolean updatesInPlace(Allocation allocation, TaskGroup group) {
        Node node = state.nodes().get(allocation.nodeId());
        if (node == null) {
            return false;
        }
        draft.proposed.stop(allocation);
        boolean fits = placer.fits(group, node);
        draft.proposed.keep(allocation);
        return fits;
    }

    private Deployment latestDeployment(String namespace, String jobId) {
        return state.latestDeployment(namespace, jobId);
    }

    private static String deploymentId(Deployment deployment) {
        return deployment != null && deployment.isActive() ? deployment.id() : "";
    }

    private void place(Changes changes, String deploymentId) {
        for (TaskGroup group : job.taskGroups()) {
            draft.queued.put(group.name(), 0);
        }
        for (Changes.Replacement replacement : changes.replace) {
            draft.stop(replacement.old(), "", "alloc is being updated due to job update", "");
            if (!place(replacement.placement(), deploymentId)) {
                draft.keep(replacement.old());
            }
        }
        for (Changes.Placement placement : changes.place) {
            if (!place(placement, deploymentId) && placement.previous() != null && placement.reschedule()) {
                draft.keep(placement.previous());
            }
        }
    }

    private boolean place(Changes.Placement wanted, String deploymentId) {
        if (draft.missedBefore(wanted.group())) {
            return false;
        }
        Optional<String> unmet = wanted.previous() == null && !wanted.canary()
                ? Dependencies.unmet(state, job, wanted.group()) : Optional.empty();
        if (unmet.isPresent()) {
            draft.missed(wanted.group(), placer.waiting(unmet.get()));
            return false;
        }
        Placer.Choice choice = placer.choose(wanted.group(), wish(wanted));
        if (choice.node().isEmpty()) {
            draft.missed(wanted.group(), choice.metric());
            return false;
        }
        RescheduleTracker tracker = null;
        if (wanted.previous() != null) {
            tracker = wanted.reschedule() ? Rescheduling.tracker(wanted.previous(), request.now())
                    : wanted.lost() ? wanted.previous().rescheduleTracker() : null;
        }
        draft.place(wanted.name(), wanted.group(), choice,
                new Draft.Heritage(wanted.previous(), tracker, wanted.canary(), deploymentId));
        return true;
    }

    private Placer.Wish wish(Changes.Placement wanted) {
        Allocation previous = wanted.previous();
        if (previous == null) {
            return Placer.Wish.NONE;
        }
        Set<String> avoid = new HashSet<>();
        if (wanted.reschedule()) {
            avoid.add(previous.nodeId());
            if (previous.rescheduleTracker() != null) {
                for (RescheduleEvent event : Values.orEmpty(previous.rescheduleTracker().events())) {
                    avoid.add(event.prevNodeId());
                }
            }
        }
        boolean sticky = wanted.group().ephemeralDisk() != null
                && Boolean.TRUE.equals(wanted.group().ephemeralDisk().sticky());
        Node home = sticky ? state.nodes().get(previous.nodeId()) : null;
        return new Placer.Wish(avoid, home != null && home.isReady() ? home : null);
    }

    /** Nodes that are down, draining or gone, as far as the allocations are on them. */
    static Map<String, Optional<Node>> tainted(State state, List<Allocation> allocations) {
        Map<String, Optional<Node>> tainted = new HashMap<>();
        for (Allocation allocation : allocations) {
            Node node = state.nodes().get(allocation.nodeId());
            if (node == null || node.status().equals(Node.DOWN) || node.status().equals(Node.DISCONNECTED) || node.drain()) {
                tainted.put(allocation.nodeId(), Optional.ofNullable(node));
            }
        }
        return tainted;
    }

    /** What was stopped but whose node went down before it could say so is lost. */
    static void stopLost(Draft draft, List<Allocation> allocations, Map<String, Optional<Node>> tainted) {
        for (Allocation allocation : allocations) {
            Optional<Node> node = tainted.get(allocation.nodeId());
            boolean gone = node != null && (node.isEmpty() || node.get().status().equals(Node.DOWN));
            if (gone && allocation.isServerTerminal() && !allocation.isClientTerminal()) {
                draft.stop(allocation, Allocation.LOST, "alloc is lost since its node is down", "");
            }
        }
    }
}
