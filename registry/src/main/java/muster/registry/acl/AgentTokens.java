package muster.registry.acl;

/**
 * The secrets that an agent uses itself. ({@code acl.tokens}, agent/token)
 *
 * @param user what a request without a token has ({@code default})
 * @param agent for the agent's own work with the catalog; "" uses {@code user}
 * @param recovery opens this agent's own endpoints while no server answers ({@code agent_master}, later {@code agent_recovery})
 * @param replication for copying from a primary datacenter
 */
public record AgentTokens(String user, String agent, String recovery, String replication) {
    public static final AgentTokens NONE = new AgentTokens("", "", "", "");

    /** What the agent's own work is done with. */
    public String ownWork() {
        return agent.isEmpty() ? user : agent;
    }

    /** Secrets never reach a log. */
    @Override
    public String toString() {
        return "AgentTokens[hidden]";
    }
}
