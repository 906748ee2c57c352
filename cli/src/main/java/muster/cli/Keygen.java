package muster.cli;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import muster.wire.GoFlags;

/** {@code keygen}. */
final class Keygen {
    static final Command COMMAND = new Command("keygen", "Generates a new encryption key", """
            Usage: consul keygen

              Prints a new key for `encrypt`: 32 random bytes as base64.""", Keygen::run);

    private static final int BYTES = 32;

    private Keygen() {}

    private static int run(Console console, List<String> args) {
        new GoFlags().parse(args);
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        console.out().println(Base64.getEncoder().encodeToString(key));
        return 0;
    }
}
