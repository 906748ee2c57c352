package muster.cli;

import java.util.List;

/** {@code exec}: refused. */
final class Exec {
    static final Command COMMAND = new Command("exec", "Executes a command on Consul nodes (refused)", """
            Usage: consul exec

              Running commands on other machines through the registry is off in the original unless every agent turns it on, and is
              not there in this one: what may write a key must not be able to run programs.""", Exec::run);

    private Exec() {}

    private static int run(Console console, List<String> args) {
        return console.fail("Remote exec is disabled: agents of this kind run no commands for others. Use ssh, or a job of type \"system\" or \"batch\".");
    }
}
