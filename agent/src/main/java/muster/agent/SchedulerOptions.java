package muster.agent;

import java.time.Duration;
import muster.scheduler.broker.LeaderSettings;

/**
 * What the scheduler of this agent is.
 *
 * @param server whether it holds the state and decides
 * @param client whether it runs tasks
 * @param leader how it works while it leads
 * @param discovers whether servers are looked for in the registry where none are named
 */
record SchedulerOptions(boolean server, boolean client, LeaderSettings leader, boolean discovers) {
    static final Duration LEAST_HEARTBEAT = Duration.ofMillis(500);
}
