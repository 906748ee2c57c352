package muster.scheduler.job;

import java.time.Duration;

/** When a failing check restarts its task. */
public record CheckRestart(
        Duration grace,
        boolean ignoreWarnings,
        int limit) {
}
