package muster.registry.agent;

import java.util.Optional;

/**
 * What the agent tells of the server in it.
 *
 * @param leader the address of the leader, where one is known
 * @param appliedIndex the newest entry of the log that was applied
 */
public record ServerStatus(boolean isLeader, Optional<String> leader, long appliedIndex) {}
