package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code job start}: a stopped job runs again as it was. */
final class JobStart {
    static final Command COMMAND = new Command("job start", "Start a stopped job", """
            Usage: nomad job start [options] <job>

              Runs a job again that was stopped, as the version that was stopped, and follows the evaluation.

            Start Options:

              -detach                return after asking for it
              -verbose               whole ids""", JobStart::run);

    private JobStart() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("detach", "verbose").texts("consul-token", "vault-token").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job>", "job start");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.job(api, flags, console, flags.rest().getFirst(), "starting job");
        if (found.isMissing()) {
            return found.exit();
        }
        String id = found.stub().text("ID");
        try {
            Doc job = api.get(NomadApi.target("/v1/job/" + NomadApi.idPath(id), flags, console));
            if (!job.is("Stop")) {
                console.out().println("Job \"" + job.text("Name") + "\" has not been stopped and has the following status: " + job.text("Status"));
                return 0;
            }
            Map<String, Object> again = new LinkedHashMap<>();
            job.members().forEach((key, value) -> again.put(key, value.value()));
            again.put("Stop", false);
            Map<String, Object> request = new LinkedHashMap<>();
            request.put("Job", again);
            request.put("EnforceIndex", true);
            request.put("JobModifyIndex", job.number("JobModifyIndex"));
            Map<String, Object> submission = submission(api, flags, console, job);
            if (submission != null) {
                request.put("Submission", submission);
            }
            String evaluation = api.send("PUT", JobSource.target("/v1/jobs", flags, console, job), request).text("EvalID");
            if (evaluation.isEmpty() || flags.on("detach")) {
                console.out().println(evaluation.isEmpty() ? "Job registration successful" : evaluation);
                return 0;
            }
            return new Monitor(api, flags, console, flags.on("verbose")).evaluation(evaluation);
        } catch (ApiException e) {
            return console.fail("Error starting job: " + e.getMessage());
        }
    }

    /** Of the version that ran; stopping makes another. Null where nobody kept it. */
    private static Map<String, Object> submission(Api api, GoFlags flags, Console console, Doc job) {
        for (long version : new long[] {job.number("Version"), job.number("Version") - 1}) {
            try {
                Doc kept = api.get(NomadApi.target("/v1/job/" + NomadApi.idPath(job.text("ID")) + "/submission", flags, console, "version=" + version));
                Map<String, Object> submission = new LinkedHashMap<>();
                for (String key : List.of("Source", "Format", "VariableFlags", "Variables")) {
                    submission.put(key, kept.at(key).value());
                }
                return submission;
            } catch (ApiException e) {
                if (e.status() != 404 && e.status() != 400) {
                    throw e;
                }
            }
        }
        return null;
    }
}
