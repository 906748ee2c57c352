package muster.cli;

import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code job eval}. */
final class JobEval {
    static final Command COMMAND = new Command("job eval", "Force an evaluation for the job", """
            Usage: nomad job eval [options] <job>

              Looks at a job anew, as if something had changed.

            Eval Options:

              -force-reschedule      place failed allocations again although their policy has not come to it
              -detach                return after asking for it
              -verbose               whole ids""", JobEval::run);

    private JobEval() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("force-reschedule", "detach", "verbose").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job>", "job eval");
        }
        String id = flags.rest().getFirst();
        Api api = NomadApi.api(flags, console);
        String evaluation;
        try {
            evaluation = api.send("PUT", NomadApi.target("/v1/job/" + NomadApi.idPath(id) + "/evaluate", flags, console),
                    Map.of("JobID", id, "EvalOptions", Map.of("ForceReschedule", flags.on("force-reschedule")))).text("EvalID");
        } catch (ApiException e) {
            return console.fail("Error evaluating job: " + e.getMessage());
        }
        if (flags.on("detach")) {
            console.out().println("Created eval ID: \"" + Layout.id(evaluation, flags.on("verbose")) + "\"");
            return 0;
        }
        return new Monitor(api, flags, console, flags.on("verbose")).evaluation(evaluation);
    }
}
