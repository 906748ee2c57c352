package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.Values;

/** CPU shares in MHz. */
public record AllocatedCpu(
        long cpuShares,
        List<Integer> reservedCores) {
    public AllocatedCpu {
        reservedCores = Values.list(reservedCores);
    }
}
