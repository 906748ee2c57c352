package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code acl bootstrap}. */
final class AclBootstrap {
    static final Command COMMAND = new Command("acl bootstrap", "Bootstrap Consul's ACL system", """
            Usage: consul acl bootstrap [options]

              Makes the first management token. It works once; the agent's answer to a further attempt tells the index that its
              operator may write into acl-bootstrap-reset in the data directory to open the way again.

            """.indent(0) + AclArguments.OUTPUT_HELP, AclBootstrap::run);

    private AclBootstrap() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = AclArguments.flags().parse(args);
        try {
            Doc token = ConsulApi.api(flags, console).send("PUT", ConsulApi.target("/v1/acl/bootstrap", flags), null);
            return AclText.print(console, flags, token, row -> AclText.token(row, flags.on("meta")));
        } catch (ApiException e) {
            return console.fail("Failed ACL bootstrapping: " + e.getMessage());
        }
    }
}
