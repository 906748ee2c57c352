package muster.scheduler.job;

import java.time.Duration;

/** How allocations leave a draining node. */
public record MigrateStrategy(
        String healthCheck,
        Duration healthyDeadline,
        Integer maxParallel,
        Duration minHealthyTime) {
}
