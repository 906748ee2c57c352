package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code leave}. */
final class Leave {
    static final Command COMMAND = new Command("leave", "Gracefully leaves the Consul cluster and shuts down", """
            Usage: consul leave [options]

              The agent takes its node out of the catalog and ends.""", Leave::run);

    private Leave() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().parse(args);
        if (!flags.rest().isEmpty()) {
            return console.fail("Unexpected extra arguments: " + String.join(" ", flags.rest()));
        }
        try {
            Api.good(ConsulApi.api(flags, console).call("PUT", "/v1/agent/leave", new byte[0]));
            console.out().println("Graceful leave complete");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error leaving: " + e.getMessage());
        }
    }
}
