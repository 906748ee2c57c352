package muster.scheduler.job;

/** How a task's output is rotated. */
public record LogConfig(
        Integer maxFileSizeMB,
        Integer maxFiles) {
}
