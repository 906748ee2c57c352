package muster.scheduler.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Change;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.DeploymentState;
import muster.scheduler.state.DesiredTransition;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.JobSpec;
import muster.scheduler.state.State;

/**
 * Goes on with running deployments: an evaluation for each allocation that becomes healthy, replacement of those that
 * don't, promotion of healthy canaries where it is automatic, failure at the progress deadline, and the way back to the last
 * stable version. Called on the log's thread after each publication; proposes without waiting.
 */
public final class DeploymentWatcher {
    static final String PROGRESS = "Failed due to progress deadline";
    static final String UNHEALTHY = "Failed due to unhealthy allocations";

    private final Writer writer;
    private final Evaluations evaluations;
    private final Timers timers;
    private final Map<String, Long> evaluated = new HashMap<>();
    private final Map<String, Runnable> deadlines = new HashMap<>();
    private final Set<String> ending = new HashSet<>();

    DeploymentWatcher(Writer writer, Timers timers) {
        this.writer = writer;
        this.timers = timers;
        evaluations = new Evaluations(writer);
    }

    synchronized void published(State state, List<Change> changes) {
        Set<String> concerned = new HashSet<>();
        for (Change change : changes) {
            if (change.payload() instanceof Deployment deployment) {
                concerned.add(deployment.id());
            } else if (change.payload() instanceof Allocation allocation && !allocation.deploymentId().isEmpty()) {
                concerned.add(allocation.deploymentId());
            }
        }
        concerned.forEach(id -> look(state, id));
    }

    /** Starts to watch all that run: this server leads now. */
    synchronized void start(State state) {
        for (Deployment deployment : state.deployments()) {
            if (deployment.isActive()) {
                look(state, deployment.id());
            }
        }
    }

    synchronized void clear() {
        deadlines.values().forEach(Runnable::run);
        deadlines.clear();
        evaluated.clear();
        ending.clear();
    }

    private void look(State state, String id) {
        Runnable cancel = deadlines.remove(id);
        if (cancel != null) {
            cancel.run();
        }
        Deployment deployment = state.deployments().get(id);
        if (deployment == null || !deployment.isActive()) {
            evaluated.remove(id);
            evaluated.remove(id + "/promoted");
            ending.remove(id);
            return;
        }
        Job job = state.job(deployment.namespace(), deployment.jobId());
        if (job == null || ending.contains(id)) {
            return;
        }
        List<Allocation> own = state.allocationsOf(deployment.namespace(), deployment.jobId()).stream()
                .filter(a -> a.deploymentId().equals(id)).toList();
        if (deployment.status().equals(Deployment.RUNNING)) {
            if (failsAtOnce(deployment, own)) {
                fail(state, deployment, job, UNHEALTHY);
                return;
            }
            armDeadline(deployment);
            promote(deployment, job, own);
        }
        goOn(deployment, job, own);
    }

    /** Without a progress deadline the first unhealthy allocation ends it. */
    private static boolean failsAtOnce(Deployment deployment, List<Allocation> own) {
        return own.stream().anyMatch(a -> {
            DeploymentState group = deployment.taskGroups().get(a.taskGroup());
            return a.isUnhealthy() && group != null && group.progressDeadline().isZero();
        });
    }

    private void goOn(Deployment deployment, Job job, List<Allocation> own) {
        long seen = evaluated.getOrDefault(deployment.id(), 0L);
        long newest = seen;
        Map<String, DesiredTransition> replace = new TreeMap<>();
        for (Allocation allocation : own) {
            if (allocation.deploymentStatus() == null || allocation.deploymentStatus().healthy() == null) {
                continue;
            }
            newest = Math.max(newest, allocation.deploymentStatus().modifyIndex());
            boolean wished = allocation.desiredTransition() != null
                    && Boolean.TRUE.equals(allocation.desiredTransition().reschedule());
            if (allocation.isUnhealthy() && !wished && !allocation.isServerTerminal()) {
                replace.put(allocation.id(), new DesiredTransition(null, null, null, true));
            }
        }
        if (newest > seen) {
            evaluated.put(deployment.id(), newest);
            Evaluation evaluation = evaluations.ofDeployment(job, deployment.id());
            writer.propose(replace.isEmpty() ? new Command.UpdateEvaluations(List.of(evaluation))
                    : new Command.UpdateTransitions(replace, List.of(evaluation)));
        }
    }

