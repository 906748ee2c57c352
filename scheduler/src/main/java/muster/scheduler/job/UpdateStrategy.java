package muster.scheduler.job;

import java.time.Duration;

/** How a new version is rolled out (job file block {@code update}). */
public record UpdateStrategy(
        Boolean autoPromote,
        Boolean autoRevert,
        Integer canary,
        String healthCheck,
        Duration healthyDeadline,
        Integer maxParallel,
        Duration minHealthyTime,
        Duration progressDeadline,
        Duration stagger) {
}
