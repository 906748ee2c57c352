package muster.cli;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code job plan}. Exit code 0 when nothing would start or stop, 1 when something would, 255 for an error. */
final class JobPlan {
    static final Command COMMAND = new Command("job plan", "Dry-run a job update to determine its effects", """
            Usage: nomad job plan [options] <path>

              Shows what running the job would change, without changing anything. A path of - is standard input; the path may be
              an address of a web server, too.
              Exit codes: 0 no allocations created or destroyed, 1 some are, 255 an error.

            Plan Options:

              -diff                  show the difference to the running job; on by default
              -policy-override       override soft mandatory policies
              -verbose               show the whole difference
            """ + JobSource.HELP.stripTrailing(), JobPlan::run);

    private static final int ERROR = 255;
    private static final String WHAT_NOW = """
            Job Modify Index: %s
            To submit the job with version verification run:

            nomad job run -check-index %s %s

            When running the job with the check-index flag, the job will only be run if the
            job modify index given matches the server-side version. If the index has
            changed, another user has modified the job and the plan's results are
            potentially invalid.
            """;

    private JobPlan() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = JobSource.flags(NomadApi.flags()).switches("diff", "policy-override", "verbose").parse(args);
        if (flags.rest().size() != 1) {
            NomadApi.usage(console, "This command takes one argument: <path>", "job plan");
            return ERROR;
        }
        String path = flags.rest().getFirst();
        Doc job;
        try {
            job = JobSource.job(console, flags, path);
        } catch (JobSource.Refused e) {
            console.fail(e.getMessage());
            return ERROR;
        }
        boolean diff = flags.on("diff", true);
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("Job", job.value());
        request.put("Diff", diff);
        request.put("PolicyOverride", flags.on("policy-override"));
        Doc plan;
        try {
            plan = NomadApi.api(flags, console).send("PUT",
                    JobSource.target("/v1/job/" + NomadApi.idPath(job.text("ID")) + "/plan", flags, console, job), request);
        } catch (ApiException e) {
            console.fail("Error during plan: " + e.getMessage());
            return ERROR;
        }
        print(console, flags, plan, job, path, diff);
        return exitCode(plan);
    }

    private static void print(Console console, GoFlags flags, Doc plan, Doc job, String path, boolean diff) {
        if (diff) {
            console.out().println(PlanText.job(plan.at("Diff"), flags.on("verbose")).replaceFirst("\n+$", "\n"));
        }
        console.out().println("Scheduler dry-run:");
        console.out().print(PlanText.dryRun(plan, job.text("Type").equals("system")));
        Instant next = plan.time("NextPeriodicLaunch");
        if (next != null) {
            console.out().println("- If submitted now, next periodic launch would be at " + Layout.time(next, console.zone())
                    + " (" + JobRun.fromNow(next, console.clock().instant()) + ").");
        }
        console.out().println();
        if (!plan.text("Warnings").isEmpty()) {
            console.out().println("Job Warnings:\n" + plan.text("Warnings") + "\n");
        }
        PlanText.preemptions(plan.at("Annotations").list("PreemptedAllocs")).ifPresent(console.out()::println);
        String index = plan.text("JobModifyIndex");
        console.out().print(String.format(WHAT_NOW, index, index, path));
    }

    private static int exitCode(Doc plan) {
        for (Doc updates : plan.at("Annotations").at("DesiredTGUpdates").members().values()) {
            for (String kind : List.of("Stop", "Place", "Migrate", "DestructiveUpdate", "Canary")) {
                if (updates.number(kind) > 0) {
                    return 1;
                }
            }
        }
        return 0;
    }
}
