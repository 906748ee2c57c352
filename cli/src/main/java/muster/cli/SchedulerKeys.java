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
        return console.fail("error: servers do not gossip, so there is no keyring: their connections are encrypted by the tls block of"
                + " the configuration");
    }
}
