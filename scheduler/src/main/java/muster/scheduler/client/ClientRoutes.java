package muster.scheduler.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.driver.DriverException;
import muster.scheduler.driver.TaskHandle;
import muster.scheduler.driver.TaskUsage;
import muster.scheduler.job.Values;
import muster.scheduler.state.TaskState;
import muster.wire.GoQuote;
import muster.wire.Json;

/**
 * The paths {@code /v1/client/*} of the HTTP API, answered by the client of this node (API page "Client"). Statuses and
 * texts are the original's, also where they surprise: {@code cat} and {@code readat} tell their errors with status 200.
 */
public final class ClientRoutes {
    private static final int MAX_READ = 16 << 20;
    private final Client client;

    private ClientRoutes(Client client) {
        this.client = client;
    }

    /** The routes of a client. */
    public static Routes of(Client client) {
        ClientRoutes routes = new ClientRoutes(client);
        Routes list = new Routes();
        list.get("/v1/client/stats", Handlers.blocking(routes::stats));
        for (String method : List.of("GET", "PUT", "POST")) {
            list.add(method, "/v1/client/gc", Handlers.blocking(routes::collectAll));
            list.add(method, "/v1/client/allocation/*rest", Handlers.blocking(routes::allocation));
        }
        list.get("/v1/client/fs/ls/*alloc", Handlers.blocking(routes::ls));
        list.get("/v1/client/fs/stat/*alloc", Handlers.blocking(routes::stat));
        list.get("/v1/client/fs/cat/*alloc", Handlers.blocking(routes::cat));
        list.get("/v1/client/fs/readat/*alloc", Handlers.blocking(routes::readAt));
        list.get("/v1/client/fs/stream/*alloc", Handlers.blocking(routes::stream));
        list.get("/v1/client/fs/logs/*alloc", Handlers.blocking(routes::logs));
        list.get("/v1/client/fs/*rest", Handlers.direct(call -> Reply.text(404, "Invalid method")));
        return list;
    }

    private static Reply json(Call call, Object value) {
        return Reply.of(200, "application/json", Json.write(value, call.has("pretty")));
    }

