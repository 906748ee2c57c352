package muster.scheduler.state;

/** What of a node is not given out. */
public record NodeReservedResources(
        NodeReservedCpuResources cpu,
        NodeReservedDiskResources disk,
        NodeReservedMemoryResources memory,
        NodeReservedNetworkResources networks) {
}
