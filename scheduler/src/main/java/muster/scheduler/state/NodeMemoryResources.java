package muster.scheduler.state;

/** Memory of a node in MB. */
public record NodeMemoryResources(
        long memoryMB) {
}
