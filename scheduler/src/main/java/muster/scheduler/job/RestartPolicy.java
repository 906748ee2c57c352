package muster.scheduler.job;

import java.time.Duration;
import muster.wire.Key;

/**
 * How often a client restarts a failed task in place.
 *
 * @param renderTemplates whether its templates are rendered anew each time; jobs that do not say so are without it in JSON
 */
public record RestartPolicy(
        Integer attempts,
        Duration delay,
        Duration interval,
        String mode,
        @Key(omitNull = true) Boolean renderTemplates) {
    public RestartPolicy(Integer attempts, Duration delay, Duration interval, String mode) {
        this(attempts, delay, interval, mode, null);
    }
}
