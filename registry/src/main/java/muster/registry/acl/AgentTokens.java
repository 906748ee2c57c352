package muster.registry.acl;

import muster.registry.state.Command;

/**
 * The secrets that an agent uses itself. ({@code acl.tokens}, agent/token)
 *
 * @param user what a request without a token has ({@code default})
 * @param agent for the agent's own work with its node in the catalog; "" uses {@code user}
 * @param recovery opens this agent's own endpoints while no server answers ({@code agent_master}, later {@code agent_recovery})
 * @param replication for copying from a primary datacenter
 */
public record AgentTokens(String user, String agent, String recovery, String replication) {
    public static final AgentTokens NONE = new AgentTokens("", "", "", "");

    /** What the agent's own work is done with. */
    public String ownWork() {
        return agent.isEmpty() ? user : agent;
    }

    /** With what a change of the catalog is carried there that came without a token: of the node {@link #ownWork}, of all on it {@code user}. */
    public String of(Command command) {
        return switch (command) {
            case Command.Register register when register.service().isPresent() || !register.checks().isEmpty() -> user;
            case Command.Deregister deregister when !deregister.serviceId().isEmpty() || !deregister.checkId().isEmpty() -> user;
            default -> ownWork();
        };
    }

    /** Secrets never reach a log. */
    @Override
    public String toString() {
        return "AgentTokens[hidden]";
    }
}
