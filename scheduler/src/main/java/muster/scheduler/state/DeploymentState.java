package muster.scheduler.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import muster.scheduler.job.Values;

/** A group's part of a deployment. */
public record DeploymentState(
        boolean autoPromote,
        boolean autoRevert,
        int desiredCanaries,
        int desiredTotal,
        int healthyAllocs,
        int placedAllocs,
        List<String> placedCanaries,
        Duration progressDeadline,
        boolean promoted,
        Instant requireProgressBy,
        int unhealthyAllocs) {
    public DeploymentState {
        placedCanaries = Values.list(placedCanaries);
        progressDeadline = Values.duration(progressDeadline);
    }

    /** A copy with another HealthyAllocs. */
    public DeploymentState withHealthyAllocs(int healthyAllocs) {
        return new DeploymentState(autoPromote, autoRevert, desiredCanaries, desiredTotal, healthyAllocs,
                placedAllocs, placedCanaries, progressDeadline, promoted, requireProgressBy, unhealthyAllocs);
    }

    /** A copy with another UnhealthyAllocs. */
    public DeploymentState withUnhealthyAllocs(int unhealthyAllocs) {
        return new DeploymentState(autoPromote, autoRevert, desiredCanaries, desiredTotal, healthyAllocs,
                placedAllocs, placedCanaries, progressDeadline, promoted, requireProgressBy, unhealthyAllocs);
    }

    /** A copy with another PlacedAllocs. */
    public DeploymentState withPlacedAllocs(int placedAllocs) {
        return new DeploymentState(autoPromote, autoRevert, desiredCanaries, desiredTotal, healthyAllocs,
                placedAllocs, placedCanaries, progressDeadline, promoted, requireProgressBy, unhealthyAllocs);
    }

    /** A copy with another PlacedCanaries. */
    public DeploymentState withPlacedCanaries(List<String> placedCanaries) {
        return new DeploymentState(autoPromote, autoRevert, desiredCanaries, desiredTotal, healthyAllocs,
                placedAllocs, placedCanaries, progressDeadline, promoted, requireProgressBy, unhealthyAllocs);
    }

    /** A copy with another Promoted. */
    public DeploymentState withPromoted(boolean promoted) {
        return new DeploymentState(autoPromote, autoRevert, desiredCanaries, desiredTotal, healthyAllocs,
                placedAllocs, placedCanaries, progressDeadline, promoted, requireProgressBy, unhealthyAllocs);
    }

    /** A copy with another RequireProgressBy. */
    public DeploymentState withRequireProgressBy(Instant requireProgressBy) {
        return new DeploymentState(autoPromote, autoRevert, desiredCanaries, desiredTotal, healthyAllocs,
                placedAllocs, placedCanaries, progressDeadline, promoted, requireProgressBy, unhealthyAllocs);
    }
}
