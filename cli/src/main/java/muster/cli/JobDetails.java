package muster.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.wire.GoFlags;

/** What {@code job status} prints below the head of a job: children of those that make others, else what the job's groups do. */
final class JobDetails {
    /** For how many groups it is said why they were not placed. */
    private static final int MAX_FAILED_GROUPS = 5;

    private final Api api;
    private final GoFlags flags;
    private final Console console;
    private final Doc job;
    private final String path;
    private final boolean verbose;

    JobDetails(Api api, GoFlags flags, Console console, Doc job) {
        this.api = api;
        this.flags = flags;
        this.console = console;
        this.job = job;
        path = "/v1/job/" + NomadApi.idPath(job.text("ID"));
        verbose = flags.on("verbose");
    }

    /** Whether dispatches make jobs of it. */
    static boolean isParameterized(Doc job) {
        return !job.at("ParameterizedJob").isNull() && !job.is("Dispatched");
    }

    void print() {
        if (isParameterized(job)) {
            Doc rules = job.at("ParameterizedJob");
            section("Parameterized Job", Layout.values(List.of("Payload|" + rules.text("Payload"),
                    "Required Metadata|" + rules.join("MetaRequired", ", "), "Optional Metadata|" + rules.join("MetaOptional", ", "))));
            summary();
            children("/dispatch-", "Dispatched Jobs", "No dispatched instances of parameterized job found");
        } else if (!job.at("Periodic").isNull()) {
            summary();
            children("/periodic-", "Previously Launched Jobs", "No instances of periodic job found");
        } else {
            groups();
        }
    }

    private void section(String title, String text) {
        console.out().println("\n" + title + "\n" + text);
    }

    private Doc get(String what, String... query) {
        return api.get(NomadApi.target(path + what, flags, console, query));
    }

    /** Each group's counts, and those of jobs that this one made. */
    private void summary() {
        Doc summary = get("/summary");
        boolean makesOthers = isParameterized(job) || !job.at("Periodic").isNull();
        if (!makesOthers) {
            List<String> rows = new ArrayList<>();
            rows.add("Task Group|Queued|Starting|Running|Failed|Complete|Lost");
            new TreeMap<>(summary.at("Summary").members()).forEach((name, group) -> rows.add(
                    name + "|" + counts(group, List.of("Queued", "Starting", "Running", "Failed", "Complete", "Lost"))));
            section("Summary", Layout.table(rows));
        }
        Doc children = summary.at("Children");
        boolean some = children.number("Pending") + children.number("Running") + children.number("Dead") > 0;
        if (!children.isNull() && (makesOthers || some)) {
            section(isParameterized(job) ? "Parameterized Job Summary" : "Children Job Summary",
                    Layout.table(List.of("Pending|Running|Dead", counts(children, List.of("Pending", "Running", "Dead")))));
        }
    }

    private static String counts(Doc of, List<String> names) {
        return String.join("|", names.stream().map(name -> String.valueOf(of.number(name))).toList());
    }

    private void children(String infix, String title, String none) {
        List<Doc> found = api.get(NomadApi.target("/v1/jobs", flags, console, "prefix=" + ConsulApi.encode(job.text("ID") + infix))).list();
        if (found.isEmpty()) {
            console.out().println("\n" + none);
            return;
        }
        List<String> rows = new ArrayList<>(List.of("ID|Status"));
        found.stream().filter(child -> child.text("ParentID").equals(job.text("ID")))
                .forEach(child -> rows.add(child.text("ID") + "|" + child.text("Status")));
        section(title, Layout.table(rows));
    }

    private void groups() {
        summary();
        List<Doc> evaluations = new ArrayList<>(get("/evaluations").list());
        evaluations.sort(Comparator.comparingLong((Doc evaluation) -> evaluation.number("CreateIndex")).reversed());
        if (flags.on("evals") || verbose) {
            section("Evaluations", evaluations(evaluations, verbose));
        }
        failures(evaluations);
        List<Doc> allocations = get("/allocations", flags.on("all-allocs") ? "all=true" : "").list();
        reschedules(allocations);
        Doc deployment = get("/deployment");
        if (!deployment.isNull()) {
            section("Latest Deployment", DeploymentText.latest(deployment, verbose, console.zone()));
        }
        actions();
        section("Allocations", JobStatus.allocations(allocations, verbose, console));
    }

