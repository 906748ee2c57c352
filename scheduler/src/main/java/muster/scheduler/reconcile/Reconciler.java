package muster.scheduler.reconcile;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.scheduler.state.PlanResult;

/**
 * Compares a service or batch job with its allocations, group by group.
 *
 * <p>Allocations fall into sets: on nodes that are gone (lost), told to leave (migrate), failed (to be placed again now,
 * later or never), and the rest. Of the rest the surplus stops, highest numbers first; what is of another version is left,
 * updated in place or replaced. Replacing is limited by the update block and by the health of what the running deployment
 * placed already; with canaries nothing but these is placed until they are promoted. A deployment is made when a change
 * begins, cancelled when a newer version or a stop overtakes it, and successful when nothing is left to do.
 *
 * <p>One use. The job is null when it was purged.
 */
public final class Reconciler {
    static final String NOT_NEEDED = "alloc not needed due to job update";
    static final String MIGRATING = "alloc is being migrated";
    static final String LOST = "alloc is lost since its node is down";
    static final String RESCHEDULED = "alloc was rescheduled because it failed";

    /**
     * What a reconciler works on.
     *
     * @param tainted nodes with allocations of the job that are down, or null for those that no longer exist, by id
     * @param updatesInPlace whether the node still takes the allocation with the new version's needs
     * @param ids for new evaluations and deployments
     */
    public record Input(String namespace, String jobId, Job job, Deployment deployment, List<Allocation> allocations,
            Map<String, Optional<Node>> tainted, Evaluation evaluation, Instant now,
            BiPredicate<Allocation, TaskGroup> updatesInPlace, Supplier<String> ids) {}

    private final Input in;
    private final Job job;
    private final Changes out = new Changes();
    private Deployment deployment;
    private Deployment old;

    public Reconciler(Input input) {
        in = input;
        job = input.job();
        deployment = input.deployment();
    }

    public Changes reconcile() {
        cancelDeployments();
        Map<String, Map<String, Allocation>> groups = byGroup();
        if (job == null || job.isStopped()) {
            groups.forEach(this::stopGroup);
            return out;
        }
        boolean complete = true;
        for (Map.Entry<String, Map<String, Allocation>> group : groups.entrySet()) {
            TaskGroup wanted = job.group(group.getKey());
            if (wanted == null) {
                stopGroup(group.getKey(), group.getValue());
            } else {
                complete &= reconcile(wanted, group.getValue());
            }
        }
        finishDeployment(complete);
        out.deployment = deployment;
        return out;
    }

    private Map<String, Map<String, Allocation>> byGroup() {
        Map<String, Map<String, Allocation>> groups = new TreeMap<>();
        if (job != null) {
            Values.orEmpty(job.taskGroups()).forEach(group -> groups.put(group.name(), new LinkedHashMap<>()));
        }
        for (Allocation allocation : in.allocations()) {
            groups.computeIfAbsent(allocation.taskGroup(), name -> new LinkedHashMap<>()).put(allocation.id(), allocation);
        }
        return groups;
    }

    private void cancelDeployments() {
        if (deployment == null) {
            return;
        }
        boolean stopped = job == null || job.isStopped();
        boolean other = !stopped && (deployment.jobCreateIndex() != job.createIndex()
                || deployment.jobVersion() != job.version());
        if ((stopped || other) && deployment.isActive()) {
            out.deploymentUpdates.add(new PlanResult.DeploymentUpdate(deployment.id(), Deployment.CANCELLED,
                    stopped ? "Cancelled because job is stopped" : "Cancelled due to newer version of job"));
        }
        if (stopped || other || deployment.status().equals(Deployment.SUCCESSFUL)) {
            old = deployment;
            deployment = null;
        }
    }

    private void finishDeployment(boolean complete) {
        if (out.created != null) {
            boolean canaries = out.created.taskGroups().values().stream().anyMatch(g -> g.desiredCanaries() > 0);
            boolean auto = out.created.taskGroups().values().stream()
                    .allMatch(g -> g.desiredCanaries() == 0 || g.autoPromote());
            if (canaries) {
                out.created = out.created.withStatusDescription(auto
                        ? "Deployment is running pending automatic promotion"
                        : "Deployment is running but requires manual promotion");
            }
            deployment = out.created;
        } else if (deployment != null && complete && deployment.isActive()) {
            out.deploymentUpdates.add(new PlanResult.DeploymentUpdate(deployment.id(), Deployment.SUCCESSFUL,
                    "Deployment completed successfully"));
        }
    }

    private void stopGroup(String name, Map<String, Allocation> all) {
        Map<String, Allocation> live = new LinkedHashMap<>(all);
        live.values().removeIf(Allocation::isTerminal);
        Tainted sets = Tainted.of(live, in.tainted());
        out.stop(sets.untainted.values(), "", NOT_NEEDED);
        out.stop(sets.migrate.values(), "", NOT_NEEDED);
        out.stop(sets.lost.values(), Allocation.LOST, LOST);
        int stopped = sets.untainted.size() + sets.migrate.size() + sets.lost.size();
        out.desired.put(name, new DesiredUpdates(0, 0, 0, 0, 0, 0, 0, stopped));
    }

    /** Returns whether nothing is left to do for the group's part of the deployment. */
    private boolean reconcile(TaskGroup group, Map<String, Allocation> all) {
        return new GroupReconciliation(in, out, deployment, old, group, all).run();
    }
}
