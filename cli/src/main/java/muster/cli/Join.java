package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code join}. */
final class Join {
    static final Command COMMAND = new Command("join", "Tell Consul agent to join cluster", """
            Usage: consul join [options] address ...

              Has the agent join the members that it reaches at the addresses.

              -wan    servers of another datacenter""", Join::run);

    private Join() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().switches("wan").parse(args);
        if (flags.rest().isEmpty()) {
            console.err().println("At least one address to join must be specified.");
            console.err().println();
            console.err().println(COMMAND.usage());
            return 1;
        }
        Api api = ConsulApi.api(flags, console);
        int joined = 0;
        for (String address : flags.rest()) {
            try {
                Api.good(api.call("PUT", "/v1/agent/join/" + ConsulApi.keyPath(address) + (flags.on("wan") ? "?wan=1" : ""), new byte[0]));
                joined++;
            } catch (ApiException e) {
                console.err().println("Error joining address '" + address + "': " + e.getMessage());
            }
        }
        if (joined == 0) {
            return console.fail("Failed to join any nodes.");
        }
        console.out().println("Successfully joined cluster by contacting " + joined + " nodes.");
        return 0;
    }
}
