package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code job stop}. */
final class JobStop {
    static final Command COMMAND = new Command("job stop", "Stop a running job", """
            Usage: nomad job stop [options] <job>

              Stops all allocations of a job and follows the evaluation.

            Stop Options:

              -detach                return after asking for it
              -eval-priority=<n>     the evaluation's priority, 1 to 100; that of the job without
              -global                in all regions
              -no-shutdown-delay     leave out the delays between services and signal
              -purge                 forget the job at once
              -yes                   do not ask whether a job is meant whose id only begins so
              -verbose               whole ids""", JobStop::run);

    private JobStop() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("detach", "global", "no-shutdown-delay", "purge", "yes", "verbose").texts("eval-priority").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job>", "job stop");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.job(api, flags, console, flags.rest().getFirst(), "deregistering job");
        if (found.isMissing()) {
            return found.exit();
        }
        String id = found.stub().text("ID");
        String wanted = flags.rest().getFirst();
        if (!id.equals(wanted) && !flags.on("yes") && !Confirmation.given(console, "Are you sure you want to stop job \"" + id + "\"? [y/N]", "Cancelling job stop")) {
            return 0;
        }
        Doc answer;
        try {
            answer = api.send("DELETE", NomadApi.target("/v1/job/" + NomadApi.idPath(id), flags, console,
                    flags.on("purge") ? "purge=true" : "", flags.on("global") ? "global=true" : "",
                    flags.on("no-shutdown-delay") ? "no_shutdown_delay=true" : "", NomadApi.query(flags, "eval-priority", "eval_priority")), null);
        } catch (ApiException e) {
            return console.fail("Error deregistering job: " + e.getMessage());
        }
        String evaluation = answer.text("EvalID");
        if (evaluation.isEmpty()) {
            return 0;
        }
        if (flags.on("detach")) {
            console.out().println(evaluation);
            return 0;
        }
        return new Monitor(api, flags, console, flags.on("verbose")).evaluation(evaluation);
    }
}
