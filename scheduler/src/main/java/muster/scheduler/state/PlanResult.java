package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;
import muster.wire.Key;

/**
 * The part of a plan that was accepted.
 *
 * @param job the version that placed allocations get, which come without a job of their own
 * @param stopped allocations with the server's part of their new state (desired status and description, follow-up)
 * @param placed new allocations, and old ones updated in place
 * @param preempted allocations that make room
 * @param deployment a new deployment, or null
 * @param deploymentUpdates status changes of other deployments
 * @param now nanoseconds since 1970
 */
public record PlanResult(
        @Key("EvalID") String evalId,
        Job job,
        List<Allocation> stopped,
        List<Allocation> placed,
        List<Allocation> preempted,
        Deployment deployment,
        List<DeploymentUpdate> deploymentUpdates,
        List<Evaluation> evaluations,
        long now) {
    public PlanResult {
        stopped = Values.orEmpty(stopped);
        placed = Values.orEmpty(placed);
        preempted = Values.orEmpty(preempted);
        deploymentUpdates = Values.orEmpty(deploymentUpdates);
        evaluations = Values.orEmpty(evaluations);
    }

    /** A deployment's new status. */
    public record DeploymentUpdate(@Key("DeploymentID") String deploymentId, String status, String statusDescription) {}

    /** Whether applying it would change nothing. */
    public boolean isEmpty() {
        return stopped.isEmpty() && placed.isEmpty() && preempted.isEmpty() && deployment == null
                && deploymentUpdates.isEmpty();
    }
}
