package muster.registry.state;

import java.time.Duration;

/** The rules by which servers join and leave the quorum. (Consul HTTP API: operator/autopilot/configuration) */
public record Autopilot(
        boolean cleanupDeadServers,
        Duration lastContactThreshold,
        long maxTrailingLogs,
        int minQuorum,
        Duration serverStabilizationTime,
        String redundancyZoneTag,
        boolean disableUpgradeMigration,
        String upgradeVersionTag,
        long createIndex,
        long modifyIndex) {
    /** What holds until it is set. */
    public static final Autopilot DEFAULT =
            new Autopilot(true, Duration.ofMillis(200), 250, 0, Duration.ofSeconds(10), "", false, "", 0, 0);

    public Autopilot {
        lastContactThreshold = lastContactThreshold == null ? Duration.ZERO : lastContactThreshold;
        serverStabilizationTime = serverStabilizationTime == null ? Duration.ZERO : serverStabilizationTime;
        redundancyZoneTag = redundancyZoneTag == null ? "" : redundancyZoneTag;
        upgradeVersionTag = upgradeVersionTag == null ? "" : upgradeVersionTag;
    }

    Autopilot at(long created, long modified) {
        return new Autopilot(cleanupDeadServers, lastContactThreshold, maxTrailingLogs, minQuorum,
                serverStabilizationTime, redundancyZoneTag, disableUpgradeMigration, upgradeVersionTag, created, modified);
    }
}
