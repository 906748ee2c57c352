package muster.scheduler.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.artifact.Snapshots;
import muster.scheduler.driver.DriverException;
import muster.scheduler.driver.TaskHandle;
import muster.scheduler.driver.TaskUsage;
import muster.scheduler.job.Values;
import muster.wire.Json;

/** The paths {@code /v1/client/allocation/ID/*}: use, restart, signal, templates, checks, removal, and commands beside tasks. */
final class AllocationRoutes {
    private final Client client;
    private final Exec exec;

    AllocationRoutes(Client client) {
        this.client = client;
        this.exec = new Exec(client);
    }

    private interface Work {
        Reply run(AllocationRunner runner);
    }

    void add(Routes list) {
        for (String method : List.of("GET", "PUT", "POST")) {
            list.add(method, "/v1/client/allocation/*rest", Handlers.blocking(this::allocation));
        }
    }

    private Reply allocation(Call call) {
        String[] parts = call.parameter("rest").split("/", -1);
        if (parts.length != 2) {
            return Reply.text(404, "resource not found");
        }
        if (parts[1].equals("exec")) {
            try {
                return exec.reply(call, parts[0]);
            } catch (Refusal e) {
                return e.reply();
            }
        }
        Work work = switch (parts[1]) {
            case "stats" -> runner -> usage(call, runner);
            case "restart" -> runner -> restart(call, runner);
            case "signal" -> runner -> signal(call, runner);
            case "templates" -> runner -> templates(call, runner);
            case "checks" -> runner -> Refusal.json(call, runner.checks());
            case "snapshot" -> AllocationRoutes::snapshot;
            case "gc" -> this::collect;
            default -> null;
        };
        if (work == null) {
            return Reply.text(404, "resource not found");
        }
        try {
            return work.run(Refusal.runner(client, parts[0]));
        } catch (Refusal e) {
            return e.reply();
        }
    }

    /** Ours: what each task's templates wait for, how old their values are, and their last errors. */
    private static Reply templates(Call call, AllocationRunner runner) {
        Map<String, Object> tasks = new TreeMap<>();
        runner.tasks().forEach((name, task) -> tasks.put(name, task.templates()));
        return Refusal.json(call, tasks);
    }

    private double mhz() {
        Map<String, String> attributes = client.node().attributes();
        return Double.parseDouble(attributes.getOrDefault("cpu.frequency", "0"));
    }

    private Reply usage(Call call, AllocationRunner runner) {
        Map<String, TaskUsage> usage = new TreeMap<>();
        String only = call.query("task");
        runner.tasks().forEach((name, task) -> {
            if (only.isEmpty() || only.equals(name)) {
                task.handle().map(TaskHandle::usage).ifPresent(found -> usage.put(name, found));
            }
        });
        return Refusal.json(call, UsageReport.allocation(usage, mhz()));
    }

    /** What a restart or a signal asks for; each API names the task in its own way. */
    private record Request(String signal, String task, String taskName, boolean allTasks) {}

    private static Request request(Call call) {
        return call.body().length == 0 ? new Request(null, null, null, false) : Json.read(Request.class, call.body(), Json.Unknown.IGNORE);
    }

    private Reply restart(Call call, AllocationRunner runner) {
        Request request = request(call);
        String name = Values.text(request.taskName());
        if (request.allTasks()) {
            if (!name.isEmpty()) {
                return Reply.text(400, "Task name must not be set when AllTasks is true");
            }
            return runner.restartAll("User requested all tasks to restart") ? done(call) : Reply.text(500, "Task not running");
        }
        if (!name.isEmpty()) {
            TaskRunner task = runner.tasks().get(name);
            if (task == null) {
                return Reply.text(500, "Could not find task runner for task: " + name);
            }
            return task.restart("User requested restart", false) ? done(call) : Reply.text(500, "Task not running");
        }
        return each(call, runner, (task, ignored) -> task.restart("User requested restart", false), failed -> "Task not running");
    }

    private Reply signal(Call call, AllocationRunner runner) {
        Request request = request(call);
        String signal = Values.text(request.signal());
        String name = Values.text(request.task());
        if (!name.isEmpty()) {
            TaskRunner task = runner.tasks().get(name);
            if (task == null) {
                return Reply.text(500, "Task not found");
            }
            return signalled(task, signal) ? done(call) : Reply.text(500, "Task not running");
        }
        return each(call, runner, (task, ignored) -> signalled(task, signal),
                failed -> "Failed to signal task: " + failed + ", err: Task not running");
    }

    private static boolean signalled(TaskRunner task, String signal) {
        try {
            return task.signal(signal);
        } catch (DriverException e) {
            return false;
        }
    }

    /** Does it to all tasks; one success is enough, as tasks that ended by design can't take part. */
    private static Reply each(Call call, AllocationRunner runner, java.util.function.BiPredicate<TaskRunner, String> work,
            Function<String, String> failure) {
        StringBuilder failures = new StringBuilder();
        int failed = 0;
        for (Map.Entry<String, TaskRunner> task : runner.tasks().entrySet()) {
            if (!work.test(task.getValue(), task.getKey())) {
                failures.append("\t* ").append(failure.apply(task.getKey())).append('\n');
                failed++;
            }
        }
        if (failed < runner.tasks().size()) {
            return done(call);
        }
        return Reply.text(500, failed + (failed == 1 ? " error" : " errors") + " occurred:\n" + failures + "\n");
    }

    private static Reply done(Call call) {
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("Index", 0);
        return Refusal.json(call, index);
    }

    /** The data that an allocation on another node takes over: what its group's disk keeps. */
    private static Reply snapshot(AllocationRunner runner) {
        if (!runner.isEnded()) {
            return Reply.text(500, "allocation \"" + runner.allocation().id() + "\" is still running: its data can't be copied yet");
        }
        List<Path> folders = new ArrayList<>(List.of(Path.of("alloc", "data")));
        runner.tasks().keySet().forEach(task -> folders.add(Path.of(task, "local")));
        return new Reply.Streaming(200, Map.of("Content-Type", "application/x-tar"), sink ->
                Snapshots.write(runner.folder().root(), folders, new SinkStream(sink)));
    }

    /** A tar is made of many small writes; what goes out goes in larger pieces. */
    private static final class SinkStream extends OutputStream {
        private static final int PIECE = 64 << 10;
        private final Reply.Sink sink;
        private final ByteArrayOutputStream piece = new ByteArrayOutputStream(PIECE);

        SinkStream(Reply.Sink sink) {
            this.sink = sink;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int at, int length) throws IOException {
            piece.write(bytes, at, length);
            if (piece.size() >= PIECE) {
                send();
            }
        }

        private void send() throws IOException {
            try {
                sink.write(piece.toByteArray());
                piece.reset();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }

        @Override
        public void close() throws IOException {
            send();
        }
    }

    private Reply collect(AllocationRunner runner) {
        return client.collect(runner)
                ? Reply.empty(200)
                : Reply.text(500, "allocation \"" + runner.allocation().id() + "\" is still running: stop it first");
    }
}
