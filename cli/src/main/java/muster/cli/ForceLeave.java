package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code force-leave}. */
final class ForceLeave {
    static final Command COMMAND = new Command("force-leave", "Forces a member of the cluster to enter the \"left\" state", """
            Usage: consul force-leave [options] name

              Says of a failed member that it left. One that is alive joins again.

              -prune    forget it altogether""", ForceLeave::run);

    private ForceLeave() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().switches("prune").parse(args);
        if (flags.rest().size() != 1) {
            console.err().println("A single node name must be specified to force-leave.");
            console.err().println();
            console.err().println(COMMAND.usage());
            return 1;
        }
        try {
            Api.good(ConsulApi.api(flags, console).call("PUT", "/v1/agent/force-leave/" + ConsulApi.keyPath(flags.rest().getFirst())
                    + (flags.on("prune") ? "?prune=1" : ""), new byte[0]));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error force leaving: " + e.getMessage());
        }
    }
}
