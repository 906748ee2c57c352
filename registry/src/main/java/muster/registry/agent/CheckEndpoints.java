package muster.registry.agent;

import java.util.LinkedHashMap;
import java.util.Map;
import muster.http.Call;
import muster.http.Handler;
import muster.http.Reply;
import muster.http.Routes;
import muster.registry.acl.Caller;
import muster.registry.acl.Resource;
import muster.registry.client.HealthCheck.Status;
import muster.registry.http.Tokens;

/** Checks of the local agent. (Consul HTTP API: agent/check) */
final class CheckEndpoints {
    private final LocalAgent agent;
    private final AgentReplies replies;
    private final AgentRights rights;

    CheckEndpoints(LocalAgent agent, AgentReplies replies, AgentRights rights) {
        this.agent = agent;
        this.replies = replies;
        this.rights = rights;
    }

    void addTo(Routes routes) {
        routes.get("/v1/agent/checks", AgentReplies.direct(this::checks))
                .put("/v1/agent/check/register", AgentReplies.changing(agent, this::register))
                .put("/v1/agent/check/deregister/*id", AgentReplies.changing(agent, this::deregister))
                .put("/v1/agent/check/pass/*id", report(Status.PASSING))
                .put("/v1/agent/check/warn/*id", report(Status.WARNING))
                .put("/v1/agent/check/fail/*id", report(Status.CRITICAL))
                .put("/v1/agent/check/update/*id", AgentReplies.changing(agent, this::update));
    }

    private Reply checks(Call call) {
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        Caller caller = rights.caller(call);
        agent.state().checks().forEach((id, check) -> {
            boolean readable = check.serviceName().isEmpty()
                    ? caller.mayRead(Resource.NODE, agent.settings().nodeName())
                    : caller.mayRead(Resource.SERVICE, check.serviceName());
            if (readable) {
                all.put(id, replies.check(check));
            }
        });
        return replies.json(call, 200, AgentReplies.filtered(call, AgentReplies.CHECK, all));
    }

    private Reply register(Call call) {
        Bodies.CheckBody body = Bodies.read(Bodies.CheckBody.class, call.body());
        String id = body.id().isEmpty() ? body.checkId() : body.id();
        rights.requireRegisterCheck(call, id.isEmpty() ? body.name() : id, body.serviceId());
        agent.register(body, Tokens.secret(call));
        return Reply.empty(200);
    }

    private Reply deregister(Call call) {
        rights.requireCheck(call, call.parameter("id"));
        agent.deregisterCheck(call.parameter("id"));
        return Reply.empty(200);
    }

    private Handler report(Status status) {
        return AgentReplies.changing(agent, call -> {
            rights.requireCheck(call, call.parameter("id"));
            agent.report(call.parameter("id"), status, call.query("note"));
            return Reply.empty(200);
        });
    }

    private Reply update(Call call) {
        Bodies.CheckUpdateBody body = Bodies.read(Bodies.CheckUpdateBody.class, call.body());
        Status status = Definitions.statusOf(body.status())
                .orElseThrow(() -> new RefusedException(400, "Invalid check status: '" + body.status() + "'"));
        rights.requireCheck(call, call.parameter("id"));
        agent.report(call.parameter("id"), status, body.output());
        return Reply.empty(200);
    }
}
