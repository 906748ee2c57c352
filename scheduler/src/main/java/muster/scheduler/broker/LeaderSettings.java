package muster.scheduler.broker;

import java.time.Duration;

/**
 * How a leading server works; see the {@code server} block of the agent's configuration.
 *
 * @param minHeartbeat the shortest time that a node is given for its next sign of life
 * @param heartbeatGrace by which that may come later; too short, and a slow network takes nodes for down
 * @param failover for which a new leader waits for the first sign of a node that made them to another
 */
public record LeaderSettings(int workers, Duration minHeartbeat, Duration heartbeatGrace, double maxHeartbeatsPerSecond, Duration failover,
        GcSettings gc) {
    /** With what is over kept as long as the original keeps it. */
    public LeaderSettings(int workers, Duration minHeartbeat, Duration heartbeatGrace, double maxHeartbeatsPerSecond, Duration failover) {
        this(workers, minHeartbeat, heartbeatGrace, maxHeartbeatsPerSecond, failover, GcSettings.DEFAULT);
    }

    /** As the original's defaults, with one worker for each of the given cores. */
    public static LeaderSettings defaults(int cores) {
        return new LeaderSettings(Math.max(1, cores), Duration.ofSeconds(10), Duration.ofSeconds(10), 50, Duration.ofMinutes(5));
    }
}
