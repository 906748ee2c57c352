package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.Values;

/** Reserved CPU in MHz. */
public record NodeReservedCpuResources(
        long cpuShares,
        List<Integer> reservedCpuCores) {
    public NodeReservedCpuResources {
        reservedCpuCores = Values.list(reservedCpuCores);
    }
}
