package muster.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import muster.wire.GoFlags;

/** {@code alloc logs}. */
final class AllocLogs {
    static final Command COMMAND = new Command("alloc logs", "Streams the logs of a task", """
            Usage: nomad alloc logs [options] <allocation> <task>

              Prints a task's standard output. The task may be left out when there is only one.

            Logs Specific Options:

              -stdout                standard output, as without; with -stderr both
              -stderr                standard error instead
              -task=<name>           the task
              -f                     go on as it grows
              -tail                  the last ten lines, or what -n or -c say
              -n=<lines>             that many of the last lines
              -c=<bytes>             that many of the last bytes
              -job                   the first argument is a job: its newest running allocation
              -group=<name>          with -job: of this group
              -verbose               whole ids""", AllocLogs::run);

    private AllocLogs() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("stdout", "stderr", "f", "tail", "job", "verbose").texts("n", "c", "task", "group").parse(args);
        List<String> rest = flags.rest();
        if (rest.isEmpty()) {
            return NomadApi.usage(console, flags.on("job") ? "A job ID is required" : "An allocation ID is required", "alloc logs");
        }
        if (rest.size() > 2) {
            return NomadApi.usage(console, "This command takes one or two arguments", "alloc logs");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = flags.on("job")
                ? ofJob(api, flags, console, rest.getFirst())
                : Lookups.allocation(api, flags, console, rest.getFirst(), "querying allocation");
        if (found.isMissing()) {
            return found.exit();
        }
        try {
            Doc allocation = api.get(NomadApi.target("/v1/allocation/" + found.stub().text("ID"), flags, console));
            String task = task(console, allocation, flags.text("task", rest.size() == 2 ? rest.get(1) : ""));
            if (task == null) {
                return 1;
            }
            if (flags.on("stdout") && flags.on("stderr")) {
                return both(console, api, flags, allocation.text("ID"), task);
            }
            return print(console, api, flags, allocation.text("ID"), task, flags.on("stderr") ? "stderr" : "stdout");
        } catch (ApiException e) {
            return console.fail("Error querying allocation: " + e.getMessage());
        }
    }

    static Lookups.Found ofJob(Api api, GoFlags flags, Console console, String job) {
        if (NomadApi.isEverywhere(flags, console)) {
            Lookups.Found found = Lookups.job(api, flags, console, job, "fetching allocations");
            if (found.isMissing()) {
                return found;
            }
        }
        List<Doc> allocations;
        try {
            allocations = new ArrayList<>(api
                    .get(NomadApi.target("/v1/job/" + NomadApi.idPath(job) + "/allocations", flags, console))
                    .list());
        } catch (ApiException e) {
            return new Lookups.Found(null, console.fail("Error fetching allocations: " + e.getMessage()));
        }
        if (!flags.text("group").isEmpty()) {
            allocations.removeIf(allocation -> !allocation.text("TaskGroup").equals(flags.text("group")));
        }
        if (allocations.isEmpty()) {
            return new Lookups.Found(null, console.fail(
                    "Error fetching allocations: job \"" + job + "\" doesn't exist or it has no allocations"));
        }
        allocations.sort(Comparator.comparing((Doc allocation) -> allocation.text("ClientStatus").equals("running"))
                .thenComparing(allocation -> allocation.number("CreateIndex")));
        return new Lookups.Found(allocations.getLast(), 0);
    }

    /** The named task, or the only one; null after a message. */
    static String task(Console console, Doc allocation, String named) {
        List<String> tasks = new ArrayList<>();
        for (Doc group : allocation.at("Job").list("TaskGroups")) {
            if (group.text("Name").equals(allocation.text("TaskGroup"))) {
                group.list("Tasks").forEach(task -> tasks.add(task.text("Name")));
            }
        }
        if (named.isEmpty() && tasks.size() == 1) {
            return tasks.getFirst();
        }
        if (named.isEmpty()) {
            console.err().println("Allocation \"" + Layout.id(allocation.text("ID"), false) + "\" is running the following tasks:");
            tasks.forEach(task -> console.err().println("  * " + task));
            console.err().println("\nPlease specify the task.");
            return null;
        }
        if (!tasks.contains(named)) {
            console.err().println("Could not find task named: " + named + ", found:\n" + String.join("\n", tasks));
            return null;
        }
        return named;
    }

    /** Both at once where they are followed, as lines of either come; else one after the other. */
    private static int both(Console console, Api api, GoFlags flags, String id, String task) {
        if (!flags.on("f")) {
            return Math.max(print(console, api, flags, id, task, "stdout"), print(console, api, flags, id, task, "stderr"));
        }
        try (ExecutorService two = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> out = two.submit(() -> print(console, api, flags, id, task, "stdout"));
            Future<Integer> err = two.submit(() -> print(console, NomadApi.api(flags, console), flags, id, task, "stderr"));
            return Math.max(out.get(), err.get());
        } catch (ExecutionException e) {
            return console.fail("Error reading file: " + e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static int print(Console console, Api api, GoFlags flags, String id, String task, String type) {
        LastLines last = new LastLines(flags);
        String target = NomadApi.target("/v1/client/fs/logs/" + id, flags, console, "task=" + ConsulApi.encode(task),
                "type=" + type, "follow=" + flags.on("f"), "plain=true",
                last.origin(), last.offset());
        Api.Answer answer = api.stream(target, (bytes, length) -> {
            if (!last.take(bytes, length)) {
                console.out().write(bytes, 0, length);
                console.out().flush();
                if (console.out().checkError()) {
                    throw new IOException("standard output is closed");
                }
            }
        });
        if (answer.status() / 100 != 2) {
            return console.fail("Error reading file: Unexpected response code: " + answer.status() + " (" + answer.text() + ")");
        }
        console.out().writeBytes(last.kept());
        return 0;
    }
}