    static String evaluations(List<Doc> evaluations, boolean wholeIds) {
        List<String> rows = new ArrayList<>();
        rows.add("ID|Priority|Triggered By|Status|Placement Failures");
        for (Doc evaluation : evaluations) {
            boolean failed = !evaluation.at("FailedTGAllocs").members().isEmpty();
            rows.add(Layout.id(evaluation.text("ID"), wholeIds) + "|" + evaluation.text("Priority") + "|"
                    + evaluation.text("TriggeredBy") + "|" + evaluation.text("Status") + "|"
                    + (evaluation.text("Status").equals("blocked") ? "N/A - In Progress" : String.valueOf(failed)));
        }
        return Layout.table(rows);
    }

    /** What the newest evaluation could not place, if there is anything still waiting. */
    private void failures(List<Doc> evaluations) {
        boolean blocked = evaluations.stream().anyMatch(evaluation -> evaluation.text("Status").equals("blocked"));
        if (!blocked || job.is("Stop")) {
            return;
        }
        evaluations.stream()
                .filter(evaluation -> evaluation.text("Status").equals("complete"))
                .filter(evaluation -> !evaluation.at("FailedTGAllocs").members().isEmpty())
                .findFirst()
                .ifPresent(this::failures);
    }

    private void failures(Doc evaluation) {
        console.out().println("\nPlacement Failure");
        Map<String, Doc> failed = new TreeMap<>(evaluation.at("FailedTGAllocs").members());
        int shown = 0;
        for (Map.Entry<String, Doc> group : failed.entrySet()) {
            if (shown == MAX_FAILED_GROUPS) {
                console.out().println("\nPlacement failures truncated. To see remainder run:\nnomad eval status " + evaluation.text("ID"));
                return;
            }
            console.out().println((shown == 0 ? "" : "\n") + "Task Group \"" + group.getKey() + "\":\n" + PlanText.metrics(group.getValue(), "  "));
            shown++;
        }
    }

    /** When groups whose newest allocation failed are placed again. */
    private void reschedules(List<Doc> allocations) {
        Map<String, Doc> newest = new TreeMap<>();
        allocations.forEach(allocation -> newest.merge(allocation.text("TaskGroup"), allocation,
                (a, b) -> b.number("ModifyTime") > a.number("ModifyTime") ? b : a));
        List<String> rows = new ArrayList<>();
        newest.forEach((group, allocation) -> {
            String followUp = allocation.text("FollowupEvalID");
            Instant until = followUp.isEmpty() ? null : AllocStatus.waitUntil(api, flags, console, followUp);
            if (until != null) {
                rows.add(group + "|" + (verbose ? policy(group) + "|" : "") + Layout.id(followUp, verbose) + "|"
                        + Layout.ago(until, console.clock().instant()));
            }
        });
        if (!rows.isEmpty()) {
            rows.addFirst("Task Group|" + (verbose ? "Reschedule Policy|" : "") + "Eval ID|Eval Time");
            section("Future Rescheduling Attempts", Layout.table(rows));
        }
    }

    private String policy(String group) {
        Doc policy = job.list("TaskGroups").stream().filter(each -> each.text("Name").equals(group)).findFirst().orElse(new Doc(null)).at("ReschedulePolicy");
        String delay = policy.text("DelayFunction") + " with " + Layout.duration(policy.number("Delay")) + " delay";
        return policy.is("Unlimited") ? "unlimited with " + delay + ", max_delay = " + Layout.duration(policy.number("MaxDelay"))
                : policy.number("Attempts") + " in " + Layout.duration(policy.number("Interval")) + " with " + delay;
    }

    private void actions() {
        List<String> rows = new ArrayList<>();
        for (Doc group : job.list("TaskGroups")) {
            for (Doc task : group.list("Tasks")) {
                task.list("Actions").forEach(action -> rows.add(action.text("Name") + "|" + group.text("Name") + "|" + task.text("Name")));
            }
        }
        if (!rows.isEmpty()) {
            rows.addFirst("Action Name|Task Group|Task");
            section("Actions", Layout.table(rows));
        }
    }
}
