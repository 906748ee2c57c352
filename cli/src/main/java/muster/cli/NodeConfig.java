package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code node config}: the servers that an agent asks. */
final class NodeConfig {
    static final Command COMMAND = new Command("node config", "View or modify client configuration details", """
            Usage: nomad node config [options]

              Shows or changes which servers the asked agent knows.

            Client Config Options:

              -servers               list the known servers
              -update-servers        use these servers from now on, given behind the flags""", NodeConfig::run);

    private NodeConfig() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("servers", "update-servers").parse(args);
        if (flags.on("servers") == flags.on("update-servers")) {
            return NomadApi.usage(console, "One of -servers and -update-servers must be set", "node config");
        }
        Api api = NomadApi.api(flags, console);
        if (flags.on("update-servers")) {
            if (flags.rest().isEmpty()) {
                return NomadApi.usage(console, "If the -update-servers flag is set, at least one server argument must be provided", "node config");
            }
            try {
                api.send("PUT", NomadApi.target("/v1/agent/servers", flags, console,
                        flags.rest().stream().map(server -> "address=" + ConsulApi.encode(server)).toArray(String[]::new)), null);
            } catch (ApiException e) {
                return console.fail("Error updating server list: " + e.getMessage());
            }
            console.out().println("Updated server list");
            return 0;
        }
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "Servers are given only with -update-servers", "node config");
        }
        try {
            List<Doc> servers = api.get(NomadApi.target("/v1/agent/servers", flags, console)).list();
            if (servers.isEmpty()) {
                console.out().println("No known servers");
            }
            servers.stream().map(Doc::text).sorted().forEach(console.out()::println);
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying server list: " + e.getMessage());
        }
    }
}
