package muster.registry.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import muster.checks.Output;

/**
 * What the local agent needs to know of its configuration.
 *
 * @param nodeId a UUID
 * @param address where other machines reach this one
 * @param version shown to clients
 * @param serverPort the port of the {@code consul} service that a server has in the catalog (ports.server); 0 where this agent
 *     has none
 * @param gossipPort shown in the list of members (ports.serf_lan)
 * @param remoteScripts whether a script check may be registered through the API (enable_script_checks)
 * @param localScripts whether configuration may define one (enable_local_script_checks, or the above)
 * @param outputLimit bytes of output that are kept of a check (check_output_max_size)
 * @param checkUpdateInterval for how long an output may be held back (check_update_interval)
 * @param syncInterval time between full comparisons with the catalog
 * @param discardOutput whether outputs are not kept (discard_check_output)
 * @param metrics how metrics are shown
 * @param pretty whether all JSON is indented, as in development mode
 * @param dataDir where definitions and states are kept; empty keeps them in memory
 */
public record AgentSettings(
        String nodeName,
        String nodeId,
        String datacenter,
        String address,
        Map<String, String> nodeMeta,
        String version,
        int serverPort,
        int gossipPort,
        boolean remoteScripts,
        boolean localScripts,
        int outputLimit,
        Duration checkUpdateInterval,
        Duration syncInterval,
        boolean discardOutput,
        MetricSettings metrics,
        boolean pretty,
        Optional<Path> dataDir) {
    public AgentSettings {
        nodeMeta = Map.copyOf(nodeMeta);
    }

    /** Whether there is a server in this agent's process. */
    public boolean isServer() {
        return serverPort > 0;
    }

    /** The same with another server port. */
    public AgentSettings withServerPort(int port) {
        return new AgentSettings(nodeName, nodeId, datacenter, address, nodeMeta, version, port, gossipPort, remoteScripts, localScripts,
                outputLimit, checkUpdateInterval, syncInterval, discardOutput, metrics, pretty, dataDir);
    }

    /** The defaults of a server: ports 8300 and 8301, no scripts, outputs held back for five minutes, a sync each minute. */
    public static AgentSettings of(String nodeName, String nodeId, String datacenter, String address, String version) {
        return new AgentSettings(nodeName, nodeId, datacenter, address, Map.of(), version, 8300, 8301, false, false,
                Output.DEFAULT_LIMIT, Duration.ofMinutes(5), Duration.ofMinutes(1), false, MetricSettings.USUAL, false, Optional.empty());
    }
}
