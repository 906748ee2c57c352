package muster.scheduler.placement;

import java.util.List;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;

/** What a node can give (without what is reserved), and what of it a set of allocations takes: MHz and MB. */
public record Capacity(long cpu, long memory, long disk, long usedCpu, long usedMemory, long usedDisk) {
    static Capacity of(Node node, List<Allocation> allocations) {
        long cpu = node.nodeResources().cpu().cpuShares();
        long memory = node.nodeResources().memory().memoryMB();
        long disk = node.nodeResources().disk().diskMB();
        if (node.reservedResources() != null) {
            cpu -= node.reservedResources().cpu() == null ? 0 : node.reservedResources().cpu().cpuShares();
            memory -= node.reservedResources().memory() == null ? 0 : node.reservedResources().memory().memoryMB();
            disk -= node.reservedResources().disk() == null ? 0 : node.reservedResources().disk().diskMB();
        }
        long usedCpu = 0;
        long usedMemory = 0;
        long usedDisk = 0;
        for (Allocation allocation : allocations) {
            if (allocation.allocatedResources() != null) {
                usedCpu += allocation.allocatedResources().cpu();
                usedMemory += allocation.allocatedResources().memory();
                usedDisk += allocation.allocatedResources().shared() == null ? 0 : allocation.allocatedResources().shared().diskMB();
            }
        }
        return new Capacity(cpu, memory, disk, usedCpu, usedMemory, usedDisk);
    }

    /** The first dimension of which more is used than there is, "" when all fits. */
    String exhausted() {
        return usedCpu > cpu ? "cpu" : usedMemory > memory ? "memory" : usedDisk > disk ? "disk" : "";
    }

    /** What stands against these allocations together on the node, "" when nothing does. For the check before a commit. */
    public static String obstacle(Node node, List<Allocation> allocations) {
        Ports ports = new Ports(node);
        allocations.forEach(ports::add);
        return ports.collision().isEmpty() ? of(node, allocations).exhausted() : ports.collision();
    }

    /**
     * How well the node is used, from 0 to 1: the fuller the better for {@code binpack}, the emptier for {@code spread}
     * (best fit of Google's scoring of free shares: 20 less ten to the power of each).
     */
    double score(boolean spread) {
        double powers = Math.pow(10, 1 - share(usedCpu, cpu)) + Math.pow(10, 1 - share(usedMemory, memory));
        double fit = spread ? powers - 2 : 20 - powers;
        return Math.max(0, Math.min(18, fit)) / 18;
    }

    private static double share(long used, long total) {
        return total <= 0 ? 1 : (double) used / total;
    }
}
