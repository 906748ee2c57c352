package muster.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoDuration;
import muster.wire.GoFlags;
import muster.wire.GoQuote;
import muster.wire.Json;

/** {@code job run}. Exit code 0 good, 1 an error, 2 not everything could be placed. */
final class JobRun {
    static final Command COMMAND = new Command("job run", "Run a new job or update an existing job", """
            Usage: nomad job run [options] <path>

              Submits a job file and follows its evaluation and deployment. A path of - is standard input; the path may be an
              address of a web server, too.
              Exit codes: 0 all is placed, and deployed where there is a deployment, 1 an error or a deployment that failed, 2 not
              everything could be placed.

            Run Options:

              -check-index=<n>       submit only if the job's modify index is n; 0: only if it does not exist
              -detach                return after submitting
              -eval-priority=<n>     the evaluation's priority; that of the job without
              -output                print the job as JSON and submit nothing
              -policy-override       override soft mandatory policies
              -preserve-counts       keep the counts of a job that was scaled
              -consul-token=<token>  shows that the job may register its services; CONSUL_HTTP_TOKEN
              -consul-namespace=<n>  the job's namespace in Consul
              -verbose               whole ids
            """ + JobSource.HELP.stripTrailing(), JobRun::run);

    private JobRun() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = JobSource.flags(NomadApi.flags())
                .switches("detach", "output", "policy-override", "preserve-counts", "verbose")
                .texts("check-index", "eval-priority")
                .parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <path>", "job run");
        }
        JobSource.Source source;
        try {
            String path = flags.rest().getFirst();
            source = flags.on("output") ? new JobSource.Source(JobSource.written(console, flags, path), Map.of()) : JobSource.source(console, flags, path);
        } catch (JobSource.Refused e) {
            return console.fail(e.getMessage());
        }
        Doc job = source.job();
        if (flags.on("output")) {
            console.out().writeBytes(Json.write(Map.of("Job", job.value()), true));
            console.out().println();
            return 0;
        }
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("Job", job.value());
        if (flags.has("check-index")) {
            try {
                request.put("JobModifyIndex", NomadApi.unsigned(flags.text("check-index")));
            } catch (NumberFormatException e) {
                return console.fail("Error parsing check-index value " + GoQuote.quote(flags.text("check-index")) + ": " + e.getMessage());
            }
            request.put("EnforceIndex", true);
        }
        if (flags.has("eval-priority")) {
            request.put("EvalPriority", flags.unsigned("eval-priority", 0));
        }
        request.put("PolicyOverride", flags.on("policy-override"));
        request.put("PreserveCounts", flags.on("preserve-counts"));
        request.put("Submission", source.submission());
        Api api = NomadApi.api(flags, console);
        Doc answer;
        try {
            answer = api.send("PUT", JobSource.target("/v1/jobs", flags, console, job), request);
        } catch (ApiException e) {
            if (e.getMessage().contains("Enforcing job modify index")) {
                String reason = e.getMessage().substring(e.getMessage().indexOf("Enforcing"));
                return console.fail((reason.endsWith(")") ? reason.substring(0, reason.length() - 1) : reason) + "\nJob not updated");
            }
            return console.fail("Error submitting job: " + e.getMessage());
        }
        if (!answer.text("Warnings").isEmpty()) {
            console.out().println("Job Warnings:\n" + answer.text("Warnings") + "\n");
        }
        String evaluation = answer.text("EvalID");
        boolean unplanned = !job.at("Periodic").isNull() || !job.at("ParameterizedJob").isNull();
        if (flags.on("detach") || unplanned && evaluation.isEmpty()) {
            console.out().println("Job registration successful");
            Instant launch = nextLaunch(api, flags, console, job);
            if (launch != null) {
                console.out().println("Approximate next launch time: " + Layout.time(launch, console.zone())
                        + " (" + fromNow(launch, console.clock().instant()) + ")");
            }
            if (!evaluation.isEmpty()) {
                console.out().println("Evaluation ID: " + evaluation);
            }
            return 0;
        }
        return new Monitor(api, flags, console, flags.on("verbose")).evaluation(evaluation);
    }

    /** As Go prints a duration, in hours, minutes and seconds. */
    static String fromNow(Instant launch, Instant now) {
        return GoDuration.format(Duration.between(now.truncatedTo(ChronoUnit.SECONDS), launch.truncatedTo(ChronoUnit.SECONDS))) + " from now";
    }

    /** When a periodic job is launched next, as the server's dry run says; null for other jobs, and where it can't be told. */
    static Instant nextLaunch(Api api, GoFlags flags, Console console, Doc job) {
        if (!job.at("Periodic").is("Enabled") || !job.at("ParameterizedJob").isNull()) {
            return null;
        }
        try {
            return api.send("PUT", JobSource.target("/v1/job/" + NomadApi.idPath(job.text("ID")) + "/plan", flags, console, job),
                    Map.of("Job", job.value())).time("NextPeriodicLaunch");
        } catch (ApiException e) {
            // The job is registered: a time that can't be told is no failure of that.
            return null;
        }
    }
}
