package muster.scheduler.job;

/** The mesh gateway has no settings. */
public record ConsulMeshConfigEntry(
) {
}
