package muster.scheduler.state;

import java.time.Duration;

/** The rules by which servers join and leave the log (API page "Operator", autopilot configuration). */
public record Autopilot(boolean cleanupDeadServers, Duration lastContactThreshold, long maxTrailingLogs, int minQuorum,
        Duration serverStabilizationTime, boolean enableRedundancyZones, boolean disableUpgradeMigration, boolean enableCustomUpgrades,
        long createIndex, long modifyIndex) {
    /** What holds until it is set. */
    public static final Autopilot DEFAULT =
            new Autopilot(true, Duration.ofMillis(200), 250, 0, Duration.ofSeconds(10), false, false, false, 0, 0);

    public Autopilot {
        lastContactThreshold = lastContactThreshold == null ? Duration.ZERO : lastContactThreshold;
        serverStabilizationTime = serverStabilizationTime == null ? Duration.ZERO : serverStabilizationTime;
    }

    Autopilot at(long created, long modified) {
        return new Autopilot(cleanupDeadServers, lastContactThreshold, maxTrailingLogs, minQuorum, serverStabilizationTime,
                enableRedundancyZones, disableUpgradeMigration, enableCustomUpgrades, created, modified);
    }
}
