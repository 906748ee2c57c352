package muster.scheduler.state;

import java.util.List;
import java.util.Optional;
import muster.raft.NotLeaderException;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;

/** What each command does to the state. Pure: all ids and times are in the command. */
final class Applier {
    private final Edit edit;
    private final State before;
    private final AccessApplier access;
    private final JobApplier jobs;
    private final DeploymentApplier deployments;
    private final AllocationApplier allocations;
    private final NodeApplier nodes;
    private final VariableApplier variables;

    private Applier(Edit edit, State before) {
        this.edit = edit;
        this.before = before;
        access = new AccessApplier(edit, before);
        jobs = new JobApplier(edit, before);
        deployments = new DeploymentApplier(edit, before, jobs);
        allocations = new AllocationApplier(edit, jobs, deployments);
        nodes = new NodeApplier(edit, before);
        variables = new VariableApplier(edit, before);
    }

    /** Makes the change in {@code edit}, which starts as {@code before}; returns the index the caller asked for, or 0. */
    static long apply(Edit edit, State before, Command command) {
        Applier applier = new Applier(edit, before);
        return switch (command) {
            case Command.RegisterJob c -> applier.jobs.register(c);
            case Command.DeregisterJob c -> applier.jobs.deregister(c);
            case Command.UpdateEvaluations c -> edit.each(c.evaluations(), edit.evaluations::put);
            case Command.ApplyPlan c -> applier.allocations.plan(c.plan());
            case Command.UpdateFromClients c -> applier.allocations.fromClients(c);
            case Command.UpdateTransitions c -> applier.allocations.transitions(c);
            case Command.RegisterNode c -> applier.nodes.register(c);
            case Command.UpdateNodeStatus c -> applier.nodes.status(c);
            case Command.UpdateNodeEligibility c -> applier.nodes.eligibility(c);
            case Command.UpdateNodeDrain c -> applier.nodes.drain(c);
            case Command.AddNodeEvents c -> applier.nodes.events(c);
            case Command.DeregisterNode c -> applier.nodes.deregister(c);
            case Command.UpdateDeployment c -> applier.deployments.update(c);
            case Command.PromoteDeployment c -> applier.deployments.promote(c);
            case Command.SetAllocationHealth c -> applier.deployments.allocationHealth(c);
            case Command.SetJobStability c -> applier.jobs.stability(c);
            case Command.TagJobVersion c -> applier.jobs.tag(c);
            case Command.AddScalingEvent c -> applier.jobs.scalingEvent(c);
            case Command.SetConfiguration c -> applier.configuration(c);
            case Command.SetLaunch c -> applier.jobs.launch(c);
            case Command.WriteVariable c -> applier.variables.write(c);
            case Command.AcquireLock c -> applier.variables.acquire(c.variable());
            case Command.RenewLock c -> applier.variables.renew(c);
            case Command.ReleaseLock c -> applier.variables.release(c);
            case Command.DeleteVariable c -> applier.variables.delete(c);
            case Command.RegisterServices c -> applier.registerServices(c.services());
            case Command.DeregisterServices c -> edit.each(c.ids(), edit.services::remove);
            case Command.UpsertNamespaces c -> edit.each(c.namespaces(), edit.access::putNamespace);
            case Command.DeleteNamespaces c -> applier.access.deleteNamespaces(c.names());
            case Command.UpsertNodePools c -> applier.nodes.pools(c.pools());
            case Command.DeleteNodePools c -> applier.nodes.deletePools(c.names());
            case Command.UpsertPolicies c -> edit.each(c.policies(), edit.access::putPolicy);
            case Command.DeletePolicies c -> edit.each(c.names(), edit.access::removePolicy);
            case Command.UpsertRoles c -> applier.access.roles(c.roles());
            case Command.DeleteRoles c -> edit.each(c.ids(), edit.access::removeRole);
            case Command.UpsertAuthMethods c -> applier.access.authMethods(c.methods());
            case Command.DeleteAuthMethods c -> applier.access.deleteAuthMethods(c.names());
            case Command.UpsertBindingRules c -> applier.access.bindingRules(c.rules());
            case Command.DeleteBindingRules c -> applier.access.deleteBindingRules(c.ids());
            case Command.UpsertTokens c -> edit.each(c.tokens(), edit.access::putToken);
            case Command.DeleteTokens c -> edit.each(c.accessors(), edit.access::removeToken);
            case Command.BootstrapAcl c -> applier.access.bootstrap(c.token(), c.resetIndex());
            case Command.CreateOneTimeToken c -> edit.each(c.token() == null ? List.of() : List.of(c.token()), edit.access::putOneTimeToken);
            case Command.DeleteOneTimeTokens c -> edit.each(c.secrets(), edit.access::removeOneTimeToken);
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

    private long configuration(Command.SetConfiguration c) {
        if (c.checkIndex() && before.configuration().modifyIndex() != c.modifyIndex()) {
            return 0;
        }
        edit.setConfiguration(c.configuration());
        return edit.index;
    }

    private long collect(Command.Collect c) {
        Values.orEmpty(c.evaluations()).forEach(edit.evaluations::remove);
        Values.orEmpty(c.allocations()).forEach(edit.allocations::remove);
        Values.orEmpty(c.deployments()).forEach(edit.deployments::remove);
        for (String key : Values.orEmpty(c.jobs())) {
            Job job = edit.jobs.jobs().get(key);
            if (job != null) {
                edit.jobs.remove(job.namespace(), job.id());
            }
        }
        Values.orEmpty(c.nodes()).forEach(edit.nodes::remove);
        return edit.index;
    }

    private long reconcileSummaries() {
        edit.statuses.recount(edit.allocations);
        return edit.index;
    }

    private long registerServices(List<NativeService> services) {
        for (NativeService service : services) {
            Allocation allocation = before.allocations().get(service.allocId());
            if (allocation != null && !allocation.isClientTerminal()) {
                edit.services.put(service);
            }
        }
        return edit.index;
    }
}
