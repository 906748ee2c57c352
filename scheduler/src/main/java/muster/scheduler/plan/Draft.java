package muster.scheduler.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.Resources;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.placement.Placer;
import muster.scheduler.placement.Proposed;
import muster.scheduler.reconcile.DesiredUpdates;
import muster.scheduler.state.AllocDeploymentStatus;
import muster.scheduler.state.AllocMetric;
import muster.scheduler.state.AllocatedResources;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.DesiredTransition;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.scheduler.state.RescheduleTracker;

/** A plan in the making, with the view of the nodes as it would leave them. One scheduler run owns it. */
final class Draft {
    final Request request;
    final Job job;
    final Proposed proposed;
    final Map<String, Allocation> stopped = new LinkedHashMap<>();
    final List<Allocation> placed = new ArrayList<>();
    final List<Allocation> preempted = new ArrayList<>();
    private final Map<String, Integer> preemptions = new TreeMap<>();
    final Map<String, Integer> queued = new TreeMap<>();
    final Map<String, AllocMetric> failed = new TreeMap<>();

    Draft(Request request, Job job) {
        this.request = request;
        this.job = job;
        proposed = new Proposed(request.state());
    }

    void stop(Allocation allocation, String clientStatus, String description, String followupEvalId) {
        Allocation stop = allocation.withDesiredStatus(Allocation.STOP).withDesiredDescription(description)
                .withFollowupEvalId(followupEvalId).withJob(null).withTaskStates(null);
        stopped.put(stop.id(), clientStatus.isEmpty() ? stop : stop.withClientStatus(clientStatus));
        proposed.stop(allocation);
    }

    /** Takes back a stop that was only worth it together with a placement. */
    void keep(Allocation allocation) {
        stopped.remove(allocation.id());
        proposed.keep(allocation);
    }

    /** Notes the evaluation that looks at a failed allocation later; the allocation stays as it is. */
    void followUp(Allocation allocation, String evaluationId) {
        stopped.put(allocation.id(), allocation.withFollowupEvalId(evaluationId).withJob(null).withTaskStates(null));
    }

    /** Notes that nothing is heard of it any more; it is wanted as before. */
    void lostSight(Allocation allocation, String description, String evaluationId) {
        stopped.put(allocation.id(), allocation.withClientStatus(Allocation.UNKNOWN).withDesiredDescription(description)
                .withFollowupEvalId(evaluationId).withJob(null).withTaskStates(null));
    }

    void updateInPlace(Allocation allocation, String deploymentId) {
        boolean same = allocation.deploymentId().equals(deploymentId);
        Allocation updated = allocation.withEvalId(request.evaluation().id()).withJob(null).withDeploymentId(deploymentId)
                .withDeploymentStatus(same ? allocation.deploymentStatus() : null)
                .withDesiredDescription("").withDesiredStatus(Allocation.RUN);
        placed.add(updated);
        proposed.place(updated.withJob(job));
    }

    /** What a new allocation takes over from the one before it. */
    record Heritage(Allocation previous, RescheduleTracker tracker, boolean canary, String deploymentId) {}

    void place(String name, TaskGroup group, Placer.Choice choice, Heritage from) {
        Node node = choice.node().orElseThrow();
        AllocatedResources resources = choice.resources();
        AllocDeploymentStatus status = from.canary() && !from.deploymentId().isEmpty()
                ? new AllocDeploymentStatus(true, null, 0, null) : null;
        Evaluation evaluation = request.evaluation();
        String id = request.ids().get();
        choice.preempted().forEach(victim -> preempt(victim, id));
        preemptions.merge(group.name(), choice.preempted().size(), Integer::sum);
        Allocation allocation = new Allocation(0, resources, "", Allocation.PENDING, 0, request.nowNanos(),
                from.deploymentId(), status, "", Allocation.RUN, DesiredTransition.NONE, evaluation.id(), "",
                id, null, job.id(), choice.metric(), 0, request.nowNanos(), name, job.namespace(), null, "",
                node.id(), node.name(), choice.preempted().isEmpty() ? null
                        : choice.preempted().stream().map(Allocation::id).toList(), "",
                from.previous() == null ? "" : from.previous().id(), from.tracker(), group.name(), null);
        placed.add(allocation);
        proposed.place(allocation.withJob(job));
    }

    private void preempt(Allocation victim, String byId) {
        preempted.add(victim.withDesiredStatus(Allocation.EVICT).withDesiredDescription("Preempted by alloc ID " + byId)
                .withPreemptedByAllocation(byId).withJob(null).withTaskStates(null));
        proposed.stop(victim);
    }

    /** These numbers of changes, with the instances of others that each group put out of the way. */
    Map<String, DesiredUpdates> counted(Map<String, DesiredUpdates> desired) {
        Map<String, DesiredUpdates> counted = new TreeMap<>(desired);
        counted.replaceAll((name, d) -> new DesiredUpdates(d.canary(), d.destructiveUpdate(), d.ignore(), d.inPlaceUpdate(),
                d.migrate(), d.place(), preemptions.getOrDefault(name, 0), d.stop()));
        return counted;
    }

    /** These evaluations, and one for each job that lost an instance to this plan. */
    List<Evaluation> evaluations(List<Evaluation> own) {
        Map<String, Evaluation> made = new LinkedHashMap<>();
        for (Allocation victim : preempted) {
            Job other = request.state().job(victim.namespace(), victim.jobId());
            if (other != null) {
                made.computeIfAbsent(victim.namespace() + '\0' + victim.jobId(), key -> new Evaluation(false, "", null, 0,
                        request.nowNanos(), "", false, null, request.ids().get(), other.id(), other.jobModifyIndex(), "", 0,
                        request.nowNanos(), other.namespace(), "", "", 0, "", other.priority(), null, "", 0,
                        Evaluation.PENDING, "", "preemption", other.type(), Duration.ZERO, null));
            }
        }
        List<Evaluation> all = new ArrayList<>(own);
        all.addAll(made.values());
        return all;
    }

    /** Counts an instance that found no node; only the first of a group tells why. */
    void missed(TaskGroup group, AllocMetric metric) {
        queued.merge(group.name(), 1, Integer::sum);
        failed.put(group.name(), metric);
    }

    /** Counts a further instance of a group that found no node before. */
    boolean missedBefore(TaskGroup group) {
        AllocMetric known = failed.get(group.name());
        if (known == null) {
            return false;
        }
        AllocMetric more = known.withCoalescedFailures(known.coalescedFailures() + 1);
        if (known.resourcesExhausted() != null) {
            Map<String, Resources> needed = new TreeMap<>(known.resourcesExhausted());
            needed.replaceAll((task, sum) -> plus(sum, group.task(task).resources()));
            more = more.withResourcesExhausted(needed);
        }
        failed.put(group.name(), more);
        queued.merge(group.name(), 1, Integer::sum);
        return true;
    }

    /** What one instance more would have needed of the dimensions that were exhausted. */
    private static Resources plus(Resources sum, Resources one) {
        return new Resources(sum.cpu() == 0 ? 0 : sum.cpu() + one.cpu(), 0, null, 0, 0,
                sum.memoryMB() == 0 ? 0 : sum.memoryMB() + one.memoryMB(), 0, null);
    }
}
