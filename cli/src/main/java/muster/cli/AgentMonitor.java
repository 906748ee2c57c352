package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code monitor}: the agent's log as it is written. */
final class AgentMonitor {
    static final Command COMMAND = new Command("monitor", "Stream logs from a Consul agent", """
            Usage: consul monitor [options]

              Follows the agent's log until interrupted.

              -log-level=<level>    trace, debug, info, warn or err; info without it
              -log-json             each line a JSON object""", AgentMonitor::run);

    private AgentMonitor() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().switches("log-json").texts("log-level").parse(args);
        String target = "/v1/agent/monitor?loglevel=" + ConsulApi.encode(flags.text("log-level", "INFO")) + (flags.on("log-json") ? "&logjson" : "");
        try {
            Api.Answer answer = ConsulApi.api(flags, console).stream(target, (bytes, length) -> {
                console.out().write(bytes, 0, length);
                console.out().flush();
            });
            Api.good(answer);
            console.out().println();
            console.out().println("Remote side ended the monitor! This usually means that the\nremote side has exited or crashed.");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error starting monitor: " + e.getMessage());
        }
    }
}
