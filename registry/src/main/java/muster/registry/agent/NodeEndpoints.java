package muster.registry.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import muster.http.Call;
import muster.http.Reply;
import muster.http.Routes;
import muster.registry.acl.Access;
import muster.registry.acl.Caller;
import muster.registry.acl.Need;
import muster.registry.acl.Permission;
import muster.registry.acl.Resource;
import muster.raft.members.Cluster;

/** The agent itself: what it is, how it does, and what operators ask of it. (Consul HTTP API: agent) */
final class NodeEndpoints {
    private static final int LOG_BUFFER = 512;

    private final LocalAgent agent;
    private final AgentReplies replies;
    private final AgentRights rights;
    private final AgentControls controls;
    private final SelfDescription self;
    private final HostDescription host;
    private final Metrics metrics;
    private final Cluster cluster;

    NodeEndpoints(LocalAgent agent, AgentReplies replies, AgentRights rights, AgentControls controls,
            Supplier<ServerStatus> server, Cluster cluster) {
        this.agent = agent;
        this.replies = replies;
        this.rights = rights;
        this.controls = controls;
        this.host = new HostDescription(agent.clock());
        this.self = new SelfDescription(agent, server, rights.access(), cluster);
        this.cluster = cluster;
        this.metrics = new Metrics(agent, server);
    }

    void addTo(Routes routes) {
        routes.get("/v1/agent/self", AgentReplies.direct(this::self))
                .get("/v1/agent/members", AgentReplies.direct(this::members))
                .get("/v1/agent/host", AgentReplies.blocking(this::host))
                .get("/v1/agent/metrics", AgentReplies.direct(this::metrics))
                .get("/v1/agent/monitor", AgentReplies.direct(this::monitor))
                .put("/v1/agent/maintenance", AgentReplies.changing(agent, this::maintenance))
                .put("/v1/agent/reload", AgentReplies.blocking(this::reload))
                .put("/v1/agent/leave", AgentReplies.blocking(this::leave))
                .put("/v1/agent/join/*address", AgentReplies.blocking(this::join))
                .put("/v1/agent/force-leave/*node", AgentReplies.direct(this::forceLeave));
    }

    private Reply self(Call call) {
        rights.requireRead(call);
        return replies.json(call, 200, self.tree());
    }

    private Reply host(Call call) {
        rights.require(call, Need.of(Permission.OPERATOR_READ));
        return replies.json(call, 200, host.tree());
    }

    private Reply members(Call call) {
        Caller caller = rights.caller(call);
        if (!call.query("segment").isEmpty()) {
            return Reply.text(500, "Network segments are not supported in this version of Consul");
        }
        boolean wan = call.has("wan");
        return replies.json(call, 200, cluster.members().stream().filter(member -> !wan || member.server())
                .filter(member -> caller.mayRead(Resource.NODE, member.name())).map(member -> self.member(member, wan)).toList());
    }

    private Reply metrics(Call call) {
        rights.requireRead(call);
        if (!call.query("format").equals("prometheus")) {
            return replies.json(call, 200, metrics.tree());
        }
        if (!agent.settings().metrics().prometheus()) {
            return Reply.text(415, "Prometheus is not enabled since its retention time is not positive");
        }
        return Reply.of(200, "text/plain; version=0.0.4; charset=utf-8",
                metrics.prometheus().getBytes(StandardCharsets.UTF_8));
    }

    /** Lines are dropped for a client that does not keep up, as in the original. */
    private Reply monitor(Call call) {
        rights.requireRead(call);
        AgentControls.LogLevel level = AgentControls.LogLevel.of(call.query("loglevel"))
                .orElseThrow(() -> new RefusedException(400, "Bad request: Unknown log level: " + call.query("loglevel")));
        return new Reply.Streaming(200, Map.of("Content-Type", "text/plain"), sink -> {
            BlockingQueue<String> lines = new ArrayBlockingQueue<>(LOG_BUFFER);
            try (AutoCloseable following = controls.logs().follow(level, call.has("logjson"), lines::offer)) {
                while (!sink.isClosed()) {
                    String line = lines.poll(1, TimeUnit.SECONDS);
                    if (line != null) {
                        sink.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                    }
                }
            } catch (IOException | InterruptedException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException("log stream not closed", e);
            }
        });
    }

    private Reply maintenance(Call call) {
        boolean enable = AgentReplies.enable(call);
        rights.require(call, Need.of(Access.WRITE, Resource.NODE, agent.settings().nodeName()));
        if (enable) {
            agent.enterMaintenance("", call.query("reason"));
        } else {
            agent.leaveMaintenance("");
        }
        return Reply.empty(200);
    }

    private Reply reload(Call call) {
        rights.requireWrite(call);
        controls.reload().run();
        return Reply.empty(200);
    }

    private Reply leave(Call call) {
        rights.requireWrite(call);
        controls.leave().run();
        return Reply.empty(200);
    }

    private Reply join(Call call) {
        rights.requireWrite(call);
        String address = call.parameter("address");
        if (address.isEmpty()) {
            return Reply.text(500, "1 error occurred:\n\t* Failed to resolve : lookup : no such host\n\n");
        }
        try {
            Cluster.Joined joined = cluster.join(List.of(address));
            return joined.count() > 0 ? Reply.empty(200) : Reply.text(500, joined.problems().size() + " error"
                    + (joined.problems().size() == 1 ? "" : "s") + " occurred:\n"
                    + joined.problems().stream().map(problem -> "\t* " + problem + "\n").collect(Collectors.joining()) + "\n");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Reply.text(500, "agent is shutting down");
        }
    }

    private Reply forceLeave(Call call) {
        rights.require(call, Need.of(Permission.OPERATOR_WRITE));
        String node = call.parameter("node");
        return cluster.forceLeave(node, call.has("prune"))
                ? Reply.empty(200)
                : Reply.text(500, "agent: No node found with name '" + node + "'");
    }
}