    /** An answer that stops the handling of a request; text and status are the client's to see. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refusal(int status, String text) {
            super(text, null, false, false);
            this.status = status;
        }
    }

    private interface Work {
        Reply run(AllocationRunner runner) throws Refusal, IOException;
    }

    private Reply with(Call call, int onIoError, Work work) {
        try {
            String id = call.parameter("alloc");
            if (id.isEmpty()) {
                throw new Refusal(400, "must provide a valid alloc id");
            }
            return work.run(runner(id));
        } catch (Refusal e) {
            return Reply.text(e.status, e.getMessage());
        } catch (IOException e) {
            return Reply.text(onIoError, e.getMessage());
        }
    }

    private AllocationRunner runner(String id) throws Refusal {
        return client.allocation(id).orElseThrow(() -> new Refusal(404, "Unknown allocation \"" + id + "\""));
    }

    private static String path(Call call) throws Refusal {
        String path = call.query("path");
        if (path.isEmpty()) {
            throw new Refusal(400, "must provide a file name");
        }
        return path;
    }

    // Files

    private Reply ls(Call call) {
        return with(call, 500, runner -> json(call, FileListing.list(runner.folder().resolve(call.query("path")))));
    }

    private Reply stat(Call call) {
        return with(call, 500, runner -> json(call, FileListing.stat(runner.folder().resolve(path(call)))));
    }

    private Reply cat(Call call) {
        return always200(with(call, 200, runner -> read(runner, path(call), 0, Long.MAX_VALUE)));
    }

    private Reply readAt(Call call) {
        return always200(with(call, 200, runner -> {
            String path = path(call);
            long offset = number(call.query("offset"), "error parsing offset: ");
            long limit = call.query("limit").isEmpty() ? Long.MAX_VALUE : number(call.query("limit"), "error parsing limit: ");
            return read(runner, path, offset, limit);
        }));
    }

    private static Reply always200(Reply reply) {
        return reply instanceof Reply.Full full ? new Reply.Full(200, full.headers(), full.body()) : reply;
    }

    private static Path readable(AllocationRunner runner, String name) throws IOException {
        Path file = runner.folder().resolve(name);
        if (Files.exists(file) && runner.folder().isSecret(file)) {
            throw new IOException("Reading secret file prohibited: " + name);
        }
        if (Files.isDirectory(file)) {
            throw new IOException("file \"" + name + "\" is a directory");
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException("open " + file + ": no such file or directory");
        }
        return file;
    }

    private static Reply read(AllocationRunner runner, String name, long offset, long limit) throws IOException {
        Path file = readable(runner, name);
        long wanted = Math.clamp(Files.size(file) - offset, 0, limit);
        if (wanted <= MAX_READ) {
            return Reply.of(200, FileListing.contentType(file), bytes(file, offset, (int) wanted));
        }
        return new Reply.Streaming(200, Map.of("Content-Type", FileListing.contentType(file)), sink -> {
            for (long at = offset; at < offset + wanted;) {
                byte[] part = bytes(file, at, (int) Math.min(MAX_READ, offset + wanted - at));
                if (part.length == 0) {
                    return;
                }
                sink.write(part);
                at += part.length;
            }
        });
    }

    private static byte[] bytes(Path file, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) > 0) {
                continue;
            }
        }
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    private Reply stream(Call call) {
        return with(call, 400, runner -> {
            String name = path(call);
            FileStream.Order order = order(call, true, "plain");
            Path file = readable(runner, name);
            return new Reply.Streaming(200, Map.of("Content-Type", "application/json"), sink ->
                    new FileStream(runner.folder().root(), Optional.of(name), order, sink)
                            .send(FileStream.single(file), file.getParent()));
        });
    }

    private Reply logs(Call call) {
        return with(call, 500, runner -> {
            String task = call.query("task");
            if (task.isEmpty()) {
                throw new Refusal(400, "must provide task name");
            }
            FileStream.Order order = order(call, false, "plain");
            String type = call.query("type");
            if (!type.equals("stdout") && !type.equals("stderr")) {
                throw new Refusal(400, "must provide log type (stdout/stderr)");
            }
            TaskState state = Values.orEmpty(runner.reported().taskStates()).get(task);
            if (!runner.tasks().containsKey(task)) {
                throw new Refusal(400, "unknown task name " + GoQuote.quote(task));
            }
            if (state == null || state.startedAt() == null) {
                throw new Refusal(404, "task " + GoQuote.quote(task) + " not started yet. No logs available");
            }
            Path folder = runner.folder().logs();
            if (!Files.isDirectory(folder)) {
                throw new Refusal(500, "failed to list entries: open " + folder + ": no such file or directory");
            }
            return new Reply.Streaming(200, Map.of("Content-Type", order.plain() ? "text/plain" : "application/json"), sink ->
                    new FileStream(runner.folder().root(), Optional.empty(), order, sink)
                            .send(FileStream.numbered(folder, task + "." + type), folder));
        });
    }

    private static FileStream.Order order(Call call, boolean followUnlessTold, String plain) throws Refusal {
        boolean follow = flag(call, "follow", followUnlessTold);
        boolean asText = flag(call, plain, false);
        long offset = call.query("offset").isEmpty() ? 0 : number(call.query("offset"), "error parsing offset: ");
        String origin = call.query("origin");
        if (!origin.isEmpty() && !origin.equals("start") && !origin.equals("end")) {
            throw new Refusal(400, "origin must be start or end");
        }
        return new FileStream.Order(origin.equals("end"), offset, follow, asText);
    }

    private static boolean flag(Call call, String name, boolean otherwise) throws Refusal {
        String text = call.query(name);
        return switch (text) {
            case "" -> otherwise;
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new Refusal(400, "failed to parse " + name + " field to boolean: strconv.ParseBool: parsing "
                    + GoQuote.quote(text) + ": invalid syntax");
        };
    }

    private static long number(String text, String what) throws Refusal {
        try {
            return Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new Refusal(400, what + "strconv.ParseInt: parsing " + GoQuote.quote(text) + ": invalid syntax");
        }
    }

    // Allocations

    private Reply allocation(Call call) {
        String[] parts = call.parameter("rest").split("/", -1);
        if (parts.length != 2) {
            return Reply.text(404, "resource not found");
        }
        Function<AllocationRunner, Reply> work = switch (parts[1]) {
            case "stats" -> runner -> usage(call, runner);
            case "restart" -> runner -> restart(call, runner);
            case "signal" -> runner -> signal(call, runner);
            case "templates" -> runner -> templates(call, runner);
            case "gc" -> this::collect;
            default -> null;
        };
        if (work == null) {
            return Reply.text(404, "resource not found");
        }
        try {
            return work.apply(runner(parts[0]));
        } catch (Refusal e) {
            return Reply.text(e.status, e.getMessage());
        }
    }

    /** Ours: what each task's templates wait for, how old their values are, and their last errors. */
    private static Reply templates(Call call, AllocationRunner runner) {
        Map<String, Object> tasks = new TreeMap<>();
        runner.tasks().forEach((name, task) -> tasks.put(name, task.templates()));
        return json(call, tasks);
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
        return json(call, UsageReport.allocation(usage, mhz()));
    }

    /** What a restart or a signal asks for; each API names the task in its own way. */
    private record Request(String signal, String task, String taskName) {}

    private static Request request(Call call) {
        return call.body().length == 0 ? new Request(null, null, null) : Json.read(Request.class, call.body(), Json.Unknown.IGNORE);
    }

    private Reply restart(Call call, AllocationRunner runner) {
        String name = Values.text(request(call).taskName());
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
        return json(call, index);
    }

    private Reply collect(AllocationRunner runner) {
        return client.collect(runner)
                ? Reply.empty(200)
                : Reply.text(500, "allocation \"" + runner.allocation().id() + "\" is still running: stop it first");
    }

    private Reply collectAll(Call call) {
        client.collectAll();
        return Reply.empty(200);
    }

    private Reply stats(Call call) {
        String id = call.query("node_id");
        if (!id.isEmpty() && !id.equals(client.node().id())) {
            return Reply.text(404, "Unknown node " + id);
        }
        try {
            double total = Double.parseDouble(client.node().attributes().getOrDefault("cpu.totalcompute", "0"));
            return json(call, UsageReport.node(client.settings().dataDir(), total, client.clock().instant()));
        } catch (IOException e) {
            return Reply.text(500, e.toString());
        }
    }
}
