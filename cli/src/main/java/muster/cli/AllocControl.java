package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code alloc restart}, {@code alloc signal} and {@code alloc stop}: three requests of one shape. */
final class AllocControl {
    static final Command RESTART = new Command("alloc restart", "Restart a running allocation", """
            Usage: nomad alloc restart [options] <allocation> <task>

              Restarts one task in place, or all of them that run.

              -all-tasks             begin anew with all tasks, also with those that have ended
              -task=<task-name>      the task
              -verbose               whole ids""", AllocControl::restart);
    static final Command SIGNAL = new Command("alloc signal", "Signal a running allocation", """
            Usage: nomad alloc signal [options] <allocation> <task>

              Sends a signal to one task, or to all of them.

              -s=<signal>            the signal; SIGKILL without it
              -task=<task-name>      the task
              -verbose               whole ids""", AllocControl::signal);
    static final Command STOP = new Command("alloc stop", "Stop and reschedule a running allocation", """
            Usage: nomad alloc stop [options] <allocation>

              Stops an allocation; another takes its place.

              -detach                return after asking for it
              -no-shutdown-delay     leave out the delays between services and signal
              -verbose               whole ids""", AllocControl::stop);

    private AllocControl() {}

    private static int restart(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("verbose", "all-tasks").texts("task").parse(args);
        if (flags.rest().isEmpty() || flags.rest().size() > 2) {
            return NomadApi.usage(console, "This command takes one or two arguments: <alloc-id> <task-name>", "alloc restart");
        }
        if (flags.on("all-tasks") && !task(flags).isEmpty()) {
            return console.fail("The -all-tasks option is not allowed when restarting a specific task.");
        }
        return onClient(console, flags, "restart", "", "Failed to restart allocation:\n\n");
    }

    private static int signal(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("verbose").texts("s", "task").parse(args);
        if (flags.rest().isEmpty() || flags.rest().size() > 2) {
            return NomadApi.usage(console, "This command takes up to two arguments: <alloc-id> <task>", "alloc signal");
        }
        return onClient(console, flags, "signal", flags.text("s", "SIGKILL"), "Error signalling allocation: ");
    }

    private static String task(GoFlags flags) {
        return flags.text("task", flags.rest().size() == 2 ? flags.rest().get(1) : "");
    }

    private static int onClient(Console console, GoFlags flags, String verb, String signal, String error) {
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.allocation(api, flags, console, flags.rest().getFirst(), "querying allocation");
        if (found.isMissing()) {
            return found.exit();
        }
        String id = found.stub().text("ID");
        try {
            Map<String, Object> request = new LinkedHashMap<>();
            if (flags.on("all-tasks")) {
                request.put("AllTasks", true);
            }
            if (!task(flags).isEmpty()) {
                Doc allocation = api.get(NomadApi.target("/v1/allocation/" + id, flags, console));
                String task = AllocLogs.task(console, allocation, task(flags));
                if (task == null) {
                    return 1;
                }
                request.put(verb.equals("restart") ? "TaskName" : "Task", task);
            }
            if (!signal.isEmpty()) {
                request.put("Signal", signal);
            }
            api.send("PUT", NomadApi.target("/v1/client/allocation/" + id + "/" + verb, flags, console), request);
            return 0;
        } catch (ApiException e) {
            return console.fail(error + e.getMessage());
        }
    }

    private static int stop(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("detach", "no-shutdown-delay", "verbose").parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <alloc-id>", "alloc stop");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = Lookups.allocation(api, flags, console, flags.rest().getFirst(), "querying allocation");
        if (found.isMissing()) {
            return found.exit();
        }
        String evaluation;
        try {
            evaluation = api.send("PUT", NomadApi.target("/v1/allocation/" + found.stub().text("ID") + "/stop", flags, console,
                            flags.on("no-shutdown-delay") ? "no_shutdown_delay=true" : ""), Map.of())
                    .text("EvalID");
        } catch (ApiException e) {
            return console.fail("Error stopping allocation: " + e.getMessage());
        }
        if (flags.on("detach")) {
            console.out().println(evaluation);
            return 0;
        }
        return new Monitor(api, flags, console, flags.on("verbose")).evaluation(evaluation);
    }
}
