package muster.registry.agent;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import muster.http.Call;
import muster.http.Reply;
import muster.http.Routes;
import muster.registry.acl.Access;
import muster.registry.acl.Need;
import muster.registry.acl.Resource;
import muster.registry.acl.Sieve;
import muster.registry.http.Tokens;
import muster.registry.state.Service;
import muster.wire.GoDuration;
import muster.wire.Json;

/** Services of the local agent. (Consul HTTP API: agent/service) */
final class ServiceEndpoints {
    private static final Duration DEFAULT_WAIT = Duration.ofMinutes(5);
    private static final Duration MAX_WAIT = Duration.ofMinutes(10);

    private final LocalAgent agent;
    private final AgentReplies replies;
    private final AgentRights rights;

    ServiceEndpoints(LocalAgent agent, AgentReplies replies, AgentRights rights) {
        this.agent = agent;
        this.replies = replies;
        this.rights = rights;
    }

    void addTo(Routes routes) {
        routes.get("/v1/agent/services", AgentReplies.direct(this::services))
                .get("/v1/agent/service/*id", this::service)
                .put("/v1/agent/service/register", AgentReplies.changing(agent, this::register))
                .put("/v1/agent/service/deregister/*id", AgentReplies.changing(agent, this::deregister))
                .put("/v1/agent/service/maintenance/*id", AgentReplies.changing(agent, this::maintenance));
    }

    private Reply services(Call call) {
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        Sieve sieve = rights.sieve(call);
        agent.state().services().forEach((id, service) -> {
            if (sieve.shows(service)) {
                all.put(id, AgentReplies.service(service));
            }
        });
        return replies.json(call, 200, AgentReplies.filtered(call, AgentReplies.SERVICE, all));
    }

    private CompletionStage<Reply> service(Call call) {
        String hash = call.query("hash");
        if (hash.isEmpty()) {
            return CompletableFuture.completedFuture(serviceNow(call));
        }
        Duration wait = GoDuration.tryParse(call.query("wait")).filter(Duration::isPositive).orElse(DEFAULT_WAIT);
        CompletableFuture<Void> over = new CompletableFuture<>();
        over.completeOnTimeout(null, Math.min(wait.toNanos(), MAX_WAIT.toNanos()), TimeUnit.NANOSECONDS);
        call.gone().whenComplete((gone, failure) -> over.complete(null));
        return whenOther(call, hash, over);
    }

    /** Each change of the agent looks again; a change of something else keeps waiting. */
    private CompletionStage<Reply> whenOther(Call call, String hash, CompletableFuture<Void> over) {
        CompletableFuture<Void> change = agent.nextChange();
        Reply.Full now = serviceNow(call);
        boolean same = hash.equals(now.headers().get("X-Consul-ContentHash"));
        if (!same || over.isDone()) {
            return CompletableFuture.completedFuture(now);
        }
        return CompletableFuture.anyOf(change, over).thenComposeAsync(any -> whenOther(call, hash, over));
    }

    private Reply.Full serviceNow(Call call) {
        String id = call.parameter("id");
        Service service = agent.state().services().get(id);
        if (service == null) {
            return Reply.text(404, "unknown service ID: " + id);
        }
        rights.require(call, Need.of(Access.READ, Resource.SERVICE, service.name()));
        Map<String, Object> tree = AgentReplies.service(service);
        String hash = hash(tree);
        Map<String, Object> hashed = new LinkedHashMap<>();
        tree.forEach((name, value) -> {
            hashed.put(name, value);
            if (name.equals("EnableTagOverride")) {
                hashed.put("ContentHash", hash);
            }
        });
        return replies.json(call, 200, hashed).with("X-Consul-ContentHash", hash);
    }

    private static String hash(Map<String, Object> tree) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Json.write(tree));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Reply register(Call call) {
        boolean replace = switch (call.query("replace-existing-checks")) {
            case "", "1", "t", "T", "TRUE", "true", "True" -> call.has("replace-existing-checks");
            default -> false;
        };
        Bodies.ServiceBody body = Bodies.read(Bodies.ServiceBody.class, call.body());
        rights.requireRegister(call, body);
        Sidecars.of(body, agent.state()).ifPresent(sidecar -> rights.requireRegister(call, sidecar));
        agent.register(body, replace, Tokens.secret(call));
        return Reply.empty(200);
    }

    private Reply deregister(Call call) {
        String id = call.parameter("id");
        if (!id.isEmpty()) {
            rights.requireService(call, id);
        }
        agent.deregisterService(id);
        return Reply.empty(200);
    }

    private Reply maintenance(Call call) {
        String id = call.parameter("id");
        if (id.isEmpty()) {
            throw new RefusedException(400, "Missing service ID");
        }
        boolean enable = AgentReplies.enable(call);
        rights.requireService(call, id);
        if (enable) {
            agent.enterMaintenance(id, call.query("reason"));
        } else {
            agent.leaveMaintenance(id);
        }
        return Reply.empty(200);
    }
}
