package muster.scheduler.state;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import muster.raft.NotLeaderException;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;

/** What each command does to the state. Pure: all ids and times are in the command. */
final class Applier {
    private final Edit edit;
    private final State before;
    private final AccessApplier access;
    private final NodeApplier nodes;
    private final VariableApplier variables;

    private Applier(Edit edit, State before) {
        this.edit = edit;
        this.before = before;
        access = new AccessApplier(edit, before);
        nodes = new NodeApplier(edit, before);
        variables = new VariableApplier(edit, before);
    }

    /** Makes the change in {@code edit}, which starts as {@code before}; returns the index the caller asked for, or 0. */
    static long apply(Edit edit, State before, Command command) {
        Applier applier = new Applier(edit, before);
        return switch (command) {
            case Command.RegisterJob c -> applier.registerJob(c);
            case Command.DeregisterJob c -> applier.deregisterJob(c);
            case Command.UpdateEvaluations c -> applier.evaluations(c.evaluations());
            case Command.ApplyPlan c -> applier.plan(c.plan());
            case Command.UpdateFromClients c -> applier.fromClients(c);
            case Command.UpdateTransitions c -> applier.transitions(c);
            case Command.RegisterNode c -> applier.nodes.register(c);
            case Command.UpdateNodeStatus c -> applier.nodes.status(c);
            case Command.UpdateNodeEligibility c -> applier.nodes.eligibility(c);
            case Command.UpdateNodeDrain c -> applier.nodes.drain(c);
            case Command.AddNodeEvents c -> applier.nodes.events(c);
            case Command.DeregisterNode c -> applier.nodes.deregister(c);
            case Command.UpdateDeployment c -> applier.deployment(c);
            case Command.PromoteDeployment c -> applier.promote(c);
            case Command.SetAllocationHealth c -> applier.allocationHealth(c);
            case Command.SetJobStability c -> applier.stability(c);
            case Command.TagJobVersion c -> applier.tag(c);
            case Command.AddScalingEvent c -> applier.scalingEvent(c);
            case Command.SetConfiguration c -> applier.configuration(c);
            case Command.SetLaunch c -> applier.launch(c);
            case Command.WriteVariable c -> applier.variables.write(c);
            case Command.AcquireLock c -> applier.variables.acquire(c.variable());
            case Command.RenewLock c -> applier.variables.renew(c);
            case Command.ReleaseLock c -> applier.variables.release(c);
            case Command.DeleteVariable c -> applier.variables.delete(c);
            case Command.RegisterServices c -> applier.registerServices(c.services());
            case Command.DeregisterServices c -> applier.deregisterServices(c.ids());
            case Command.UpsertNamespaces c -> applier.access.namespaces(c.namespaces());
            case Command.DeleteNamespaces c -> applier.access.deleteNamespaces(c.names());
            case Command.UpsertNodePools c -> applier.nodes.pools(c.pools());
            case Command.DeleteNodePools c -> applier.nodes.deletePools(c.names());
            case Command.UpsertPolicies c -> applier.access.each(c.policies(), edit::putPolicy);
            case Command.DeletePolicies c -> applier.access.each(c.names(), edit::removePolicy);
            case Command.UpsertRoles c -> applier.access.roles(c.roles());
            case Command.DeleteRoles c -> applier.access.each(c.ids(), edit::removeRole);
            case Command.UpsertTokens c -> applier.access.tokens(c.tokens());
            case Command.DeleteTokens c -> applier.access.each(c.accessors(), edit::removeToken);
            case Command.BootstrapAcl c -> applier.access.bootstrap(c.token(), c.resetIndex());
            case Command.CreateOneTimeToken c -> applier.access.each(c.token() == null ? List.of() : List.of(c.token()), edit::putOneTimeToken);
            case Command.DeleteOneTimeTokens c -> applier.access.each(c.secrets(), edit::removeOneTimeToken);
            case Command.Collect c -> applier.collect(c);
            case Command.ReconcileSummaries c -> applier.reconcileSummaries();
            case Command.TakeLead c -> applier.servers(before.servers().withTerm(c.term()));
            case Command.OfLeader c -> applier.ofLeader(c);
            case Command.SetAutopilot c -> applier.autopilot(c);
            case Command.RestorePiece c -> applier.restorePiece(c);
        };
    }

    private long servers(Servers changed) {
        edit.setServers(changed);
        return edit.index;
    }

    /** A plan was checked against a state that only the leader of that time knew to be the newest. */
    private long ofLeader(Command.OfLeader c) {
        if (!before.servers().term().equals(c.term())) {
            throw new NotLeaderException("another server took the lead", Optional.empty());
        }
        return apply(edit, before, c.command());
    }

