package muster.cli;

import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code node eligibility}. */
final class NodeEligibility {
    static final Command COMMAND = new Command("node eligibility", "Toggle scheduling eligibility for a given node", """
            Usage: nomad node eligibility [options] <node>

              Says whether new allocations may be placed on a node; those that run there stay.

            Node Eligibility Options:

              -enable                they may
              -disable               they may not
              -self                  the node that the asked agent runs""", NodeEligibility::run);

    private NodeEligibility() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("enable", "disable", "self").parse(args);
        if (flags.on("enable") == flags.on("disable")) {
            return NomadApi.usage(console, "Either the '-enable' or '-disable' flag must be set", "node eligibility");
        }
        if (flags.rest().size() != 1 && !flags.on("self")) {
            return NomadApi.usage(console, "Node ID must be specified if -self isn't being used", "node eligibility");
        }
        Api api = NomadApi.api(flags, console);
        try {
            String prefix = flags.on("self") ? NodeStatus.self(api) : flags.rest().getFirst();
            Lookups.Found found = Lookups.node(api, flags, console, prefix);
            if (found.isMissing()) {
                return found.exit();
            }
            String id = found.stub().text("ID");
            api.send("PUT", NomadApi.target("/v1/node/" + id + "/eligibility", flags, console),
                    Map.of("NodeID", id, "Eligibility", flags.on("enable") ? "eligible" : "ineligible"));
            console.out().println("Node \"" + id + "\" scheduling eligibility set: " + (flags.on("enable") ? "eligible" : "ineligible")
                    + " for scheduling");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error updating scheduling eligibility: " + e.getMessage());
        }
    }
}
