package muster.scheduler.state;

/** Reserved memory in MB. */
public record NodeReservedMemoryResources(
        long memoryMB) {
}