    private void promote(Deployment deployment, Job job, List<Allocation> own) {
        List<String> ready = new ArrayList<>();
        for (Map.Entry<String, DeploymentState> group : deployment.taskGroups().entrySet()) {
            DeploymentState state = group.getValue();
            if (state.desiredCanaries() == 0 || state.promoted()) {
                continue;
            }
            long healthy = own.stream().filter(a -> Values.orEmpty(state.placedCanaries()).contains(a.id()) && a.isHealthy())
                    .count();
            if (!state.autoPromote() || healthy < state.desiredCanaries()) {
                return;
            }
            ready.add(group.getKey());
        }
        if (!ready.isEmpty() && evaluated.getOrDefault(deployment.id() + "/promoted", 0L) == 0) {
            evaluated.put(deployment.id() + "/promoted", 1L);
            writer.propose(new Command.PromoteDeployment(deployment.id(), null,
                    evaluations.ofDeployment(job, deployment.id())));
        }
    }

    private void armDeadline(Deployment deployment) {
        Instant next = null;
        for (DeploymentState group : deployment.taskGroups().values()) {
            if (group.requireProgressBy() != null && !isDone(group)
                    && (next == null || group.requireProgressBy().isBefore(next))) {
                next = group.requireProgressBy();
            }
        }
        if (next != null) {
            Duration left = Duration.between(writer.now(), next);
            String id = deployment.id();
            deadlines.put(id, timers.after(left.plusMillis(1), () -> deadline(id)));
        }
    }

    private static boolean isDone(DeploymentState group) {
        boolean waits = group.desiredCanaries() > 0 && !group.promoted();
        return group.healthyAllocs() >= (waits ? group.desiredCanaries() : group.desiredTotal());
    }

    private synchronized void deadline(String id) {
        State state = writer.state();
        Deployment deployment = state.deployments().get(id);
        Job job = deployment == null ? null : state.job(deployment.namespace(), deployment.jobId());
        if (job == null || !deployment.status().equals(Deployment.RUNNING) || ending.contains(id)) {
            return;
        }
        boolean late = deployment.taskGroups().values().stream().anyMatch(group -> group.requireProgressBy() != null
                && !isDone(group) && !group.requireProgressBy().isAfter(writer.now()));
        if (late) {
            fail(state, deployment, job, PROGRESS);
        } else {
            armDeadline(deployment);
        }
    }

    private void fail(State state, Deployment deployment, Job job, String reason) {
        ending.add(deployment.id());
        Ending end = ending(state, deployment, reason);
        writer.propose(new Command.UpdateDeployment(deployment.id(), Deployment.FAILED, end.description(), end.rollback(),
                evaluations.ofDeployment(job, deployment.id())));
    }

    /** How a failed deployment ends: its description, and the job to go back to or null. */
    public record Ending(String description, Job rollback) {}

    /** Finds the latest stable version where a group asks for automatic reversion. Pure. */
    public static Ending ending(State state, Deployment deployment, String reason) {
        if (deployment.taskGroups().values().stream().noneMatch(DeploymentState::autoRevert)) {
            return new Ending(reason, null);
        }
        Job current = state.jobVersion(deployment.namespace(), deployment.jobId(), deployment.jobVersion());
        for (Job version : state.jobVersions(deployment.namespace(), deployment.jobId())) {
            if (Boolean.TRUE.equals(version.stable()) && version.version() != deployment.jobVersion()) {
                if (current != null && JobSpec.isSame(current, version)) {
                    return new Ending(reason + " - not rolling back to stable job version " + version.version()
                            + " as current job has same specification", null);
                }
                return new Ending(reason + " - rolling back to job version " + version.version(), version);
            }
        }
        return new Ending(reason + " - no stable job version to auto revert to", null);
    }
}
