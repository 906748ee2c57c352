package muster.scheduler.job;

/** Launches children of a job by a schedule. */
public record PeriodicConfig(
        Boolean enabled,
        Boolean prohibitOverlap,
        String spec,
        String specType,
        String timeZone) {
}
