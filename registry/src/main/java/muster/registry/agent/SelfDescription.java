package muster.registry.agent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import muster.checks.CheckDefinition;
import muster.raft.members.AgentMember;
import muster.raft.members.Cluster;
import muster.registry.acl.AccessControl;
import muster.wire.GoDuration;

/** What {@code agent/self} and {@code agent/members} tell. */
final class SelfDescription {
    private static final double COORDINATE_ERROR = 1.5;
    private static final double COORDINATE_HEIGHT = 0.00001;

    private final LocalAgent agent;
    private final Supplier<ServerStatus> server;
    private final AccessControl access;
    private final Cluster cluster;

    SelfDescription(LocalAgent agent, Supplier<ServerStatus> server, AccessControl access, Cluster cluster) {
        this.cluster = cluster;
        this.access = access;
        this.agent = agent;
        this.server = server;
    }

    Map<String, Object> tree() {
        AgentSettings settings = agent.settings();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("Datacenter", settings.datacenter());
        config.put("NodeName", settings.nodeName());
        config.put("NodeID", settings.nodeId());
        config.put("Revision", "");
        config.put("Server", settings.isServer());
        config.put("Version", settings.version());

        Map<String, String> meta = new TreeMap<>(settings.nodeMeta());
        meta.put("consul-network-segment", "");

        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("Config", config);
        tree.put("DebugConfig", debug(settings));
        tree.put("Coord", coordinate());
        tree.put("Member", member(cluster.self(), false));
        tree.put("Stats", stats());
        tree.put("Meta", meta);
        return tree;
    }

    private static Map<String, Object> debug(AgentSettings settings) {
        Map<String, Object> debug = new LinkedHashMap<>();
        debug.put("Datacenter", settings.datacenter());
        debug.put("NodeName", settings.nodeName());
        debug.put("NodeID", settings.nodeId());
        debug.put("NodeMeta", settings.nodeMeta());
        debug.put("AdvertiseAddrLAN", settings.address());
        debug.put("ServerMode", settings.isServer());
        debug.put("EnableRemoteScriptChecks", settings.remoteScripts());
        debug.put("EnableLocalScriptChecks", settings.localScripts());
        debug.put("CheckOutputMaxSize", settings.outputLimit());
        debug.put("CheckUpdateInterval", GoDuration.format(settings.checkUpdateInterval()));
        debug.put("DataDir", settings.dataDir().map(Object::toString).orElse(""));
        return debug;
    }

    private static Map<String, Object> coordinate() {
        Map<String, Object> coordinate = new LinkedHashMap<>();
        coordinate.put("Vec", List.of(0, 0, 0, 0, 0, 0, 0, 0));
        coordinate.put("Error", COORDINATE_ERROR);
        coordinate.put("Adjustment", 0);
        coordinate.put("Height", COORDINATE_HEIGHT);
        return coordinate;
    }

    /** An agent as a member of its datacenter or, with {@code wan}, of the servers of all datacenters. */
    Map<String, Object> member(AgentMember agent, boolean wan) {
        Map<String, Object> tags = new TreeMap<>();
        agent.tags().forEach((tag, text) -> {
            if (tag.indexOf('.') < 0) {
                tags.put(tag, text);
            }
        });
        Map<String, Object> member = new LinkedHashMap<>();
        member.put("Name", wan ? agent.name() + "." + agent.datacenter() : agent.name());
        member.put("Addr", agent.host());
        member.put("Port", agent.port() + (wan ? 1 : 0));
        member.put("Tags", tags);
        member.put("Status", switch (agent.status()) {
            case ALIVE -> 1;
            case LEAVING -> 2;
            case LEFT, GONE -> 3;
            case FAILED -> 4;
        });
        member.put("ProtocolMin", 1);
        member.put("ProtocolMax", 5);
        member.put("ProtocolCur", 2);
        member.put("DelegateMin", 2);
        member.put("DelegateMax", 5);
        member.put("DelegateCur", 4);
        return member;
    }

    private Map<String, Object> stats() {
        LocalState state = agent.state();
        ServerStatus status = server.get();
        long ttls = state.checks().values().stream().filter(check -> check.definition() instanceof CheckDefinition.Ttl).count();
        long monitors = state.checks().values().stream().filter(check -> check.definition().timing().isPresent()).count();
        Map<String, Object> stats = new LinkedHashMap<>();
        stats.put("agent", Map.of(
                "check_monitors", Long.toString(monitors),
                "check_ttls", Long.toString(ttls),
                "checks", Integer.toString(state.checks().size()),
                "services", Integer.toString(state.services().size())));
        stats.put("build", Map.of("prerelease", "", "revision", "", "version", agent.settings().version()));
        stats.put("consul", Map.of(
                "acl", access.isOn() ? "enabled" : "disabled",
                "bootstrap", "true",
                "known_datacenters", "1",
                "leader", Boolean.toString(status.isLeader()),
                "leader_addr", status.leader().orElse(""),
                "server", Boolean.toString(agent.settings().isServer())));
        stats.put("raft", Map.of(
                "applied_index", Long.toString(status.appliedIndex()),
                "commit_index", Long.toString(status.appliedIndex()),
                "last_log_index", Long.toString(status.appliedIndex()),
                "num_peers", Integer.toString(Math.max(0, cluster.servers().size() - 1)),
                "state", status.isLeader() ? "Leader" : "Follower"));
        stats.put("runtime", Map.of(
                "arch", System.getProperty("os.arch"),
                "cpu_count", Integer.toString(Runtime.getRuntime().availableProcessors()),
                "goroutines", Integer.toString(Thread.activeCount()),
                "os", System.getProperty("os.name").toLowerCase(Locale.ROOT),
                "version", "java" + System.getProperty("java.version")));
        stats.put("serf_lan", pool(false));
        stats.put("serf_wan", pool(true));
        return stats;
    }

    private Map<String, Object> pool(boolean wan) {
        List<AgentMember> members = cluster.members().stream().filter(member -> !wan || member.server()).toList();
        return Map.of("encrypted", "false", "failed", count(members, AgentMember.Status.FAILED), "left",
                count(members, AgentMember.Status.LEFT), "members", Integer.toString(members.size()));
    }

    private static String count(List<AgentMember> members, AgentMember.Status status) {
        return Long.toString(members.stream().filter(member -> member.status() == status).count());
    }
}
