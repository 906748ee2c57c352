package muster.scheduler.state;

import java.time.Instant;

/** How an allocation stands in its deployment; health is null until it is known. */
public record AllocDeploymentStatus(
        boolean canary,
        Boolean healthy,
        long modifyIndex,
        Instant timestamp) {

    /** A copy with another Canary. */
    public AllocDeploymentStatus withCanary(boolean canary) {
        return new AllocDeploymentStatus(canary, healthy, modifyIndex, timestamp);
    }

    /** A copy with another ModifyIndex. */
    public AllocDeploymentStatus withModifyIndex(long modifyIndex) {
        return new AllocDeploymentStatus(canary, healthy, modifyIndex, timestamp);
    }
}
