package muster.scheduler.job;

import java.time.Duration;

/** Whether and when a failed allocation is placed again, on another node if possible. */
public record ReschedulePolicy(
        Integer attempts,
        Duration delay,
        String delayFunction,
        Duration interval,
        Duration maxDelay,
        Boolean unlimited) {
}
