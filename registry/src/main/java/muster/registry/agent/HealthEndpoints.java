package muster.registry.agent;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.checks.CheckDefinition;
import muster.http.Call;
import muster.http.Reply;
import muster.http.Routes;
import muster.registry.acl.Access;
import muster.registry.acl.Need;
import muster.registry.acl.Resource;
import muster.registry.client.HealthCheck.Status;
import muster.registry.state.Service;

/** Health of the agent's own services, for balancers and scripts that look at the status code. (agent/health/service) */
final class HealthEndpoints {
    private final LocalAgent agent;
    private final AgentReplies replies;
    private final AgentRights rights;

    HealthEndpoints(LocalAgent agent, AgentReplies replies, AgentRights rights) {
        this.agent = agent;
        this.replies = replies;
        this.rights = rights;
    }

    void addTo(Routes routes) {
        routes.get("/v1/agent/health/service/id/*id", AgentReplies.direct(this::byId))
                .get("/v1/agent/health/service/name/*name", AgentReplies.direct(this::byName));
    }

    private Reply byId(Call call) {
        String id = call.parameter("id");
        if (id.isEmpty()) {
            throw new RefusedException(400, "Missing serviceID");
        }
        LocalState state = agent.state();
        Service service = state.services().get(id);
        if (service == null) {
            return Reply.text(404, "ServiceId " + id + " not found");
        }
        rights.require(call, Need.of(Access.READ, Resource.SERVICE, service.name()));
        Status status = worst(state, service);
        return wantsText(call) ? text(status) : replies.json(call, code(status), row(state, service, status));
    }

    private Reply byName(Call call) {
        String name = call.parameter("name");
        if (name.isEmpty()) {
            throw new RefusedException(400, "Missing service Name");
        }
        rights.require(call, Need.of(Access.READ, Resource.SERVICE, name));
        LocalState state = agent.state();
        List<Object> rows = new ArrayList<>();
        Status worst = Status.PASSING;
        for (Service service : state.services().values()) {
            if (service.name().equals(name)) {
                Status status = worst(state, service);
                worst = status.compareTo(worst) > 0 ? status : worst;
                rows.add(row(state, service, status));
            }
        }
        if (rows.isEmpty()) {
            return wantsText(call) ? Reply.text(404, "ServiceName " + name + " Not Found") : replies.json(call, 404, rows);
        }
        return wantsText(call) ? text(worst) : replies.json(call, code(worst), rows);
    }

    private Map<String, Object> row(LocalState state, Service service, Status status) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("AggregatedStatus", status.toString());
        row.put("Service", AgentReplies.service(service));
        row.put("Checks", concerning(state, service).stream().map(replies::healthCheck).toList());
        return row;
    }

    private static Status worst(LocalState state, Service service) {
        Status worst = Status.PASSING;
        for (LocalCheck check : concerning(state, service)) {
            Status status = check.definition() instanceof CheckDefinition.Maintenance
                    ? Status.MAINTENANCE : check.state().status();
            worst = status.compareTo(worst) > 0 ? status : worst;
        }
        return worst;
    }

    /** A node's checks count for each of its services. */
    private static List<LocalCheck> concerning(LocalState state, Service service) {
        List<LocalCheck> checks = new ArrayList<>(state.checksOf(service.id()));
        checks.addAll(state.checksOf(""));
        return checks;
    }

    private static boolean wantsText(Call call) {
        return call.query("format").equals("text") || call.header("Accept").equals("text/plain");
    }

    private static Reply text(Status status) {
        return Reply.of(code(status), "text/plain", status.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static int code(Status status) {
        return switch (status) {
            case PASSING -> 200;
            case WARNING -> 429;
            case CRITICAL, MAINTENANCE -> 503;
        };
    }
}
