package muster.scheduler.http;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import muster.http.Call;
import muster.http.Handler;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.members.Cluster;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Writer;
import muster.scheduler.state.Autopilot;
import muster.scheduler.state.Command;
import muster.scheduler.state.Restoring;
import muster.scheduler.state.State;
import muster.wire.GoDuration;
import muster.wire.JsonException;
import muster.wire.SnapshotArchive;

/**
 * The servers of the log: who leads, who has a seat, how each does, and the state they keep as an archive (API pages "Status",
 * "Regions", "Operator": raft, autopilot, snapshot).
 */
final class PeerRoutes {
    /** An archive's bytes; unpacked it may have four times as many. */
    private static final long MAX_ARCHIVE = 256L << 20;
    /** Terms are the log's own; archives have always the same. */
    private static final long TERM = 1;

    record AutopilotBody(boolean cleanupDeadServers, Duration lastContactThreshold, long maxTrailingLogs, int minQuorum,
            Duration serverStabilizationTime, boolean enableRedundancyZones, boolean disableUpgradeMigration, boolean enableCustomUpgrades) {
        Autopilot rules() {
            return new Autopilot(cleanupDeadServers, lastContactThreshold, maxTrailingLogs, minQuorum, serverStabilizationTime,
                    enableRedundancyZones, disableUpgradeMigration, enableCustomUpgrades, 0, 0);
        }
    }

    private final Answers answers;
    private final Writer writer;
    private final AgentFacts facts;

    PeerRoutes(Answers answers, Writer writer, AgentFacts facts) {
        this.answers = answers;
        this.writer = writer;
        this.facts = facts;
    }

    void add(Routes routes) {
        routes.get("/v1/status/leader", Handlers.direct(call -> Answers.json(call, facts.cluster().servers().stream()
                .filter(Cluster.Server::leader).map(Cluster.Server::address).findFirst().orElse(""))));
        routes.get("/v1/status/peers", Handlers.direct(call -> Answers.json(call,
                facts.cluster().servers().stream().map(Cluster.Server::address).toList())));
        routes.get("/v1/regions", Handlers.direct(call -> Answers.json(call, List.of(facts.region()))));
        routes.get("/v1/operator/raft/configuration", needing(Permission.OPERATOR_READ, this::configuration));
        routes.delete("/v1/operator/raft/peer", needing(Permission.OPERATOR_WRITE, this::remove));
        routes.get("/v1/operator/autopilot/configuration", needing(Permission.OPERATOR_READ, this::autopilot));
        routes.get("/v1/operator/autopilot/health", this::health);
        routes.get("/v1/operator/snapshot", needing(Permission.MANAGEMENT, this::save));
        for (String method : List.of("PUT", "POST")) {
            routes.add(method, "/v1/operator/raft/transfer-leadership", needing(Permission.OPERATOR_WRITE, this::transfer));
            routes.add(method, "/v1/operator/autopilot/configuration", needing(Permission.OPERATOR_WRITE, this::setAutopilot));
            routes.add(method, "/v1/operator/snapshot", MAX_ARCHIVE, needing(Permission.MANAGEMENT, this::restore));
        }
    }

    private Handler needing(Permission permission, Function<Call, Reply> answer) {
        return Handlers.blocking(call -> {
            answers.caller(call).require(permission);
            return answer.apply(call);
        });
    }

    // The log's members

    private Reply configuration(Call call) {
        Map<String, Object> answer = new TreeMap<>();
        answer.put("Index", writer.state().index());
        answer.put("Servers", facts.cluster().servers().stream().map(this::server).toList());
        return Answers.json(call, answer);
    }

    /** By the second protocol of the original's log, that of the version we answer as: a server's id there is its address. */
    private Map<String, Object> server(Cluster.Server server) {
        return new TreeMap<>(Map.of("Address", server.address(), "ID", server.address(), "Leader", server.leader(), "Node",
                server.node().startsWith("(") ? server.node() : facts.fullName(server.node()), "RaftProtocol", "2", "Voter", true));
    }

    /** The server of an address or an id: the one of the configuration above, or its node's, which the health of servers shows. */
    private Cluster.Server named(Call call, String one, String neither) {
        String id = call.query("id");
        String address = call.query("address");
        if (id.isEmpty() && address.isEmpty()) {
            throw new ApiException(400, neither);
        }
        if (!id.isEmpty() && !address.isEmpty()) {
            throw new ApiException(400, one);
        }
        return facts.cluster().servers().stream()
                .filter(server -> id.isEmpty() ? server.address().equals(address) : server.address().equals(id) || server.id().equals(id))
                .findFirst().orElseThrow(() -> new ApiException(500, (id.isEmpty() ? "address \"" + address : "id \"" + id)
                        + "\" was not found in the Raft configuration"));
    }

    private Reply remove(Call call) {
        changed(() -> facts.cluster().remove(named(call, "Must specify only one of ?id or ?address",
                "Must specify either ?id with the server's ID or ?address with IP:port of peer to remove")));
        return Reply.text(200, "");
    }

    private static void changed(Runnable change) {
        try {
            change.run();
        } catch (IllegalStateException e) {
            throw new ApiException(500, e.getMessage());
        }
    }

