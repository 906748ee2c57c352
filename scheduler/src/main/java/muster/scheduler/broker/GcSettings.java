package muster.scheduler.broker;

import java.time.Duration;

/**
 * How long what is over is kept (server configuration, {@code job_gc_threshold} and its like), and how often that is looked at. A
 * threshold of zero keeps nothing longer than to the next look.
 */
public record GcSettings(Duration interval, Duration evaluations, Duration deployments, Duration jobs, Duration nodes) {
    public static final GcSettings DEFAULT = new GcSettings(Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofHours(1),
            Duration.ofHours(4), Duration.ofHours(24));

    public GcSettings {
        if (!interval.isPositive() || evaluations.isNegative() || deployments.isNegative() || jobs.isNegative() || nodes.isNegative()) {
            throw new IllegalArgumentException("the interval of garbage collection has to be more than nothing, and no threshold"
                    + " less than nothing");
        }
    }
}
