package muster.cli;

import java.util.List;

/**
 * Commands that need the agent's code and are run by its program: the launcher sends them there. They stand here for the list of
 * commands and for completion.
 */
final class Elsewhere {
    private Elsewhere() {}

    static List<Command> all() {
        return List.of(
                command("agent", "Runs a Consul agent", "Usage: consul agent [options]"),
                command("validate", "Validate config files/directories", "Usage: consul validate [options] FILE_OR_DIRECTORY..."),
                command("tls ca create", "Create a new consul CA", "Usage: consul tls ca create [options]"),
                command("tls cert create", "Create a new certificate", "Usage: consul tls cert create [options]"));
    }

    private static Command command(String path, String synopsis, String usage) {
        return new Command(path, synopsis, usage,
                (console, args) -> console.fail("Error: \"" + path + "\" is run by the agent's program: start it with bin/consul or ./muster"));
    }
}
