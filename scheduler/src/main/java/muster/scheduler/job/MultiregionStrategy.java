package muster.scheduler.job;

/** How a job is rolled out over its regions. */
public record MultiregionStrategy(
        Integer maxParallel,
        String onFailure) {
}
