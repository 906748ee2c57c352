package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.Values;

/** CPU of a node, in MHz over all cores. */
public record NodeCpuResources(
        long cpuShares,
        List<Integer> reservableCpuCores,
        int totalCpuCores) {
    public NodeCpuResources {
        reservableCpuCores = Values.list(reservableCpuCores);
    }
}
