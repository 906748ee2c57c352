package muster.registry.agent;

import java.util.function.Supplier;
import muster.http.Routes;
import muster.registry.acl.AccessControl;
import muster.raft.members.Cluster;

/** The {@code /v1/agent} endpoints of a local agent. */
public final class AgentApi {
    private final ServiceEndpoints services;
    private final CheckEndpoints checks;
    private final HealthEndpoints health;
    private final NodeEndpoints node;
    private final TokenEndpoints tokens;

    /** Of an agent that is alone. */
    public AgentApi(LocalAgent agent, Supplier<ServerStatus> server, AgentControls controls, AccessControl access) {
        this(agent, server, controls, access, Cluster.alone(MemberTags.alone(agent.settings(), access.isOn(), agent.clock().millis()),
                agent.settings().address() + ":" + agent.settings().serverPort(), () -> server.get().isLeader(),
                () -> server.get().appliedIndex()));
    }

    public AgentApi(LocalAgent agent, Supplier<ServerStatus> server, AgentControls controls, AccessControl access, Cluster cluster) {
        AgentReplies replies = new AgentReplies(agent.settings());
        AgentRights rights = new AgentRights(access, agent);
        services = new ServiceEndpoints(agent, replies, rights);
        checks = new CheckEndpoints(agent, replies, rights);
        health = new HealthEndpoints(agent, replies, rights);
        node = new NodeEndpoints(agent, replies, rights, controls, server, cluster);
        tokens = new TokenEndpoints(access, rights);
    }

    /** Adds them to the API's list. */
    public void addTo(Routes routes) {
        services.addTo(routes);
        checks.addTo(routes);
        health.addTo(routes);
        node.addTo(routes);
        tokens.addTo(routes);
    }
}
