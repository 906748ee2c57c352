package muster.cli;

import java.util.List;
import java.util.TreeMap;
import muster.wire.GoFlags;

/** {@code agent-info}. */
final class AgentStats {
    static final Command COMMAND = new Command("agent-info", "Display status information about the local agent", """
            Usage: nomad agent-info [options]

              Shows what the asked agent counts.

            Agent Info Options:

            """ + Formatted.HELP, AgentStats::run);

    private AgentStats() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "agent-info");
        }
        Doc self;
        try {
            self = NomadApi.api(flags, console).get(NomadApi.target("/v1/agent/self", flags, console));
        } catch (ApiException e) {
            return console.fail("Error querying agent info: failed querying self endpoint: " + e.getMessage());
        }
        if (Formatted.isWanted(flags)) {
            return Formatted.print(console, flags, self.value());
        }
        new TreeMap<>(self.at("stats").members()).forEach((section, stats) -> {
            console.out().println(section);
            new TreeMap<>(stats.members()).forEach((name, value) -> console.out().println("  " + name + " = " + value.text()));
        });
        return 0;
    }
}
