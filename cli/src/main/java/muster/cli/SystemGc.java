package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code system gc}. */
final class SystemGc {
    static final Command COMMAND = new Command("system gc", "Run the system garbage collection process", """
            Usage: nomad system gc [options]

              Forgets what is over: dead jobs, evaluations, allocations, deployments and nodes.""", SystemGc::run);

    private SystemGc() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        try {
            Api.good(NomadApi.api(flags, console).call("PUT", NomadApi.target("/v1/system/gc", flags, console), new byte[0]));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error running system garbage-collection: " + e.getMessage());
        }
    }
}
