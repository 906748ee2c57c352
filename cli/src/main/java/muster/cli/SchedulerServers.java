package muster.cli;

import java.util.List;
import java.util.stream.Collectors;
import muster.wire.GoFlags;

/** {@code server join} and {@code server force-leave}. */
final class SchedulerServers {
    static final Command JOIN = new Command("server join", "Join server nodes together", """
            Usage: nomad server join [options] <addr> [<addr>...]

              Has the server that is asked look for others at the addresses. One that is found tells of the rest.""", SchedulerServers::join);

    static final Command FORCE_LEAVE = new Command("server force-leave", "Force a server into the 'left' state", """
            Usage: nomad server force-leave [options] <node>

              Says of a failed server that it left. One that is alive joins again.

              -prune    forget it altogether""", SchedulerServers::forceLeave);

    private SchedulerServers() {}

    private static int join(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        if (flags.rest().isEmpty()) {
            return NomadApi.usage(console, "One or more node addresses must be given as arguments", "server join");
        }
        try {
            Doc answer = NomadApi.api(flags, console).send("PUT", "/v1/agent/join?" + flags.rest().stream()
                    .map(address -> "address=" + ConsulApi.encode(address)).collect(Collectors.joining("&")), List.of());
            if (!answer.text("error").isEmpty()) {
                return console.fail("Error joining: failed joining: " + answer.text("error").strip());
            }
            console.out().println("Joined " + answer.text("num_joined") + " servers successfully");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error joining: " + e.getMessage());
        }
    }

    private static int forceLeave(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("prune").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <node>", "server force-leave");
        }
        try {
            Api.good(NomadApi.api(flags, console).call("PUT", "/v1/agent/force-leave?node=" + ConsulApi.encode(flags.rest().getFirst())
                    + (flags.on("prune") ? "&prune=true" : ""), new byte[0]));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error force-leaving server " + flags.rest().getFirst() + ": " + e.getMessage());
        }
    }
}
