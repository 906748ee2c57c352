package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code job periodic force}. */
final class JobPeriodicForce {
    static final Command COMMAND = new Command("job periodic force", "Force the launch of a periodic job", """
            Usage: nomad job periodic force [options] <job id>

              Launches a periodic job now.

            Force Options:

              -detach                return after asking for it
              -verbose               whole ids""", JobPeriodicForce::run);

    private JobPeriodicForce() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("detach", "verbose").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job id>", "job periodic force");
        }
        String id = flags.rest().getFirst();
        Api api = NomadApi.api(flags, console);
        String evaluation;
        try {
            List<Doc> jobs = api.get(NomadApi.target("/v1/jobs", flags, console, "prefix=" + ConsulApi.encode(id))).list().stream()
                    .filter(job -> job.is("Periodic"))
                    .toList();
            if (jobs.isEmpty()) {
                return console.fail("No periodic job(s) with prefix or id \"" + id + "\" found");
            }
            Doc job = jobs.stream().filter(candidate -> candidate.text("ID").equals(id)).findFirst().orElse(jobs.getFirst());
            if (jobs.size() > 1 && !job.text("ID").equals(id)) {
                return console.fail("Prefix matched multiple periodic jobs\n\n" + Lookups.jobList(jobs, NomadApi.isEverywhere(flags, console), console));
            }
            NomadApi.into(job, flags, console);
            evaluation = api.send("PUT", NomadApi.target("/v1/job/" + NomadApi.idPath(job.text("ID")) + "/periodic/force", flags, console), null)
                    .text("EvalID");
        } catch (ApiException e) {
            return console.fail("Error forcing periodic job \"" + id + "\": " + e.getMessage());
        }
        if (flags.on("detach")) {
            console.out().println("Force periodic successful\nEvaluation ID: " + evaluation);
            return 0;
        }
        return new Monitor(api, flags, console, flags.on("verbose")).evaluation(evaluation);
    }
}
