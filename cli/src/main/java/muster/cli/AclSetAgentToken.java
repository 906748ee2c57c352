package muster.cli;

import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code acl set-agent-token}. */
final class AclSetAgentToken {
    static final Command COMMAND = new Command("acl set-agent-token", "Assign tokens for the Consul Agent's usage", """
            Usage: consul acl set-agent-token [options] TYPE TOKEN

              Tells the agent one of its own tokens; an empty one takes it away. TYPE is

                default        for requests that bring none
                agent          for the agent's own work with the catalog
                master         opens the agent's endpoints while no server answers (also recovery)
                replication    for copying from a primary datacenter""", AclSetAgentToken::run);

    private AclSetAgentToken() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().parse(args);
        List<String> rest = flags.rest();
        if (rest.size() < 2) {
            return console.fail(rest.isEmpty() ? "Error! Missing TYPE and TOKEN arguments" : "Error! Missing TOKEN argument");
        }
        if (rest.size() > 2) {
            return console.fail("Too many arguments (expected 2, got " + rest.size() + ")");
        }
        String type = rest.getFirst();
        String kind = switch (type) {
            case "default", "agent", "replication" -> type;
            case "master", "recovery" -> "agent_master";
            default -> "";
        };
        if (kind.isEmpty()) {
            return console.fail("Unknown token type");
        }
        try {
            ConsulApi.api(flags, console).send("PUT", ConsulApi.target("/v1/agent/token/" + kind, flags), Map.of("Token", rest.get(1)));
            console.out().println("ACL token \"" + type + "\" set successfully");
            return 0;
        } catch (ApiException e) {
            return console.fail("Failed to set ACL token \"" + type + "\": " + e.getMessage());
        }
    }
}
