package muster.scheduler.placement;

import muster.scheduler.state.AllocatedResources;
import muster.scheduler.state.Allocation;

/** An allocation that is nothing but what it would hold. */
final class Sample {
    private Sample() {}

    static Allocation holding(AllocatedResources resources) {
        return new Allocation(0, resources, "", Allocation.PENDING, 0, 0, "", null, "", Allocation.RUN, null, "", "", "", null,
                "", null, 0, 0, "", "", null, "", "", "", null, "", "", null, "", null);
    }
}
