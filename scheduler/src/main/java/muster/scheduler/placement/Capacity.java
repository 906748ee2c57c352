package muster.scheduler.placement;

import java.util.List;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeUse;

/** What a node can give, without what is reserved: MHz and MB. */
public record Capacity(long cpu, long memory, long disk) {
    static Capacity of(Node node) {
        long cpu = node.nodeResources().cpu().cpuShares();
        long memory = node.nodeResources().memory().memoryMB();
        long disk = node.nodeResources().disk().diskMB();
        if (node.reservedResources() != null) {
            cpu -= node.reservedResources().cpu() == null ? 0 : node.reservedResources().cpu().cpuShares();
            memory -= node.reservedResources().memory() == null ? 0 : node.reservedResources().memory().memoryMB();
            disk -= node.reservedResources().disk() == null ? 0 : node.reservedResources().disk().diskMB();
        }
        return new Capacity(cpu, memory, disk);
    }

    /** The first dimension of which more is used than there is, "" when all fits. */
    String exhausted(long usedCpu, long usedMemory, long usedDisk) {
        return usedCpu > cpu ? "cpu" : usedMemory > memory ? "memory" : usedDisk > disk ? "disk" : "";
    }

    /** What stands against these allocations together on the node, "" when nothing does. */
    public static String obstacle(Node node, List<Allocation> allocations) {
        return obstacle(node, NodeUse.of(allocations));
    }

    /** What stands against this use of the node, "" when nothing does. For the check before a commit. */
    public static String obstacle(Node node, NodeUse use) {
        if (!use.ports().isEmpty()) {
            Ports ports = new Ports(node);
            ports.add(use);
            if (!ports.collision().isEmpty()) {
                return ports.collision();
            }
        }
        for (int i = 1; i < use.cores().length; i++) {
            if (use.cores()[i] == use.cores()[i - 1]) {
                return "cores";
            }
        }
        for (int i = 1; i < use.devices().length; i++) {
            if (use.devices()[i].equals(use.devices()[i - 1])) {
                return "devices: instance given out already";
            }
        }
        return of(node).exhausted(use.cpu(), use.memory(), use.disk());
    }

    /**
     * How well the node is used, from 0 to 1: the fuller the better for {@code binpack}, the emptier for {@code spread}
     * (best fit of Google's scoring of free shares: 20 less ten to the power of each).
     */
    double score(long usedCpu, long usedMemory, boolean spread) {
        double powers = Math.pow(10, 1 - share(usedCpu, cpu)) + Math.pow(10, 1 - share(usedMemory, memory));
        double fit = spread ? powers - 2 : 20 - powers;
        return Math.max(0, Math.min(18, fit)) / 18;
    }

    private static double share(long used, long total) {
        return total <= 0 ? 1 : (double) used / total;
    }
}
