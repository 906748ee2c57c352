package muster.agent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/** What the scheduler's API tells of its agent (Nomad HTTP API: Agent), for one process that is server and client. Pure. */
record SchedulerFacts(AgentOptions options, String nodeId, String registryAddress, IntSupplier httpPort, String version) {
    private static final int RPC = 4647;
    private static final int SERF = 4648;

    String rpcAddress() {
        return Suite.hostPort(options.advertise(), RPC);
    }

    Map<String, Object> members() {
        return ordered("ServerName", options.node(), "ServerRegion", options.region(), "ServerDC", options.datacenter(),
                "Members", List.of(member()));
    }

    private Map<String, Object> member() {
        Map<String, Object> tags = ordered("bootstrap", "1", "build", version, "dc", options.datacenter(), "id", nodeId,
                "mvn", "1", "port", String.valueOf(RPC), "raft_vsn", "2", "region", options.region(), "role", "nomad",
                "rpc_addr", options.advertise(), "vsn", "1");
        return ordered("Name", options.node() + "." + options.region(), "Addr", options.advertise(), "Port", SERF, "Tags", tags,
                "Status", "alive", "ProtocolMin", 1, "ProtocolMax", 5, "ProtocolCur", 2, "DelegateMin", 2, "DelegateMax", 5,
                "DelegateCur", 4);
    }

    Map<String, Object> self(long allocations, long appliedIndex) {
        Map<String, Object> config = ordered("Region", options.region(), "Datacenter", options.datacenter(), "NodeName", options.node(),
                "DataDir", options.dataDir().map(Object::toString).orElse(""), "LogLevel", options.log().level().name(),
                "BindAddr", options.host(), "DevMode", options.dev(),
                "Ports", ordered("HTTP", httpPort.getAsInt(), "RPC", RPC, "Serf", SERF),
                "Version", ordered("Version", version, "Revision", "", "VersionPrerelease", "", "VersionMetadata", "muster"),
                "Client", ordered("Enabled", true, "NodeClass", options.client().nodeClass(), "Meta", options.client().meta(),
                        "NetworkInterface", options.client().device()),
                "Server", ordered("Enabled", true, "BootstrapExpect", 1),
                "Consul", ordered("Addr", registryAddress, "AutoAdvertise", true, "ServerServiceName", "nomad", "ClientServiceName",
                        "nomad-client"),
                "Vault", ordered("Addr", "https://vault.service.consul:8200", "Enabled", false));
        Map<String, Object> stats = ordered(
                "nomad", ordered("leader", "true", "server", "true", "bootstrap", "true", "known_regions", "1", "leader_addr", rpcAddress()),
                "raft", ordered("state", "Leader", "applied_index", String.valueOf(appliedIndex), "num_peers", "0"),
                "client", ordered("node_id", nodeId, "known_servers", rpcAddress(), "heartbeat_ttl", "10s", "last_heartbeat", "0s",
                        "num_allocations", String.valueOf(allocations)),
                "runtime", ordered("arch", System.getProperty("os.arch"), "version", "java" + Runtime.version().feature(),
                        "cpu_count", String.valueOf(Runtime.getRuntime().availableProcessors())),
                "serf", ordered("members", "1", "failed", "0", "left", "0"));
        return ordered("config", config, "member", member(), "stats", stats);
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