    private long autopilot(Command.SetAutopilot c) {
        Autopilot old = before.servers().autopilot();
        if (c.checkIndex() && old.modifyIndex() != c.modifyIndex()) {
            return 0;
        }
        return servers(before.servers().withAutopilot(c.rules().at(old.createIndex() == 0 ? edit.index : old.createIndex(), edit.index)));
    }

    private long restorePiece(Command.RestorePiece c) {
        Restoring next = before.servers().restoring().with(c);
        if (!c.last()) {
            return servers(before.servers().withRestoring(next));
        }
        edit.replaceAll(next.state(), before.servers().withRestoring(Restoring.NONE));
        return edit.index;
    }

    private long registerJob(Command.RegisterJob c) {
        Job old = before.job(c.job().namespace(), c.job().id());
        if (c.enforceIndex()) {
            enforce(old, c.jobModifyIndex());
        }
        Job stored = store(c.job(), old);
        if (c.submission() != null) {
            edit.putSubmission(c.submission().of(stored.namespace(), stored.id(), stored.version(), edit.index));
        }
        if (c.scale() != null) {
            edit.addScalingEvent(stored.namespace(), stored.id(), c.scale().group(), c.scale().event());
        }
        if (c.evaluation() != null) {
            edit.putEvaluation(withJobIndex(c.evaluation(), stored.jobModifyIndex()));
        }
        return stored.jobModifyIndex();
    }

    private static void enforce(Job old, long wanted) {
        if (wanted == 0 && old != null) {
            throw new RefusedException("Enforcing job modify index 0: job already exists");
        }
        if (wanted != 0 && old == null) {
            throw new RefusedException("Enforcing job modify index " + wanted + ": job does not exist");
        }
        if (wanted != 0 && old.jobModifyIndex() != wanted) {
            throw new RefusedException("Enforcing job modify index " + wanted
                    + ": job exists with conflicting job modify index: " + old.jobModifyIndex());
        }
    }

    private Job store(Job job, Job old) {
        if (old != null && JobSpec.isSame(job, old)) {
            return old;
        }
        Job stored = job.withCreateIndex(old == null ? edit.index : old.createIndex())
                .withModifyIndex(edit.index)
                .withJobModifyIndex(edit.index)
                .withVersion(old == null ? 0 : old.version() + 1)
                .withStable(false)
                .withVersionTag(null)
                .withStatus(old == null ? "pending" : old.status());
        edit.putJob(stored);
        return stored;
    }

    private static Evaluation withJobIndex(Evaluation e, long index) {
        return new Evaluation(e.annotatePlan(), e.blockedEval(), e.classEligibility(), e.createIndex(), e.createTime(),
                e.deploymentId(), e.escapedComputedClass(), e.failedTGAllocs(), e.id(), e.jobId(), index, e.leaderACL(),
                e.modifyIndex(), e.modifyTime(), e.namespace(), e.nextEval(), e.nodeId(), e.nodeModifyIndex(),
                e.previousEval(), e.priority(), e.queuedAllocations(), e.quotaLimitReached(), e.snapshotIndex(), e.status(),
                e.statusDescription(), e.triggeredBy(), e.type(), e.delay(), e.waitUntil());
    }

    private long deregisterJob(Command.DeregisterJob c) {
        Job old = before.job(c.namespace(), c.id());
        long modified = edit.index;
        if (old != null && c.purge()) {
            edit.removeJob(c.namespace(), c.id());
        } else if (old != null) {
            edit.putJob(old.withStop(true).withModifyIndex(edit.index).withJobModifyIndex(edit.index)
                    .withVersion(old.version() + 1).withStable(false).withVersionTag(null));
        }
        if (c.evaluation() != null) {
            edit.putEvaluation(withJobIndex(c.evaluation(), modified));
        }
        return modified;
    }

    private long evaluations(List<Evaluation> evaluations) {
        for (Evaluation evaluation : Values.orEmpty(evaluations)) {
            edit.putEvaluation(evaluation);
        }
        return edit.index;
    }

