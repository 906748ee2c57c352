package muster.registry.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.registry.acl.Access;
import muster.registry.acl.Need;
import muster.registry.acl.Permission;
import muster.registry.acl.Resource;
import muster.raft.members.Cluster;
import muster.registry.state.Autopilot;
import muster.registry.state.Command;
import muster.wire.GoDuration;
import muster.wire.Json;
import muster.wire.JsonException;

/** What an operator looks at. (Consul HTTP API: Operator) */
final class OperatorHandlers {
    private final Api api;

    OperatorHandlers(Api api) {
        this.api = api;
    }

    /** The body of operator/autopilot/configuration. */
    record AutopilotBody(
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
        Autopilot rules() {
            return new Autopilot(cleanupDeadServers, lastContactThreshold, maxTrailingLogs, minQuorum,
                    serverStabilizationTime, redundancyZoneTag, disableUpgradeMigration, upgradeVersionTag, 0, 0);
        }
    }

    CompletionStage<Reply> raftConfiguration(Call call) {
        ReadOptions.of(call);
        api.requireDatacenter(call);
        api.require(call, Need.of(Permission.OPERATOR_READ));
        return Api.now(api.bodies.json(call, 200, Bodies.object("Servers", api.cluster.servers().stream().map(server -> Bodies.object(
                "ID", server.id(), "Node", server.node(), "Address", server.address(), "Leader", server.leader(), "Voter", true,
                "ProtocolVersion", "3")).toList(), "Index", 1)));
    }

    /** Takes a server, dead or alive, out of the log. */
    CompletionStage<Reply> removePeer(Call call) {
        api.requireDatacenter(call);
        api.require(call, Need.of(Permission.OPERATOR_WRITE));
        String id = call.query("id");
        String address = call.query("address");
        if (id.isEmpty() && address.isEmpty()) {
            throw ApiException.badRequest("Must specify either ?id with the server's ID or ?address with IP:port of peer to remove");
        }
        if (!id.isEmpty() && !address.isEmpty()) {
            throw ApiException.badRequest("Must specify only one of ?id or ?address");
        }
        Cluster.Server server = api.cluster.servers().stream().filter(each -> each.id().equals(id) || each.address().equals(address)).findFirst()
                .orElseThrow(() -> ApiException.refused(address.isEmpty() ? "id \"" + id + "\" was not found in the Raft configuration"
                        : "address \"" + address + "\" was not found in the Raft configuration"));
        return Handlers.blocking(asked -> {
            try {
                api.cluster.remove(server);
                return Reply.empty(200);
            } catch (IllegalStateException e) {
                throw ApiException.refused(e.getMessage());
            }
        }).handle(call);
    }

    CompletionStage<Reply> autopilot(Call call) {
        ReadOptions.of(call);
        api.requireDatacenter(call);
        api.require(call, Need.of(Permission.OPERATOR_READ));
        Autopilot rules = api.registry().snapshot().autopilot();
        return Api.now(api.bodies.json(call, 200, Bodies.object(
                "CleanupDeadServers", rules.cleanupDeadServers(),
                "LastContactThreshold", GoDuration.format(rules.lastContactThreshold()),
                "MaxTrailingLogs", rules.maxTrailingLogs(),
                "MinQuorum", rules.minQuorum(),
                "ServerStabilizationTime", GoDuration.format(rules.serverStabilizationTime()),
                "RedundancyZoneTag", rules.redundancyZoneTag(),
                "DisableUpgradeMigration", rules.disableUpgradeMigration(),
                "UpgradeVersionTag", rules.upgradeVersionTag(),
                "CreateIndex", rules.createIndex(),
                "ModifyIndex", rules.modifyIndex())));
    }

    CompletionStage<Reply> setAutopilot(Call call) {
        api.requireDatacenter(call);
        Autopilot rules;
        try {
            rules = Json.read(AutopilotBody.class, call.body(), Json.Unknown.REFUSE).rules();
        } catch (JsonException e) {
            throw ApiException.badRequest("Bad request: Error parsing autopilot config: " + Bodies.reason(e));
        }
        Optional<Long> cas = call.has("cas")
                ? Optional.of(Numbers.tryUnsigned(call.query("cas")).orElseThrow(
                        () -> ApiException.badRequest("Error parsing cas value: " + call.query("cas"))))
                : Optional.empty();
        return api.decide(call, Need.of(Permission.OPERATOR_WRITE), new Command.SetAutopilot(rules, cas));
    }

    /** Each server as it tells itself, and how many more may fail. */
    CompletionStage<Reply> health(Call call) {
        api.requireDatacenter(call);
        api.require(call, Need.of(Permission.OPERATOR_READ));
        return api.cluster.health().thenApply(all -> {
            List<Cluster.Health> servers = Cluster.behindAtMost(api.registry().snapshot().autopilot().maxTrailingLogs(), all);
            long well = servers.stream().filter(Cluster.Health::healthy).count();
            boolean healthy = well == servers.size() && well > 0;
            return api.bodies.json(call, healthy ? 200 : 429, Bodies.object("Healthy", healthy,
                    "FailureTolerance", Math.max(0, well - (servers.size() / 2 + 1)), "Servers", servers.stream().map(this::health).toList()));
        });
    }

    private Map<String, Object> health(Cluster.Health health) {
        Cluster.Server server = health.server();
        return Bodies.object("ID", server.id(), "Name", server.node(), "Address", server.address(), "SerfStatus", health.status(),
                "Version", api.settings.version(), "Leader", server.leader(),
                "LastContact", health.lastContact().map(GoDuration::format).orElse(health.index() == 0 && !server.leader() ? "never" : "0s"),
                "LastTerm", health.term(), "LastIndex", health.index(), "Healthy", health.healthy(), "Voter", true,
                "StableSince", Instant.ofEpochMilli(health.stableSinceMillis()));
    }

    /** There is no gossip here, so there is nothing to encrypt: answered as by an agent without encryption. */
    CompletionStage<Reply> keyring(Call call) {
        api.require(call, Need.of(call.method().equals("GET") ? Access.READ : Access.WRITE, Resource.KEYRING, ""));
        String datacenter = api.registry().datacenter();
        if (!call.method().equals("GET") && !isBase64(call)) {
            throw ApiException.refused("2 errors occurred:\n\t* WAN error: illegal base64 data at input byte 0\n\t* "
                    + datacenter + " (LAN) error: illegal base64 data at input byte 0\n\n");
        }
        String node = api.settings.nodeName();
        throw ApiException.refused("4 errors occurred:\n\t* WAN error: 1/1 nodes reported failure\n\t* " + node + "."
                + datacenter + ": Keyring is empty (encryption not enabled)\n\t* " + datacenter
                + " (LAN) error: 1/1 nodes reported failure\n\t* " + node
                + ": Keyring is empty (encryption not enabled)\n\n");
    }

    /** The body of a change of the keyring. */
    record KeyBody(String key) {}

    private static boolean isBase64(Call call) {
        String key = Bodies.read(call, KeyBody.class).key();
        try {
            return key != null && key.length() % 4 == 0 && Base64.getDecoder().decode(key).length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
