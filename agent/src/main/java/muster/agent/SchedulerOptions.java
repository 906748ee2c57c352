package muster.agent;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.acl.AccessSettings;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.state.Autopilot;

/**
 * What the scheduler of this agent is.
 *
 * @param server whether it holds the state and decides
 * @param client whether it runs tasks
 * @param leader how it works while it leads
 * @param discovers whether servers are looked for in the registry where none are named
 * @param access whether its API looks at rights; the registry has settings of its own
 * @param autopilot the rules that new servers begin with
 * @param headers that every answer of its API gets
 * @param https its API over TLS, where it is served so and not without
 */
record SchedulerOptions(boolean server, boolean client, LeaderSettings leader, boolean discovers, AccessSettings access,
        Optional<Autopilot> autopilot, Map<String, String> headers, Optional<Https> https) {
    static final Duration LEAST_HEARTBEAT = Duration.ofMillis(500);
}
