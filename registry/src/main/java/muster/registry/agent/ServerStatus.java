package muster.registry.agent;

import java.util.Map;
import java.util.Optional;

/**
 * What the agent tells of the server in it.
 *
 * @param leader the address of the leader, where one is known
 * @param appliedIndex the newest entry of the log that was applied
 * @param counts how much the server holds and does, by the names of metrics without their first word
 */
public record ServerStatus(boolean isLeader, Optional<String> leader, long appliedIndex, Map<String, Long> counts) {
    public ServerStatus {
        counts = Map.copyOf(counts);
    }

    public ServerStatus(boolean isLeader, Optional<String> leader, long appliedIndex) {
        this(isLeader, leader, appliedIndex, Map.of());
    }
}
