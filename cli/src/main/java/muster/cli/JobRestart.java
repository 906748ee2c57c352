package muster.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import muster.wire.GoDuration;
import muster.wire.GoFlags;

/** {@code job restart}: restarts or replaces a job's running allocations, some at a time. */
final class JobRestart {
    static final Command COMMAND = new Command("job restart", "Restart or reschedule allocations for a job", """
            Usage: nomad job restart [options] <job>

              Restarts the running allocations of a job in place, or has others take their place, a batch after the other. The next batch
              begins when the one before runs again.

            Restart Options:

              -all-tasks             begin anew with all tasks, also with those that have ended
              -batch-size=<n|n%>     how many allocations at a time; 1 without it
              -batch-wait=<duration> how long to wait between batches, or ask
              -group=<group>         only allocations of this group; may be repeated
              -on-error=<ask|fail>   what to do when one can't be restarted; ask without it
              -reschedule            stop allocations, so that others take their place
              -task=<task>           restart only this task; may be repeated
              -verbose               whole ids
              -yes                   ask nothing""", JobRestart::run);

    private static final Duration LONGEST = Duration.ofMinutes(30);

    private final Console console;
    private final GoFlags flags;
    private final Api api;
    private int failed;

    private JobRestart(Console console, GoFlags flags) {
        this.console = console;
        this.flags = flags;
        api = NomadApi.api(flags, console);
    }

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("all-tasks", "reschedule", "verbose", "yes").texts("batch-size", "batch-wait", "on-error")
                .lists("group", "task").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <job>", "job restart");
        }
        String fault = fault(flags);
        if (!fault.isEmpty()) {
            return NomadApi.usage(console, fault, "job restart");
        }
        try {
            return new JobRestart(console, flags).restart(flags.rest().getFirst());
        } catch (ApiException e) {
            return console.fail("Error restarting job: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    /** What is wrong with the flags; "" for nothing. */
    private static String fault(GoFlags flags) {
        if (flags.on("all-tasks") && (flags.on("reschedule") || !flags.all("task").isEmpty())) {
            return "Invalid options: -all-tasks is for whole allocations in place, it can't be used with -task or -reschedule";
        }
        if (flags.on("reschedule") && !flags.all("task").isEmpty()) {
            return "Invalid options: -reschedule is for whole allocations, it can't be used with -task";
        }
        if (!flags.text("batch-size", "1").matches("[1-9][0-9]{0,8}%?")) {
            return "Invalid value \"" + flags.text("batch-size") + "\" for -batch-size: a number above zero, or a percentage";
        }
        String wait = flags.text("batch-wait", "0s");
        if (!wait.equals("ask") && GoDuration.tryParse(wait).isEmpty()) {
            return "Invalid value \"" + wait + "\" for -batch-wait: a duration, or ask";
        }
        if (flags.on("yes") && (wait.equals("ask") || flags.text("on-error").equals("ask"))) {
            return "Invalid options: -yes asks nothing, so that neither -batch-wait nor -on-error can be ask";
        }
        return List.of("ask", "fail").contains(flags.text("on-error", "ask")) ? "" : "Invalid value \"" + flags.text("on-error") + "\" for -on-error: ask or fail";
    }

    private int restart(String given) throws InterruptedException {
        Lookups.Found job = Lookups.job(api, flags, console, given, "listing jobs");
        if (job.isMissing()) {
            return job.exit();
        }
        String id = job.stub().text("ID");
        if (flags.on("reschedule") && job.stub().text("Type").equals("sysbatch")) {
            return console.fail("Jobs of type \"sysbatch\" are not allowed to be rescheduled: nothing takes their place");
        }
        List<Doc> allocations = wanted(id);
        if (allocations.isEmpty()) {
            console.out().println("No allocations to restart");
            return 0;
        }
        if (job.stub().at("Stop").value() instanceof Boolean stopped && stopped && flags.on("reschedule")) {
            return console.fail("Job \"" + id + "\" is stopped: nothing takes the place of its allocations");
        }
        int batch = batchSize(allocations.size());
        heading((flags.on("reschedule") ? "Rescheduling " : "Restarting ") + count(allocations.size()));
        for (int from = 0; from < allocations.size(); from += batch) {
            if (from > 0 && !pause()) {
                return 1;
            }
            List<Doc> now = allocations.subList(from, Math.min(from + batch, allocations.size()));
            if (batch < allocations.size()) {
                heading("Batch " + (from / batch + 1) + " of " + (allocations.size() + batch - 1) / batch + ": " + count(now.size()));
            }
            if (!together(now, job.stub().text("Type"), id)) {
                return 1;
            }
        }
        heading("Finished job restart");
        console.out().println();
        console.out().println(failed == 0 ? "All allocations restarted successfully!"
                : failed + " of " + count(allocations.size()) + " could not be restarted");
        return failed == 0 ? 0 : 1;
    }

    private List<Doc> wanted(String job) {
        List<Doc> found = new ArrayList<>();
        for (Doc allocation : api.get(NomadApi.target("/v1/job/" + NomadApi.idPath(job) + "/allocations", flags, console)).list()) {
            boolean hasTask = flags.all("task").isEmpty()
                    || flags.all("task").stream().anyMatch(task -> allocation.at("TaskStates").members().containsKey(task));
            boolean ofGroup = flags.all("group").isEmpty() || flags.all("group").contains(allocation.text("TaskGroup"));
            if (allocation.text("ClientStatus").equals("running") && allocation.text("DesiredStatus").equals("run") && hasTask && ofGroup) {
                found.add(allocation);
            }
        }
        return found;
    }

    private int batchSize(int all) {
        String text = flags.text("batch-size", "1");
        return text.endsWith("%") ? Math.clamp(Math.ceilDiv(all * Long.parseLong(text.substring(0, text.length() - 1)), 100L), 1, all)
                : Integer.parseInt(text);
    }

    /** Between two batches; false where nobody wants to go on. */
    private boolean pause() throws InterruptedException {
        String wait = flags.text("batch-wait", "0s");
        if (wait.equals("ask")) {
            return Confirmation.given(console, "Proceed with the next batch? [y/N]", "Cancelling job restart");
        }
        Duration pause = GoDuration.parse(wait);
        if (pause.isPositive()) {
            heading("Waiting " + wait + " before restarting the next batch");
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
        }
        return true;
    }

    /** Restarts a batch and waits until it runs again; false where nobody wants to go on after a failure. */
    private boolean together(List<Doc> batch, String type, String job) throws InterruptedException {
        List<Doc> begun = new ArrayList<>();
        for (Doc allocation : batch) {
            try {
                begin(allocation, type, job);
                begun.add(allocation);
            } catch (ApiException e) {
                if (!goOn(allocation, e.getMessage())) {
                    return false;
                }
            }
        }
        for (Doc allocation : begun) {
            try {
                if (flags.on("reschedule")) {
                    String next = replaced(allocation, type, job);
                    line("Allocation \"" + id(allocation) + "\" replaced by \"" + Layout.id(next, flags.on("verbose")) + "\"");
                } else {
                    running(allocation.text("ID"));
                }
            } catch (ApiException e) {
                if (!goOn(allocation, e.getMessage())) {
                    return false;
                }
            }
        }
        return true;
    }

    private void begin(Doc allocation, String type, String job) {
        String id = allocation.text("ID");
        if (flags.on("reschedule")) {
            line("Rescheduling allocation \"" + id(allocation) + "\" of group \"" + allocation.text("TaskGroup") + "\"");
            api.send("PUT", NomadApi.target("/v1/allocation/" + id + "/stop", flags, console), Map.of());
            if (type.equals("system")) {
                api.send("PUT", NomadApi.target("/v1/job/" + NomadApi.idPath(job) + "/evaluate", flags, console), Map.of("JobID", job));
            }
            return;
        }
        List<String> tasks = flags.all("task").stream().filter(allocation.at("TaskStates").members()::containsKey).toList();
        boolean all = flags.on("all-tasks");
        line("Restarting " + (all ? "all tasks" : tasks.isEmpty() ? "running tasks" : "task \"" + String.join("\", \"", tasks) + "\"")
                + " in group \"" + allocation.text("TaskGroup") + "\" for allocation \"" + id(allocation) + "\"");
        for (String task : tasks.isEmpty() ? List.of("") : tasks) {
            api.send("PUT", NomadApi.target("/v1/client/allocation/" + id + "/restart", flags, console), all ? Map.of("AllTasks", true) : Map.of("TaskName", task));
        }
    }

    /** Says what failed; whether to go on all the same. */
    private boolean goOn(Doc allocation, String reason) {
        failed++;
        console.err().println("Error restarting allocation \"" + id(allocation) + "\": " + reason);
        if (flags.on("yes") || flags.text("on-error", "ask").equals("fail")) {
            return false;
        }
        return Confirmation.given(console, "Continue with the other allocations? [y/N]", "Cancelling job restart");
    }

    /** Waits until an allocation runs; throws where it ends instead, or takes too long. */
    private void running(String allocation) {
        String index = "";
        Instant last = console.clock().instant().plus(LONGEST);
        while (console.clock().instant().isBefore(last)) {
            Api.Answer answer = look("/v1/allocation/" + allocation, index);
            Doc now = answer.json();
            switch (now.text("ClientStatus")) {
                case "running" -> {
                    return;
                }
                case "failed", "lost", "complete" -> throw new ApiException(0, "allocation \"" + allocation + "\" is " + now.text("ClientStatus"));
                default -> index = answer.headers().getOrDefault("x-nomad-index", "");
            }
        }
        throw new ApiException(0, "allocation \"" + allocation + "\" does not run yet after " + GoDuration.format(LONGEST));
    }

    /** Waits for the running allocation that took another's place. */
    private String replaced(Doc old, String type, String job) {
        String index = "";
        Instant last = console.clock().instant().plus(LONGEST);
        while (console.clock().instant().isBefore(last)) {
            Api.Answer answer = look("/v1/job/" + NomadApi.idPath(job) + "/allocations", index);
            for (Doc other : answer.json().list()) {
                if (takesPlace(other, old, type)) {
                    running(other.text("ID"));
                    return other.text("ID");
                }
            }
            index = answer.headers().getOrDefault("x-nomad-index", "");
        }
        throw new ApiException(0, "nothing took its place after " + GoDuration.format(LONGEST));
    }

    /** The next of the same name; those of system jobs have one name on all nodes. */
    private static boolean takesPlace(Doc other, Doc old, String type) {
        return other.text("Name").equals(old.text("Name")) && other.text("DesiredStatus").equals("run")
                && other.number("CreateIndex") > old.number("ModifyIndex") && (!type.equals("system") || other.text("NodeID").equals(old.text("NodeID")));
    }

    private Api.Answer look(String path, String index) {
        return Api.good(api.call("GET", NomadApi.target(path, flags, console, index.isEmpty() ? "" : "index=" + index,
                index.isEmpty() ? "" : "wait=5s"), new byte[0]));
    }

    private static String count(int allocations) {
        return allocations + (allocations == 1 ? " allocation" : " allocations");
    }

    private String id(Doc allocation) {
        return Layout.id(allocation.text("ID"), flags.on("verbose"));
    }

    private void heading(String text) {
        console.out().println("==> " + time() + ": " + text);
        console.out().flush();
    }

    private void line(String text) {
        console.out().println("    " + time() + ": " + text);
        console.out().flush();
    }

    private String time() {
        return Layout.time(console.clock().instant(), console.zone());
    }
}
