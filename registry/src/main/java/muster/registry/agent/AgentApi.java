package muster.registry.agent;

import java.util.function.Supplier;
import muster.http.Routes;

/** The {@code /v1/agent} endpoints of a local agent. */
public final class AgentApi {
    private final ServiceEndpoints services;
    private final CheckEndpoints checks;
    private final HealthEndpoints health;
    private final NodeEndpoints node;

    public AgentApi(LocalAgent agent, Supplier<ServerStatus> server, AgentControls controls) {
        AgentReplies replies = new AgentReplies(agent.settings());
        services = new ServiceEndpoints(agent, replies);
        checks = new CheckEndpoints(agent, replies);
        health = new HealthEndpoints(agent, replies);
        node = new NodeEndpoints(agent, replies, controls, server);
    }

    /** Adds them to the API's list. */
    public void addTo(Routes routes) {
        services.addTo(routes);
        checks.addTo(routes);
        health.addTo(routes);
        node.addTo(routes);
    }
}
