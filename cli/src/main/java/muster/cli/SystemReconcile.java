package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code system reconcile summaries}. */
final class SystemReconcile {
    static final Command COMMAND = new Command("system reconcile summaries", "Reconciles the summaries of all registered jobs", """
            Usage: nomad system reconcile summaries [options]

              Counts the allocations of all jobs anew.""", SystemReconcile::run);

    private SystemReconcile() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "system reconcile summaries");
        }
        try {
            Api.good(NomadApi.api(flags, console).call("PUT", NomadApi.target("/v1/system/reconcile/summaries", flags, console), new byte[0]));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error running system summary reconciliation: " + e.getMessage());
        }
    }
}
