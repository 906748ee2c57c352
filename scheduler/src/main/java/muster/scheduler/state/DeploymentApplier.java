package muster.scheduler.state;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;

/** What the commands about deployments do to the state. Pure, as {@link Applier}, whose part it is. */
final class DeploymentApplier {
    private final Edit edit;
    private final State before;
    private final JobApplier jobs;

    DeploymentApplier(Edit edit, State before, JobApplier jobs) {
        this.edit = edit;
        this.before = before;
        this.jobs = jobs;
    }

    long update(Command.UpdateDeployment c) {
        Deployment deployment = active(c.id());
        boolean resumes = deployment.status().equals(Deployment.PAUSED) && c.status().equals(Deployment.RUNNING) && c.evaluation() != null;
        Deployment changed = resumes ? progressing(deployment, Instant.ofEpochSecond(0, c.evaluation().createTime())) : deployment;
        edit.deployments.put(changed.withStatus(c.status()).withStatusDescription(c.description()));
        if (c.status().equals(Deployment.SUCCESSFUL)) {
            jobs.setStable(deployment.namespace(), deployment.jobId(), deployment.jobVersion(), true);
        }
        return rollBack(c.rollback(), c.evaluation());
    }

    /** What was paused has the whole time for its next progress from now on. */
    private static Deployment progressing(Deployment paused, Instant now) {
        Map<String, DeploymentState> groups = new TreeMap<>(paused.taskGroups());
        groups.replaceAll((name, group) -> group.requireProgressBy() == null ? group
                : group.withRequireProgressBy(now.plus(group.progressDeadline())));
        return paused.withTaskGroups(groups);
    }

    private Deployment active(String id) {
        Deployment deployment = edit.deployments.get(id);
        if (deployment == null) {
            throw new RefusedException("deployment not found");
        }
        if (!deployment.isActive()) {
            throw new RefusedException("Deployment " + deployment.id() + " has terminal status \"" + deployment.status() + "\":");
        }
        return deployment;
    }

    private long rollBack(Job rollback, Evaluation evaluation) {
        if (rollback != null) {
            jobs.store(rollback, before.job(rollback.namespace(), rollback.id()));
        }
        if (evaluation != null) {
            edit.evaluations.put(evaluation);
        }
        return edit.index;
    }

    long promote(Command.PromoteDeployment c) {
        Deployment deployment = active(c.id());
        Map<String, DeploymentState> groups = new TreeMap<>(deployment.taskGroups());
        Set<String> canaries = new LinkedHashSet<>();
        deployment.taskGroups().forEach((name, state) -> {
            if (c.groups() == null || c.groups().contains(name)) {
                if (state.desiredCanaries() > 0) {
                    groups.put(name, state.withPromoted(true));
                    canaries.addAll(Values.orEmpty(state.placedCanaries()));
                }
            }
        });
        boolean all = groups.values().stream().allMatch(state -> state.desiredCanaries() == 0 || state.promoted());
        edit.deployments.put(deployment.withTaskGroups(groups)
                .withStatusDescription(all ? "Deployment is running" : deployment.statusDescription()));
        for (String id : canaries) {
            Allocation canary = edit.allocations.get(id);
            if (canary != null && canary.deploymentStatus() != null) {
                edit.allocations.put(canary.withDeploymentStatus(
                        canary.deploymentStatus().withCanary(false).withModifyIndex(edit.index)), true);
            }
        }
        return rollBack(null, c.evaluation());
    }

    long allocationHealth(Command.SetAllocationHealth c) {
        Deployment deployment = active(c.id());
        Map<String, Boolean> health = new HashMap<>();
        Values.orEmpty(c.healthy()).forEach(id -> health.put(id, true));
        Values.orEmpty(c.unhealthy()).forEach(id -> health.put(id, false));
        health.forEach((id, healthy) -> {
            Allocation old = edit.allocations.get(id);
            if (old == null) {
                throw new RefusedException("unknown alloc \"" + id + "\"");
            }
            if (!old.deploymentId().equals(c.id())) {
                throw new RefusedException("alloc \"" + id + "\" is not part of deployment \"" + c.id() + "\"");
            }
            Allocation changed = old.withDeploymentStatus(
                    new AllocDeploymentStatus(old.isCanary(), healthy, edit.index, c.now()));
            edit.allocations.put(changed, true);
            countHealth(old, changed);
        });
        if (c.status() != null) {
            edit.deployments.put(edit.deployments.get(deployment.id())
                    .withStatus(c.status()).withStatusDescription(c.description()));
        }
        return rollBack(c.rollback(), c.evaluation());
    }

    void countHealth(Allocation old, Allocation now) {
        Boolean was = old.deploymentStatus() == null ? null : old.deploymentStatus().healthy();
        Boolean is = now.deploymentStatus() == null ? null : now.deploymentStatus().healthy();
        Deployment deployment = edit.deployments.get(now.deploymentId());
        if (deployment == null || Objects.equals(was, is) || !deployment.taskGroups().containsKey(now.taskGroup())) {
            return;
        }
        DeploymentState state = deployment.taskGroups().get(now.taskGroup());
        int healthy = state.healthyAllocs() + (Boolean.TRUE.equals(is) ? 1 : 0) - (Boolean.TRUE.equals(was) ? 1 : 0);
        int unhealthy = state.unhealthyAllocs() + (Boolean.FALSE.equals(is) ? 1 : 0) - (Boolean.FALSE.equals(was) ? 1 : 0);
        DeploymentState changed = state.withHealthyAllocs(healthy).withUnhealthyAllocs(unhealthy);
        Duration deadline = state.progressDeadline();
        if (Boolean.TRUE.equals(is) && !deadline.isZero() && now.deploymentStatus().timestamp() != null) {
            Instant by = now.deploymentStatus().timestamp().plus(deadline);
            if (state.requireProgressBy() == null || by.isAfter(state.requireProgressBy())) {
                changed = changed.withRequireProgressBy(by);
            }
        }
        Map<String, DeploymentState> groups = new TreeMap<>(deployment.taskGroups());
        groups.put(now.taskGroup(), changed);
        edit.deployments.put(deployment.withTaskGroups(groups));
    }
}
