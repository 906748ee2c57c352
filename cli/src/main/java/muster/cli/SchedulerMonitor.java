package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code monitor} of the scheduler: an agent's log as it is written. */
final class SchedulerMonitor {
    static final Command COMMAND = new Command("monitor", "Stream logs from a Nomad agent", """
            Usage: nomad monitor [options]

              Follows the log of the asked agent until interrupted.

            Monitor Options:

              -log-level=<level>     trace, debug, info, warn or error; info without it
              -log-include-location  accepted; lines have no places in source files
              -node-id=<id>          the log of that client, which has to be the asked agent
              -server-id=<id>        the log of that server, which has to be the asked agent
              -json                  each line a JSON object""", SchedulerMonitor::run);

    private SchedulerMonitor() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("json", "log-include-location").texts("log-level", "node-id", "server-id").parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "monitor");
        }
        String target = NomadApi.target("/v1/agent/monitor", flags, console, "plain=true",
                "log_level=" + ConsulApi.encode(flags.text("log-level", "info")), flags.on("json") ? "log_json=true" : "",
                NomadApi.query(flags, "node-id", "node_id"), NomadApi.query(flags, "server-id", "server_id"));
        try {
            Api.good(NomadApi.api(flags, console).stream(target, (bytes, length) -> {
                console.out().write(bytes, 0, length);
                console.out().flush();
            }));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error starting monitor: " + e.getMessage());
        }
    }
}
