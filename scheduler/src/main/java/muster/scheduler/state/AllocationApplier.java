package muster.scheduler.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import muster.scheduler.job.Values;

/** What plans, reports of clients and wishes to move do to allocations. Pure, as {@link Applier}, whose part it is. */
final class AllocationApplier {
    private final Edit edit;
    private final JobApplier jobs;
    private final DeploymentApplier deployments;

    AllocationApplier(Edit edit, JobApplier jobs, DeploymentApplier deployments) {
        this.edit = edit;
        this.jobs = jobs;
        this.deployments = deployments;
    }

    long plan(PlanResult plan) {
        for (PlanResult.DeploymentUpdate update : plan.deploymentUpdates()) {
            Deployment deployment = edit.deployments.get(update.deploymentId());
            if (deployment != null && deployment.isActive()) {
                edit.deployments.put(deployment.withStatus(update.status()).withStatusDescription(update.statusDescription()));
                if (update.status().equals(Deployment.SUCCESSFUL)) {
                    jobs.setStable(deployment.namespace(), deployment.jobId(), deployment.jobVersion(), true);
                }
            }
        }
        if (plan.deployment() != null) {
            edit.deployments.put(plan.deployment());
        }
        for (Allocation stop : plan.stopped()) {
            stop(stop, plan.now());
        }
        for (Allocation preempted : plan.preempted()) {
            stop(preempted, plan.now());
        }
        Placed counts = new Placed(edit);
        for (Allocation placed : plan.placed()) {
            place(placed.job() == null ? placed.withJob(plan.job()) : placed, plan, counts);
        }
        counts.store(Instant.ofEpochSecond(0, plan.now()));
        return edit.each(plan.evaluations(), edit.evaluations::put);
    }

    private void stop(Allocation stop, long now) {
        Allocation old = edit.allocations.get(stop.id());
        if (old == null) {
            return;
        }
        Allocation changed = old.withDesiredStatus(stop.desiredStatus()).withDesiredDescription(stop.desiredDescription())
                .withFollowupEvalId(stop.followupEvalId()).withPreemptedByAllocation(stop.preemptedByAllocation())
                .withModifyTime(now);
        boolean concluded = stop.clientStatus().equals(Allocation.LOST) || stop.clientStatus().equals(Allocation.UNKNOWN);
        edit.allocations.put(concluded ? changed.withClientStatus(stop.clientStatus()) : changed, true);
    }

    private void place(Allocation placed, PlanResult plan, Placed counts) {
        Allocation old = edit.allocations.get(placed.id());
        if (old == null) {
            edit.allocations.put(null, placed.withTimes(plan.now(), plan.now()), true);
        } else {
            edit.allocations.put(old, placed.withClientStatus(old.clientStatus()).withClientDescription(old.clientDescription())
                    .withTaskStates(old.taskStates()).withNetworkStatus(old.networkStatus())
                    .withTimes(old.createTime(), plan.now()), true);
        }
        if (!placed.deploymentId().isEmpty() && (old == null || !old.deploymentId().equals(placed.deploymentId()))) {
            counts.add(placed);
        }
        if (!placed.previousAllocation().isEmpty() && old == null) {
            Allocation previous = edit.allocations.get(placed.previousAllocation());
            if (previous != null) {
                edit.allocations.put(previous.withNextAllocation(placed.id()), false);
            }
        }
    }

    /** Counts what a plan places for its deployment. */
    private static final class Placed {
        private final Edit edit;
        private final Map<String, List<Allocation>> byDeployment = new TreeMap<>();

        Placed(Edit edit) {
            this.edit = edit;
        }

        void add(Allocation placed) {
            byDeployment.computeIfAbsent(placed.deploymentId(), id -> new ArrayList<>()).add(placed);
        }

        void store(Instant now) {
            byDeployment.forEach((id, placed) -> {
                Deployment deployment = edit.deployments.get(id);
                if (deployment != null) {
                    Map<String, DeploymentState> groups = new TreeMap<>(Values.orEmpty(deployment.taskGroups()));
                    for (Allocation allocation : placed) {
                        groups.computeIfPresent(allocation.taskGroup(), (name, state) -> with(state, allocation, now));
                    }
                    edit.deployments.put(deployment.withTaskGroups(groups));
                }
            });
        }

        private static DeploymentState with(DeploymentState state, Allocation placed, Instant now) {
            DeploymentState more = state.withPlacedAllocs(state.placedAllocs() + 1);
            if (placed.isCanary()) {
                List<String> canaries = new ArrayList<>(Values.orEmpty(state.placedCanaries()));
                canaries.add(placed.id());
                more = more.withPlacedCanaries(canaries);
            }
            boolean starts = state.requireProgressBy() == null && !state.progressDeadline().isZero();
            return starts ? more.withRequireProgressBy(now.plus(state.progressDeadline())) : more;
        }
    }

    long fromClients(Command.UpdateFromClients c) {
        for (Allocation report : c.allocations()) {
            Allocation old = edit.allocations.get(report.id());
            if (old == null) {
                continue;
            }
            Allocation changed = old.withClientStatus(report.clientStatus())
                    .withClientDescription(report.clientDescription())
                    .withTaskStates(report.taskStates())
                    .withNetworkStatus(report.networkStatus())
                    .withModifyTime(c.now());
            if (report.deploymentStatus() != null && report.deploymentStatus().healthy() != null
                    && !old.deploymentId().isEmpty()) {
                boolean canary = old.deploymentStatus() != null && old.deploymentStatus().canary();
                AllocDeploymentStatus health = report.deploymentStatus();
                boolean same = old.deploymentStatus() != null
                        && Objects.equals(old.deploymentStatus().healthy(), health.healthy());
                changed = changed.withDeploymentStatus(same ? old.deploymentStatus()
                        : new AllocDeploymentStatus(canary, health.healthy(), edit.index, health.timestamp()));
            }
            edit.allocations.put(changed, false);
            deployments.countHealth(old, changed);
        }
        return edit.each(c.evaluations(), edit.evaluations::put);
    }

    long transitions(Command.UpdateTransitions c) {
        c.transitions().forEach((id, wish) -> {
            Allocation old = edit.allocations.get(id);
            if (old != null) {
                DesiredTransition had = old.desiredTransition() == null ? DesiredTransition.NONE : old.desiredTransition();
                edit.allocations.put(old.withDesiredTransition(new DesiredTransition(
                        wish.forceReschedule() != null ? wish.forceReschedule() : had.forceReschedule(),
                        wish.migrate() != null ? wish.migrate() : had.migrate(),
                        wish.noShutdownDelay() != null ? wish.noShutdownDelay() : had.noShutdownDelay(),
                        wish.reschedule() != null ? wish.reschedule() : had.reschedule())), false);
            }
        });
        return edit.each(c.evaluations(), edit.evaluations::put);
    }
}
