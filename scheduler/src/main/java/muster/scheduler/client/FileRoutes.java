package muster.scheduler.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.job.Values;
import muster.scheduler.state.TaskState;
import muster.wire.GoQuote;

/** The paths {@code /v1/client/fs/*}: an allocation's folders, files and logs (API page "Client": list files and what follows). */
final class FileRoutes {
    private static final int MAX_READ = 16 << 20;
    private final Client client;

    FileRoutes(Client client) {
        this.client = client;
    }

    void add(Routes list) {
        list.get("/v1/client/fs/ls/*alloc", Handlers.blocking(this::ls));
        list.get("/v1/client/fs/stat/*alloc", Handlers.blocking(this::stat));
        list.get("/v1/client/fs/cat/*alloc", Handlers.blocking(this::cat));
        list.get("/v1/client/fs/readat/*alloc", Handlers.blocking(this::readAt));
        list.get("/v1/client/fs/stream/*alloc", Handlers.blocking(this::stream));
        list.get("/v1/client/fs/logs/*alloc", Handlers.blocking(this::logs));
        list.get("/v1/client/fs/*rest", Handlers.direct(call -> Reply.text(404, "Invalid method")));
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
            return work.run(Refusal.runner(client, id));
        } catch (Refusal e) {
            return e.reply();
        } catch (IOException e) {
            return Reply.text(onIoError, client.removal(call.parameter("alloc")).map(why -> why + ": ").orElse("") + e.getMessage());
        }
    }

    private static String path(Call call) throws Refusal {
        String path = call.query("path");
        if (path.isEmpty()) {
            throw new Refusal(400, "must provide a file name");
        }
        return path;
    }

    private Reply ls(Call call) {
        return with(call, 500, runner -> Refusal.json(call, FileListing.list(runner.folder().resolve(call.query("path")))));
    }

    private Reply stat(Call call) {
        return with(call, 500, runner -> Refusal.json(call, FileListing.stat(runner.folder().resolve(path(call)))));
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
                throw new Refusal(500, "failed to list entries: " + client.removal(runner.allocation().id()).map(why -> why + ": ").orElse("")
                        + "open " + folder + ": no such file or directory");
            }
            return new Reply.Streaming(200, Map.of("Content-Type", order.plain() ? "text/plain" : "application/json"), sink ->
                    new FileStream(runner.folder().root(), Optional.empty(), order, sink)
                            .send(FileStream.numbered(folder, task + "." + type), folder));
        });
    }

    private static FileStream.Order order(Call call, boolean followUnlessTold, String plain) throws Refusal {
        boolean follow = Refusal.flag(call, "follow", followUnlessTold);
        boolean asText = Refusal.flag(call, plain, false);
        long offset = call.query("offset").isEmpty() ? 0 : number(call.query("offset"), "error parsing offset: ");
        String origin = call.query("origin");
        if (!origin.isEmpty() && !origin.equals("start") && !origin.equals("end")) {
            throw new Refusal(400, "origin must be start or end");
        }
        return new FileStream.Order(origin.equals("end"), offset, follow, asText);
    }

    private static long number(String text, String what) throws Refusal {
        try {
            return Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new Refusal(400, what + "strconv.ParseInt: parsing " + GoQuote.quote(text) + ": invalid syntax");
        }
    }
}