    private Reply transfer(Call call) {
        Cluster.Server to = named(call, "must specify only one of id or address", "must specify id or address");
        Map<String, Object> answer = new TreeMap<>();
        facts.cluster().servers().stream().filter(Cluster.Server::leader).findFirst()
                .ifPresent(from -> answer.put("From", Map.of("Address", from.address(), "ID", from.id())));
        answer.put("To", Map.of("Address", to.address(), "ID", to.id()));
        answer.put("Noop", to.leader());
        if (!to.leader()) {
            changed(() -> facts.cluster().transfer(to));
        }
        return Answers.json(call, answer);
    }

    // Autopilot

    private Reply autopilot(Call call) {
        Autopilot rules = writer.state().servers().autopilot();
        Map<String, Object> answer = new TreeMap<>();
        answer.put("CleanupDeadServers", rules.cleanupDeadServers());
        answer.put("CreateIndex", rules.createIndex());
        answer.put("DisableUpgradeMigration", rules.disableUpgradeMigration());
        answer.put("EnableCustomUpgrades", rules.enableCustomUpgrades());
        answer.put("EnableRedundancyZones", rules.enableRedundancyZones());
        answer.put("LastContactThreshold", GoDuration.format(rules.lastContactThreshold()));
        answer.put("MaxTrailingLogs", rules.maxTrailingLogs());
        answer.put("MinQuorum", rules.minQuorum());
        answer.put("ModifyIndex", rules.modifyIndex());
        answer.put("ServerStabilizationTime", GoDuration.format(rules.serverStabilizationTime()));
        return Answers.json(call, answer);
    }

    private Reply setAutopilot(Call call) {
        Autopilot rules;
        try {
            rules = Answers.body(AutopilotBody.class, call).rules();
        } catch (JsonException e) {
            throw new ApiException(400, "Error parsing autopilot config: " + e.getMessage());
        }
        long expected = 0;
        if (call.has("cas")) {
            try {
                expected = Long.parseUnsignedLong(call.query("cas"));
            } catch (NumberFormatException e) {
                throw new ApiException(400, "Error parsing cas value: " + call.query("cas"));
            }
        }
        var applied = writer.write(new Command.SetAutopilot(rules, call.has("cas"), expected));
        return Answers.written(call, applied.result().value() != 0, applied.index());
    }

    /** Each server as it tells itself, and how many more may fail. */
    private CompletionStage<Reply> health(Call call) {
        answers.caller(call).require(Permission.OPERATOR_READ);
        return facts.cluster().health().thenApply(all -> {
            List<Cluster.Health> servers = Cluster.behindAtMost(writer.state().servers().autopilot().maxTrailingLogs(), all);
            long well = servers.stream().filter(Cluster.Health::healthy).count();
            Map<String, Object> answer = new TreeMap<>();
            answer.put("FailureTolerance", Math.max(0, well - (servers.size() / 2 + 1)));
            answer.put("Healthy", well == servers.size() && well > 0);
            answer.put("NumVoters", servers.size());
            answer.put("Servers", servers.stream().map(this::health).toList());
            return new Reply.Full(well == servers.size() && well > 0 ? 200 : 429, Answers.json(call, answer).headers(), Answers.json(call, answer).body());
        });
    }

    private Map<String, Object> health(Cluster.Health health) {
        Cluster.Server server = health.server();
        Map<String, Object> view = new TreeMap<>();
        view.put("Address", server.address());
        view.put("Healthy", health.healthy());
        view.put("ID", server.id());
        view.put("LastContact", health.lastContact().map(GoDuration::format).orElse(health.index() == 0 && !server.leader() ? "never" : "0s"));
        view.put("LastIndex", health.index());
        view.put("LastTerm", health.term());
        view.put("Leader", server.leader());
        view.put("Name", facts.fullName(server.node()));
        view.put("SerfStatus", health.status());
        view.put("StableSince", Instant.ofEpochMilli(health.stableSinceMillis()));
        view.put("Version", facts.cluster().members().stream().filter(member -> member.name().equals(server.node()))
                .map(member -> member.tag("build")).findFirst().orElse(""));
        view.put("Voter", true);
        return view;
    }

    // Snapshots

    /** The state of this moment; what is written meanwhile is not in it. */
    private Reply save(Call call) {
        State state = answers.state();
        byte[] packed = Restoring.pack(state);
        Map<String, String> headers = new TreeMap<>(Map.of("Content-Type", "application/octet-stream", "X-Nomad-Index", Long.toString(state.index())));
        return new Reply.Streaming(200, headers, sink -> {
            try (OutputStream out = new BufferedOutputStream(sink.stream(), 1 << 16)) {
                SnapshotArchive.write(out, state.index(), TERM, writer.now().getEpochSecond(), bytes -> bytes.write(packed));
            }
        });
    }

    /** Reads all of it before anything is replaced. What runs on nodes meanwhile is reconciled with what the archive knows. */
    private Reply restore(Call call) {
        byte[] packed;
        try {
            packed = SnapshotArchive.read(new ByteArrayInputStream(call.body()), 4 * MAX_ARCHIVE).state();
            Restoring.unpack(packed);
        } catch (SnapshotArchive.DamagedException e) {
            throw new ApiException(500, e.getMessage());
        } catch (IOException | IllegalArgumentException e) {
            throw new ApiException(500, "failed to restore snapshot: state.bin: " + e.getMessage());
        }
        for (Command piece : Restoring.commands(writer.id(), packed, Restoring.SIZE)) {
            writer.write(piece);
        }
        return Reply.text(200, "");
    }
}
