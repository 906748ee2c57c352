package muster.scheduler.broker;

import java.time.Duration;

/** How a leading server works; see the {@code server} block of the agent's configuration. */
public record LeaderSettings(int workers, Duration minHeartbeat, Duration heartbeatGrace, double maxHeartbeatsPerSecond) {
    /** As the original's defaults, with one worker for each of the given cores. */
    public static LeaderSettings defaults(int cores) {
        return new LeaderSettings(Math.max(1, cores), Duration.ofSeconds(10), Duration.ofSeconds(10), 50);
    }
}
