package muster.scheduler.state;

/** Memory in MB; the maximum is 0 without oversubscription. */
public record AllocatedMemory(
        long memoryMB,
        long memoryMaxMB) {
}
