package muster.agent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import muster.raft.members.AgentMember;
import muster.raft.members.Cluster;

/**
 * What the scheduler's API tells of its agent and the others (Nomad HTTP API: Agent). Pure but for what it asks.
 *
 * @param nodeId of the node that this agent is, where it runs tasks
 * @param allocations how many run here
 * @param applied the index that this server has applied, where it is one
 */
record SchedulerFacts(AgentOptions options, Optional<String> nodeId, String registryAddress, IntSupplier httpPort, String version,
        Cluster cluster, LongSupplier allocations, LongSupplier applied) {
    static final int RPC = 4647;
    static final int SERF = 4648;

    /** The row of an agent that is alone. */
    static AgentMember alone(AgentOptions options, String nodeId) {
        return new AgentMember(options.node(), nodeId, options.advertise(), SERF, true, options.datacenter(), tags(options, nodeId, RPC), 0,
                AgentMember.Status.ALIVE, 0);
    }

    /** What an agent tells the others of itself. */
    static Map<String, String> tags(AgentOptions options, String id, int rpcPort) {
        Map<String, String> tags = new LinkedHashMap<>(Map.of("build", SchedulerPart.VERSION, "dc", options.datacenter(), "id", id, "region", options.region(),
                "vsn", "1"));
        tags.put("role", options.scheduler().server() ? "nomad" : "node");
        if (options.scheduler().server()) {
            tags.put("port", Integer.toString(rpcPort));
            tags.put("rpc_addr", options.advertise());
            if (options.cluster().expect() == 1) {
                tags.put("bootstrap", "1");
            } else if (options.cluster().expect() > 1) {
                tags.put("expect", Integer.toString(options.cluster().expect()));
            }
        }
        return tags;
    }

    Map<String, Object> member(AgentMember member) {
        Map<String, Object> tags = new LinkedHashMap<>();
        for (String name : List.of("bootstrap", "expect")) {
            if (!member.tag(name).isEmpty()) {
                tags.put(name, member.tag(name));
            }
        }
        tags.putAll(ordered("build", version, "dc", member.tag("dc"), "id", member.id(), "mvn", "1", "port", member.tag("port"), "raft_vsn", "2",
                "region", options.region(), "role", "nomad", "rpc_addr", member.tag("rpc_addr").isEmpty() ? member.host() : member.tag("rpc_addr"), "vsn", "1"));
        return ordered("Name", member.name() + "." + options.region(), "Addr", member.host(), "Port", member.port(), "Tags", tags,
                "Status", member.status().name().toLowerCase(Locale.ROOT), "ProtocolMin", 1, "ProtocolMax", 5, "ProtocolCur", 2, "DelegateMin", 2,
                "DelegateMax", 5, "DelegateCur", 4);
    }

    Map<String, Object> self() {
        List<AgentMember> servers = cluster.members().stream().filter(AgentMember::server).toList();
        Optional<Cluster.Server> leader = cluster.servers().stream().filter(Cluster.Server::leader).findFirst();
        boolean leads = leader.filter(server -> server.node().equals(options.node())).isPresent();
        Map<String, Object> stats = new LinkedHashMap<>();
        if (options.scheduler().server()) {
            stats.put("nomad", ordered("leader", String.valueOf(leads), "server", "true", "bootstrap", String.valueOf(options.cluster().expect() <= 1),
                    "known_regions", "1", "leader_addr", leader.map(Cluster.Server::address).orElse("")));
            stats.put("raft", ordered("state", leads ? "Leader" : "Follower", "applied_index", String.valueOf(applied.getAsLong()), "num_peers",
                    String.valueOf(Math.max(0, cluster.servers().size() - 1))));
        }
        nodeId.ifPresent(id -> stats.put("client", ordered("node_id", id, "known_servers",
                servers.stream().filter(AgentMember::isAlive).map(SchedulerFacts::rpc).collect(Collectors.joining(",")),
                "heartbeat_ttl", "10s", "last_heartbeat", "0s", "num_allocations", String.valueOf(allocations.getAsLong()))));
        stats.put("runtime", ordered("arch", System.getProperty("os.arch"), "version", "java" + Runtime.version().feature(),
                "cpu_count", String.valueOf(Runtime.getRuntime().availableProcessors())));
        stats.put("serf", ordered("members", String.valueOf(servers.size()), "failed", count(servers, AgentMember.Status.FAILED), "left",
                count(servers, AgentMember.Status.LEFT)));
        return ordered("config", config(), "member", member(cluster.self()), "stats", stats);
    }

    private static String rpc(AgentMember server) {
        return Suite.hostPort(server.tag("rpc_addr").isEmpty() ? server.host() : server.tag("rpc_addr"),
                Integer.parseInt(server.tag("port").isEmpty() ? "0" : server.tag("port")));
    }

    private static String count(List<AgentMember> members, AgentMember.Status status) {
        return String.valueOf(members.stream().filter(member -> member.status() == status).count());
    }

    private Map<String, Object> config() {
        AgentMember self = cluster.self();
        int rpc = self.tag("port").isEmpty() ? RPC : Integer.parseInt(self.tag("port"));
        return ordered("Region", options.region(), "Datacenter", options.datacenter(), "NodeName", options.node(),
                "DataDir", options.dataDir().map(Object::toString).orElse(""), "LogLevel", options.log().level().name(),
                "BindAddr", options.host(), "DevMode", options.dev(),
                "Ports", ordered("HTTP", httpPort.getAsInt(), "RPC", rpc, "Serf", self.port()),
                "Version", ordered("Version", version, "Revision", "", "VersionPrerelease", "", "VersionMetadata", "muster"),
                "Client", ordered("Enabled", options.scheduler().client(), "NodeClass", options.client().nodeClass(), "Meta", options.client().meta(),
                        "NetworkInterface", options.client().device()),
                "Server", ordered("Enabled", options.scheduler().server(), "BootstrapExpect", options.cluster().expect()),
                "Consul", ordered("Addr", registryAddress, "AutoAdvertise", true, "ServerServiceName", "nomad", "ClientServiceName",
                        "nomad-client"),
                "Vault", ordered("Addr", "https://vault.service.consul:8200", "Enabled", false));
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
