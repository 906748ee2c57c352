package muster.cli;

import java.time.Instant;
import java.util.List;
import muster.wire.GoFlags;

/** Nomad's {@code operator snapshot save}, {@code restore} and {@code inspect}. */
final class SchedulerSnapshot {
    static final Command SAVE = new Command("operator snapshot save", "Saves snapshot of Nomad server state", """
            Usage: nomad operator snapshot save [options] [<file>]

              Writes all that the servers hold to a file: jobs, allocations, variables, access control. The file is as secret as
              what it holds. It is verified before it gets its name.

              -stale    from whatever server is asked, also without a leader""", SchedulerSnapshot::save);

    static final Command RESTORE = new Command("operator snapshot restore", "Restore snapshot of Nomad server state", """
            Usage: nomad operator snapshot restore [options] <file>

              Replaces all that the servers hold by what a file holds; all or nothing. Nodes then stop what it does not know.""",
            SchedulerSnapshot::restore);

    static final Command INSPECT = new Command("operator snapshot inspect", "Displays information about a Nomad snapshot file", """
            Usage: nomad operator snapshot inspect [options] <file>

              Verifies a file and says what it is; no server is asked.""", SchedulerSnapshot::inspect);

    private static final String PATH = "/v1/operator/snapshot";

    private SchedulerSnapshot() {}

    private static int save(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("stale").parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes either no arguments or one: <filename>", "operator snapshot save");
        }
        String name = flags.rest().isEmpty() ? "nomad-state-" + Instant.now().getEpochSecond() + ".snap" : flags.rest().getFirst();
        return Snapshot.save(console, name, NomadApi.api(flags, console), NomadApi.target(PATH, flags, console, flags.on("stale") ? "stale" : ""),
                meta -> "State file written to " + name);
    }

    private static int restore(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <filename>", "operator snapshot restore");
        }
        return Snapshot.restore(console, flags.rest().getFirst(), NomadApi.api(flags, console), NomadApi.target(PATH, flags, console), "Snapshot Restored");
    }

    private static int inspect(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("json").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <filename>", "operator snapshot inspect");
        }
        return Snapshot.inspect(console, flags.rest().getFirst(), flags.on("json"));
    }
}
