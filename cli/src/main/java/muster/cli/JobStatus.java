package muster.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.wire.GoFlags;

/** {@code job status}. */
final class JobStatus {
    static final Command COMMAND = new Command("job status", "Display status information about a job", """
            Usage: nomad job status [options] <job>

              Shows a job, or all jobs without one.

            Status Options:

              -all-allocs            allocations of earlier jobs of this name too
              -evals                 the job's evaluations too
              -short                 no allocations, evaluations or deployment
              -verbose               whole ids and times""", JobStatus::run);

    private JobStatus() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("all-allocs", "evals", "short", "verbose").parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes either no arguments or one: <job>", "job status");
        }
        Api api = NomadApi.api(flags, console);
        return flags.rest().isEmpty() ? list(console, api, flags) : one(console, api, flags, flags.rest().getFirst());
    }

    static int list(Console console, Api api, GoFlags flags) {
        try {
            List<Doc> jobs = api.get(NomadApi.target("/v1/jobs", flags, console)).list();
            console.out().println(jobs.isEmpty() ? "No running jobs" : Lookups.jobList(jobs, console));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying jobs: " + e.getMessage());
        }
    }

    static int one(Console console, Api api, GoFlags flags, String id) {
        Lookups.Found found = Lookups.job(api, flags, console, id, "querying job");
        if (found.isMissing()) {
            return found.exit();
        }
        try {
            Doc job = api.get(NomadApi.target(path(found.stub()), flags, console));
            console.out().println(Layout.values(List.of(
                    "ID|" + job.text("ID"),
                    "Name|" + job.text("Name"),
                    "Submit Date|" + Layout.time(job.time("SubmitTime"), console.zone()),
                    "Type|" + job.text("Type"),
                    "Priority|" + job.text("Priority"),
                    "Datacenters|" + job.join("Datacenters", ","),
                    "Namespace|" + job.text("Namespace"),
                    "Status|" + status(job),
                    "Periodic|" + !job.at("Periodic").isNull(),
                    "Parameterized|" + (!job.at("ParameterizedJob").isNull() && !job.is("Dispatched")))));
            if (!flags.on("short")) {
                details(console, api, flags, job);
            }
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying job: " + e.getMessage());
        }
    }

    private static String path(Doc job) {
        return "/v1/job/" + NomadApi.idPath(job.text("ID"));
    }

    private static void details(Console console, Api api, GoFlags flags, Doc job) {
        boolean verbose = flags.on("verbose");
        summary(console, api.get(NomadApi.target(path(job) + "/summary", flags, console)));
        List<Doc> evaluations = new ArrayList<>(api.get(NomadApi.target(path(job) + "/evaluations", flags, console)).list());
        evaluations.sort(Comparator.comparingLong((Doc evaluation) -> evaluation.number("CreateIndex")).reversed());
        if (flags.on("evals") || verbose) {
            evaluations(console, evaluations, verbose);
        }
        failures(console, evaluations, job);
        Doc deployment = api.get(NomadApi.target(path(job) + "/deployment", flags, console));
        if (!deployment.isNull()) {
            console.out().println("\nLatest Deployment\n" + DeploymentText.latest(deployment, verbose, console.zone()));
        }
        List<Doc> allocations = api
                .get(NomadApi.target(path(job) + "/allocations", flags, console, flags.on("all-allocs") ? "all=true" : ""))
                .list();
        console.out().println("\nAllocations\n" + allocations(allocations, verbose, console));
    }

    private static void summary(Console console, Doc summary) {
        Map<String, Doc> groups = new TreeMap<>(summary.at("Summary").members());
        List<String> rows = new ArrayList<>();
        rows.add("Task Group|Queued|Starting|Running|Failed|Complete|Lost");
        groups.forEach((name, group) -> {
            StringBuilder row = new StringBuilder(name);
            for (String state : List.of("Queued", "Starting", "Running", "Failed", "Complete", "Lost")) {
                row.append('|').append(group.number(state));
            }
            rows.add(row.toString());
        });
        console.out().println("\nSummary\n" + Layout.table(rows));
    }

    private static void evaluations(Console console, List<Doc> evaluations, boolean verbose) {
        List<String> rows = new ArrayList<>();
        rows.add("ID|Priority|Triggered By|Status|Placement Failures");
        for (Doc evaluation : evaluations) {
            boolean failed = !evaluation.at("FailedTGAllocs").members().isEmpty();
            rows.add(Layout.id(evaluation.text("ID"), verbose) + "|" + evaluation.text("Priority") + "|"
                    + evaluation.text("TriggeredBy") + "|" + evaluation.text("Status") + "|"
                    + (evaluation.text("Status").equals("blocked") ? "N/A - In Progress" : String.valueOf(failed)));
        }
        console.out().println("\nEvaluations\n" + Layout.table(rows));
    }

    /** What the newest evaluation could not place, if there is anything still waiting. */
    private static void failures(Console console, List<Doc> evaluations, Doc job) {
        boolean blocked = evaluations.stream().anyMatch(evaluation -> evaluation.text("Status").equals("blocked"));
        if (!blocked || job.is("Stop")) {
            return;
        }
        evaluations.stream()
                .filter(evaluation -> evaluation.text("Status").equals("complete"))
                .filter(evaluation -> !evaluation.at("FailedTGAllocs").members().isEmpty())
                .findFirst()
                .ifPresent(evaluation -> {
                    console.out().println("\nPlacement Failure");
                    new TreeMap<>(evaluation.at("FailedTGAllocs").members()).forEach((group, metrics) -> console.out()
                            .println("Task Group \"" + group + "\":\n" + PlanText.metrics(metrics, "  ")));
                });
    }

    static String allocations(List<Doc> allocations, boolean verbose, Console console) {
        if (allocations.isEmpty()) {
            return "No allocations placed";
        }
        List<Doc> newest = new ArrayList<>(allocations);
        newest.sort(Comparator.comparingLong((Doc allocation) -> allocation.number("CreateIndex")).reversed());
        List<String> rows = new ArrayList<>();
        rows.add(verbose
                ? "ID|Eval ID|Node ID|Node Name|Task Group|Version|Desired|Status|Created|Modified"
                : "ID|Node ID|Task Group|Version|Desired|Status|Created|Modified");
        for (Doc allocation : newest) {
            String created = verbose ? Layout.time(allocation.time("CreateTime"), console.zone())
                    : Layout.ago(allocation.time("CreateTime"), console.clock().instant());
            String modified = verbose ? Layout.time(allocation.time("ModifyTime"), console.zone())
                    : Layout.ago(allocation.time("ModifyTime"), console.clock().instant());
            rows.add(Layout.id(allocation.text("ID"), verbose) + "|"
                    + (verbose ? allocation.text("EvalID") + "|" : "")
                    + Layout.id(allocation.text("NodeID"), verbose) + "|"
                    + (verbose ? allocation.text("NodeName") + "|" : "")
                    + allocation.text("TaskGroup") + "|" + allocation.text("JobVersion") + "|" + allocation.text("DesiredStatus") + "|"
                    + allocation.text("ClientStatus") + "|" + created + "|" + modified);
        }
        return Layout.table(rows);
    }

    /** The type, with the two kinds of jobs that only make others. */
    static String type(Doc job) {
        String type = job.text("Type");
        if (job.is("Periodic")) {
            type += "/periodic";
        }
        return job.is("ParameterizedJob") ? type + "/parameterized" : type;
    }

    static String status(Doc job) {
        return job.text("Status") + (job.is("Stop") ? " (stopped)" : "");
    }
}