    private long plan(PlanResult plan) {
        for (PlanResult.DeploymentUpdate update : plan.deploymentUpdates()) {
            Deployment deployment = edit.view().deployments().get(update.deploymentId());
            if (deployment != null && deployment.isActive()) {
                edit.putDeployment(deployment.withStatus(update.status()).withStatusDescription(update.statusDescription()));
                if (update.status().equals(Deployment.SUCCESSFUL)) {
                    setStable(deployment.namespace(), deployment.jobId(), deployment.jobVersion(), true);
                }
            }
        }
        if (plan.deployment() != null) {
            edit.putDeployment(plan.deployment());
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
        return evaluations(plan.evaluations());
    }

    private void stop(Allocation stop, long now) {
        Allocation old = edit.view().allocations().get(stop.id());
        if (old == null) {
            return;
        }
        Allocation changed = old.withDesiredStatus(stop.desiredStatus()).withDesiredDescription(stop.desiredDescription())
                .withFollowupEvalId(stop.followupEvalId()).withPreemptedByAllocation(stop.preemptedByAllocation())
                .withModifyTime(now);
        boolean concluded = stop.clientStatus().equals(Allocation.LOST) || stop.clientStatus().equals(Allocation.UNKNOWN);
        edit.putAllocation(concluded ? changed.withClientStatus(stop.clientStatus()) : changed, true);
    }

    private void place(Allocation placed, PlanResult plan, Placed counts) {
        Allocation old = edit.view().allocations().get(placed.id());
        if (old == null) {
            edit.putAllocation(placed.withCreateTime(plan.now()).withModifyTime(plan.now()), true);
        } else {
            edit.putAllocation(placed.withClientStatus(old.clientStatus()).withClientDescription(old.clientDescription())
                    .withTaskStates(old.taskStates()).withNetworkStatus(old.networkStatus())
                    .withCreateTime(old.createTime()).withModifyTime(plan.now()), true);
        }
        if (!placed.deploymentId().isEmpty() && (old == null || !old.deploymentId().equals(placed.deploymentId()))) {
            counts.add(placed);
        }
        if (!placed.previousAllocation().isEmpty() && old == null) {
            Allocation previous = edit.view().allocations().get(placed.previousAllocation());
            if (previous != null) {
                edit.putAllocation(previous.withNextAllocation(placed.id()), false);
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
                Deployment deployment = edit.view().deployments().get(id);
                if (deployment != null) {
                    Map<String, DeploymentState> groups = new TreeMap<>(Values.orEmpty(deployment.taskGroups()));
                    for (Allocation allocation : placed) {
                        groups.computeIfPresent(allocation.taskGroup(), (name, state) -> with(state, allocation, now));
                    }
                    edit.putDeployment(deployment.withTaskGroups(groups));
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

    private long fromClients(Command.UpdateFromClients c) {
        for (Allocation report : c.allocations()) {
            Allocation old = edit.view().allocations().get(report.id());
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
            edit.putAllocation(changed, false);
            countHealth(old, changed);
        }
        return evaluations(c.evaluations());
    }

    private void countHealth(Allocation old, Allocation now) {
        Boolean was = old.deploymentStatus() == null ? null : old.deploymentStatus().healthy();
        Boolean is = now.deploymentStatus() == null ? null : now.deploymentStatus().healthy();
        Deployment deployment = edit.view().deployments().get(now.deploymentId());
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
        edit.putDeployment(deployment.withTaskGroups(groups));
    }

    private long transitions(Command.UpdateTransitions c) {
        c.transitions().forEach((id, wish) -> {
            Allocation old = edit.view().allocations().get(id);
            if (old != null) {
                DesiredTransition had = old.desiredTransition() == null ? DesiredTransition.NONE : old.desiredTransition();
                edit.putAllocation(old.withDesiredTransition(new DesiredTransition(
                        wish.forceReschedule() != null ? wish.forceReschedule() : had.forceReschedule(),
                        wish.migrate() != null ? wish.migrate() : had.migrate(),
                        wish.noShutdownDelay() != null ? wish.noShutdownDelay() : had.noShutdownDelay(),
                        wish.reschedule() != null ? wish.reschedule() : had.reschedule())), false);
            }
        });
        return evaluations(c.evaluations());
    }

    private long deployment(Command.UpdateDeployment c) {
        Deployment deployment = active(c.id());
        boolean resumes = deployment.status().equals(Deployment.PAUSED) && c.status().equals(Deployment.RUNNING) && c.evaluation() != null;
        Deployment changed = resumes ? progressing(deployment, Instant.ofEpochSecond(0, c.evaluation().createTime())) : deployment;
        edit.putDeployment(changed.withStatus(c.status()).withStatusDescription(c.description()));
        if (c.status().equals(Deployment.SUCCESSFUL)) {
            setStable(deployment.namespace(), deployment.jobId(), deployment.jobVersion(), true);
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
        Deployment deployment = edit.view().deployments().get(id);
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
            store(rollback, before.job(rollback.namespace(), rollback.id()));
        }
        if (evaluation != null) {
            edit.putEvaluation(evaluation);
        }
        return edit.index;
    }

    private void setStable(String namespace, String id, long version, boolean stable) {
        Job job = edit.view().jobVersion(namespace, id, version);
        if (job != null && !Objects.equals(job.stable(), stable)) {
            edit.replaceVersion(job.withStable(stable).withModifyIndex(edit.index));
        }
    }

    private long promote(Command.PromoteDeployment c) {
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
        edit.putDeployment(deployment.withTaskGroups(groups)
                .withStatusDescription(all ? "Deployment is running" : deployment.statusDescription()));
        for (String id : canaries) {
            Allocation canary = edit.view().allocations().get(id);
            if (canary != null && canary.deploymentStatus() != null) {
                edit.putAllocation(canary.withDeploymentStatus(
                        canary.deploymentStatus().withCanary(false).withModifyIndex(edit.index)), true);
            }
        }
        return evaluations(c.evaluation() == null ? List.of() : List.of(c.evaluation()));
    }

    private long allocationHealth(Command.SetAllocationHealth c) {
        Deployment deployment = active(c.id());
        Map<String, Boolean> health = new HashMap<>();
        Values.orEmpty(c.healthy()).forEach(id -> health.put(id, true));
        Values.orEmpty(c.unhealthy()).forEach(id -> health.put(id, false));
        health.forEach((id, healthy) -> {
            Allocation old = edit.view().allocations().get(id);
            if (old == null) {
                throw new RefusedException("unknown alloc \"" + id + "\"");
            }
            if (!old.deploymentId().equals(c.id())) {
                throw new RefusedException("alloc \"" + id + "\" is not part of deployment \"" + c.id() + "\"");
            }
            Allocation changed = old.withDeploymentStatus(
                    new AllocDeploymentStatus(old.isCanary(), healthy, edit.index, c.now()));
            edit.putAllocation(changed, true);
            countHealth(old, changed);
        });
        if (c.status() != null) {
            edit.putDeployment(edit.view().deployments().get(deployment.id())
                    .withStatus(c.status()).withStatusDescription(c.description()));
        }
        return rollBack(c.rollback(), c.evaluation());
    }

    private long stability(Command.SetJobStability c) {
        if (edit.view().jobVersion(c.namespace(), c.id(), c.version()) == null) {
            throw new RefusedException("job \"" + c.id() + "\" in namespace \"" + c.namespace() + "\" at version "
                    + c.version() + " not found");
        }
        setStable(c.namespace(), c.id(), c.version(), c.stable());
        return edit.index;
    }

    private long tag(Command.TagJobVersion c) {
        List<Job> versions = before.jobVersions(c.namespace(), c.id());
        Job named = versions.stream().filter(job -> job.versionTag() != null && job.versionTag().name().equals(c.name())).findFirst().orElse(null);
        if (c.tag() == null) {
            if (named == null) {
                throw new RefusedException("tag \"" + c.name() + "\" not found on job \"" + c.id() + "\"");
            }
            edit.replaceVersion(named.withVersionTag(null).withModifyIndex(edit.index));
            return edit.index;
        }
        Job version = c.version() == null ? before.job(c.namespace(), c.id()) : before.jobVersion(c.namespace(), c.id(), c.version());
        if (version == null) {
            throw new RefusedException("job \"" + c.id() + "\"" + (c.version() == null ? "" : " version " + c.version()) + " not found");
        }
        if (named != null && !named.version().equals(version.version())) {
            throw new RefusedException("tag \"" + c.name() + "\" already exists on a different version of job \"" + c.id() + "\"");
        }
        edit.replaceVersion(version.withVersionTag(c.tag()).withModifyIndex(edit.index));
        return edit.index;
    }

    private long scalingEvent(Command.AddScalingEvent c) {
        edit.addScalingEvent(c.namespace(), c.id(), c.group(), c.event());
        return edit.index;
    }

    private long configuration(Command.SetConfiguration c) {
        if (c.checkIndex() && before.configuration().modifyIndex() != c.modifyIndex()) {
            return 0;
        }
        edit.setConfiguration(c.configuration());
        return edit.index;
    }

    private long launch(Command.SetLaunch c) {
        edit.setLaunch(c.namespace(), c.id(), c.time());
        return edit.index;
    }

    private long collect(Command.Collect c) {
        Values.orEmpty(c.evaluations()).forEach(edit::removeEvaluation);
        Values.orEmpty(c.allocations()).forEach(edit::removeAllocation);
        Values.orEmpty(c.deployments()).forEach(edit::removeDeployment);
        for (String key : Values.orEmpty(c.jobs())) {
            Job job = edit.view().jobs().get(key);
            if (job != null) {
                edit.removeJob(job.namespace(), job.id());
            }
        }
        Values.orEmpty(c.nodes()).forEach(edit::removeNode);
        return edit.index;
    }

    private long reconcileSummaries() {
        for (JobSummary summary : before.summaries()) {
            edit.recount(summary);
        }
        return edit.index;
    }

    private long registerServices(List<NativeService> services) {
        for (NativeService service : services) {
            Allocation allocation = before.allocations().get(service.allocId());
            if (allocation != null && !allocation.isClientTerminal()) {
                edit.putService(service);
            }
        }
        return edit.index;
    }

    private long deregisterServices(List<String> ids) {
        ids.forEach(edit::removeService);
        return edit.index;
    }
}
