package muster.cli;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import muster.wire.GoFlags;

/** {@code operator keygen} and {@code operator keyring}. */
final class SchedulerKeys {
    static final Command KEYGEN = new Command("operator keygen", "Generates a new encryption key", """
            Usage: nomad operator keygen

              Prints a new random key of 32 bytes.""", SchedulerKeys::keygen);
    static final Command KEYRING = new Command("operator keyring", "Manages gossip layer encryption keys", """
            Usage: nomad operator keyring [options]

              Shows and changes the keys of the gossip between servers, of which there is none here.

              -install=<key>         give all servers a key
              -list                  show the keys
              -remove=<key>          take a key away
              -use=<key>             make a key the one that is used""", SchedulerKeys::keyring);

    private static final int BYTES = 32;
    private static final String NO_GOSSIP = "error: servers do not gossip, so there is no keyring: their connections are encrypted by the tls block of"
            + " the configuration";
    private static final String NO_ROOT = "error: variables are not encrypted at rest, so there are no root keys: keep the servers' data folder,"
            + " and snapshots, as safe as what they hold";

    private SchedulerKeys() {}

    private static int keygen(Console console, List<String> args) {
        NomadApi.flags().parse(args);
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        console.out().println(Base64.getEncoder().encodeToString(key));
        return 0;
    }

    private static int keyring(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("install", "remove", "use").switches("list").parse(args);
        if (!flags.has("install") && !flags.has("remove") && !flags.has("use") && !flags.on("list")) {
            return NomadApi.usage(console, "Only a single action is allowed", "operator keyring");
        }
        return console.fail(NO_GOSSIP);
    }

    /** The same under the names of later versions, and the keys of variables. */
    static List<Command> later() {
        return List.of(
                new Command("operator gossip keyring generate", "Generates a new encryption key", """
                        Usage: nomad operator gossip keyring generate

                          Prints a new random key of 32 bytes.""", SchedulerKeys::keygen),
                refused("operator gossip keyring install", "Install a gossip encryption key", "<key>", 1, NO_GOSSIP),
                refused("operator gossip keyring list", "List gossip encryption keys", "", 0, NO_GOSSIP),
                refused("operator gossip keyring remove", "Remove a gossip encryption key", "<key>", 1, NO_GOSSIP),
                refused("operator gossip keyring use", "Use a gossip encryption key", "<key>", 1, NO_GOSSIP),
                refused("operator root keyring list", "Lists the root encryption keys", "", 0, NO_ROOT),
                refused("operator root keyring remove", "Removes a root encryption key", "<key ID>", 1, NO_ROOT),
                refused("operator root keyring rotate", "Rotates the root encryption key", "", 0, NO_ROOT));
    }

    private static Command refused(String path, String synopsis, String argument, int arguments, String reason) {
        return new Command(path, synopsis, "Usage: nomad " + path + " [options]" + (argument.isEmpty() ? "" : " " + argument) + "\n\n  Says why there is nothing to do.",
                (console, args) -> {
                    GoFlags flags = NomadApi.flags().switches("full", "now", "verbose", "force").texts("prepublish").parse(args);
                    return flags.rest().size() == arguments ? console.fail(reason)
                            : NomadApi.usage(console, arguments == 0 ? "This command takes no arguments" : "This command takes one argument: " + argument, path);
                });
    }
}
