package muster.scheduler.job;

/** The allocation's own disk. */
public record EphemeralDisk(
        Boolean migrate,
        Integer sizeMB,
        Boolean sticky) {
}
