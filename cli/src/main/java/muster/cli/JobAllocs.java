package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code job allocs}. */
final class JobAllocs {
    static final Command COMMAND = new Command("job allocs", "List allocations for a job", """
            Usage: nomad job allocs [options] <job>

              Lists a job's allocations.

            Allocs Options:

              -all                   also those of a former job of that name
              -verbose               whole ids and times
            """ + Formatted.HELP, JobAllocs::run);

    private JobAllocs() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("all", "verbose").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job>", "job allocs");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.job(api, flags, console, flags.rest().getFirst(), "listing jobs");
        if (found.isMissing()) {
            return found.exit();
        }
        try {
            Doc allocations = api.get(NomadApi.target("/v1/job/" + NomadApi.idPath(found.stub().text("ID")) + "/allocations", flags, console,
                    flags.on("all") ? "all=true" : ""));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, allocations.value());
            }
            console.out().println(JobStatus.allocations(allocations.list(), flags.on("verbose"), console));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error retrieving allocations: " + e.getMessage());
        }
    }
}
