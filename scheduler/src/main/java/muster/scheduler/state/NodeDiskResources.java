package muster.scheduler.state;

/** Disk of a node in MB. */
public record NodeDiskResources(
        long diskMB) {
}
