package muster.registry.agent;

import java.util.LinkedHashMap;
import java.util.Map;
import muster.http.Call;
import muster.http.Handler;
import muster.http.Reply;
import muster.http.Routes;
import muster.registry.client.HealthCheck.Status;

/** Checks of the local agent. (Consul HTTP API: agent/check) */
final class CheckEndpoints {
    private final LocalAgent agent;
    private final AgentReplies replies;

    CheckEndpoints(LocalAgent agent, AgentReplies replies) {
        this.agent = agent;
        this.replies = replies;
    }

    void addTo(Routes routes) {
        routes.get("/v1/agent/checks", AgentReplies.direct(this::checks))
                .put("/v1/agent/check/register", AgentReplies.blocking(this::register))
                .put("/v1/agent/check/deregister/*id", AgentReplies.blocking(this::deregister))
                .put("/v1/agent/check/pass/*id", report(Status.PASSING))
                .put("/v1/agent/check/warn/*id", report(Status.WARNING))
                .put("/v1/agent/check/fail/*id", report(Status.CRITICAL))
                .put("/v1/agent/check/update/*id", AgentReplies.blocking(this::update));
    }

    private Reply checks(Call call) {
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        agent.state().checks().forEach((id, check) -> all.put(id, replies.check(check)));
        return replies.json(call, 200, AgentReplies.filtered(call, AgentReplies.CHECK, all));
    }

    private Reply register(Call call) {
        agent.register(Bodies.read(Bodies.CheckBody.class, call.body()));
        return Reply.empty(200);
    }

    private Reply deregister(Call call) {
        agent.deregisterCheck(call.parameter("id"));
        return Reply.empty(200);
    }

    private Handler report(Status status) {
        return AgentReplies.blocking(call -> {
            agent.report(call.parameter("id"), status, call.query("note"));
            return Reply.empty(200);
        });
    }

    private Reply update(Call call) {
        Bodies.CheckUpdateBody body = Bodies.read(Bodies.CheckUpdateBody.class, call.body());
        Status status = Definitions.statusOf(body.status())
                .orElseThrow(() -> new RefusedException(400, "Invalid check status: '" + body.status() + "'"));
        agent.report(call.parameter("id"), status, body.output());
        return Reply.empty(200);
    }
}
