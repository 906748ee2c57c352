package muster.scheduler.job;

import java.time.Duration;

/** How often a client restarts a failed task in place. */
public record RestartPolicy(
        Integer attempts,
        Duration delay,
        Duration interval,
        String mode) {
}
