package muster.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
              -verbose               whole ids and times
            """ + Formatted.HELP, JobStatus::run);

    private JobStatus() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).switches("all-allocs", "evals", "short", "verbose").parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes either no arguments or one: <job>", "job status");
        }
        Api api = NomadApi.api(flags, console);
        return flags.rest().isEmpty() ? list(console, api, flags) : one(console, api, flags, flags.rest().getFirst());
    }

    static int list(Console console, Api api, GoFlags flags) {
        try {
            List<Doc> jobs = api.get(NomadApi.target("/v1/jobs", flags, console)).list();
            if (Formatted.isWanted(flags)) {
                boolean everywhere = NomadApi.isEverywhere(flags, console);
                List<Object> all = new ArrayList<>();
                for (Doc job : jobs) {
                    if (everywhere) {
                        flags.replace("namespace", job.text("Namespace"));
                    }
                    all.add(whole(api, flags, console, job.text("ID")));
                }
                return Formatted.print(console, flags, all);
            }
            console.out().println(jobs.isEmpty() ? "No running jobs" : Lookups.jobList(jobs, NomadApi.isEverywhere(flags, console), console));
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
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, List.of(whole(api, flags, console, found.stub().text("ID"))));
            }
            Doc job = api.get(NomadApi.target(path(found.stub().text("ID")), flags, console));
            console.out().println(Layout.values(head(console, api, flags, job)));
            if (!flags.on("short")) {
                new JobDetails(api, flags, console, job).print();
            }
            return 0;
        } catch (ApiException e) {
            return console.fail("Error querying job: " + e.getMessage());
        }
    }

    private static String path(String id) {
        return "/v1/job/" + NomadApi.idPath(id);
    }

    /** What the text is made of, as one object. */
    private static Object whole(Api api, GoFlags flags, Console console, String id) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("Summary", api.get(NomadApi.target(path(id) + "/summary", flags, console)).value());
        whole.put("Allocations", api.get(NomadApi.target(path(id) + "/allocations", flags, console, flags.on("all-allocs") ? "all=true" : "")).value());
        whole.put("LatestDeployment", api.get(NomadApi.target(path(id) + "/deployment", flags, console)).value());
        whole.put("Evaluations", api.get(NomadApi.target(path(id) + "/evaluations", flags, console)).value());
        return whole;
    }

    private static List<String> head(Console console, Api api, GoFlags flags, Doc job) {
        boolean periodic = !job.at("Periodic").isNull();
        boolean parameterized = JobDetails.isParameterized(job);
        List<String> rows = new ArrayList<>(List.of(
                "ID|" + job.text("ID"),
                "Name|" + job.text("Name"),
                "Submit Date|" + Layout.time(job.time("SubmitTime"), console.zone()),
                "Type|" + job.text("Type"),
                "Priority|" + job.text("Priority"),
                "Datacenters|" + job.join("Datacenters", ","),
                "Namespace|" + job.text("Namespace"),
                "Status|" + status(job),
                "Periodic|" + periodic,
                "Parameterized|" + parameterized));
        if (!job.text("NodePool").isEmpty()) {
            rows.add(7, "Node Pool|" + job.text("NodePool"));
        }
        if (periodic && !parameterized) {
            Instant next = job.is("Stop") ? null : JobRun.nextLaunch(api, flags, console, job);
            if (job.is("Stop")) {
                rows.add("Next Periodic Launch|none (job stopped)");
            } else if (next != null) {
                rows.add("Next Periodic Launch|" + Layout.time(next, console.zone()) + " (" + JobRun.fromNow(next, console.clock().instant()) + ")");
            }
        }
        Doc ui = job.at("UI");
        if (!ui.text("Description").isEmpty()) {
            rows.add("UI Description|" + ui.text("Description").replace('|', '/'));
        }
        return rows;
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
