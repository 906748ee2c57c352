package muster.scheduler.state;

/** Reserved disk in MB. */
public record NodeReservedDiskResources(
        long diskMB) {
}
