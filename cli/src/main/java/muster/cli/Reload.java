package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code reload}. */
final class Reload {
    static final Command COMMAND = new Command("reload", "Triggers the agent to reload configuration files", """
            Usage: consul reload [options]

              Has the agent read its configuration files again. What is wrong in them is listed, and nothing is changed then.""",
            Reload::run);

    private Reload() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().parse(args);
        try {
            Api.good(ConsulApi.api(flags, console).call("PUT", "/v1/agent/reload", new byte[0]));
            console.out().println("Configuration reload triggered");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error reloading: " + e.getMessage());
        }
    }
}
