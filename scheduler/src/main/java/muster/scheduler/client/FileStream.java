package muster.scheduler.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import muster.http.Reply;
import muster.wire.Json;

/**
 * Sends a file, or the numbered files of a task's output as if they were one, and what is added to them, to a client of the
 * API. Blocks; used by one virtual thread. Waiting is by the kernel's notices on the folder, not by looking again.
 */
final class FileStream {
    private static final int CHUNK = 64 << 10;
    private static final long HEARTBEAT_MILLIS = 1000;

    /** What is sent, as it stands: files in order. Asked again whenever the folder changed. */
    interface Source {
        SortedMap<Long, Path> files() throws IOException;
    }

    /**
     * How it is sent.
     *
     * @param fromEnd whether the offset counts from the end
     * @param offset in bytes over all files together
     * @param follow whether to wait for more
     * @param plain bytes alone, without frames
     */
    record Order(boolean fromEnd, long offset, boolean follow, boolean plain) {}

    private final Path root;
    private final Optional<String> shownName;
    private final Order order;
    private final Reply.Sink sink;

    /** Names in frames are relative to the root, unless one is given. */
    FileStream(Path root, Optional<String> shownName, Order order, Reply.Sink sink) {
        this.root = root;
        this.shownName = shownName;
        this.order = order;
        this.sink = sink;
    }

    /** One numbered output stream of a task. */
    static Source numbered(Path folder, String prefix) {
        return () -> {
            SortedMap<Long, Path> files = new TreeMap<>();
            try (var all = Files.newDirectoryStream(folder, prefix + ".*")) {
                for (Path file : all) {
                    String number = file.getFileName().toString().substring(prefix.length() + 1);
                    if (!number.isEmpty() && number.length() < 19 && number.chars().allMatch(c -> c >= '0' && c <= '9')) {
                        files.put(Long.parseLong(number), file);
                    }
                }
            }
            return files;
        };
    }

    /** One file. */
    static Source single(Path file) {
        return () -> new TreeMap<>(Map.of(0L, file));
    }

    void send(Source source, Path folder) throws IOException, InterruptedException {
        try (WatchService watch = folder.getFileSystem().newWatchService()) {
            if (order.follow()) {
                folder.register(watch, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_DELETE);
            }
            SortedMap<Long, Path> files = source.files();
            Position position = start(files);
            while (!sink.isClosed()) {
                position = sendFrom(files, position);
                if (!order.follow()) {
                    return;
                }
                await(watch);
                files = source.files();
            }
        } catch (ClosedWatchServiceException e) {
            throw new IOException(e);
        }
    }

    /** The next byte to send: of which file, and where in it. */
    private record Position(long index, long offset) {}

    private Position start(SortedMap<Long, Path> files) throws IOException {
        if (files.isEmpty()) {
            return new Position(0, 0);
        }
        long skip = order.offset();
        if (order.fromEnd()) {
            long total = 0;
            for (Path file : files.values()) {
                total += Files.size(file);
            }
            skip = Math.max(0, total - skip);
        }
        for (Map.Entry<Long, Path> file : files.entrySet()) {
            long size = Files.size(file.getValue());
            if (skip < size || file.getKey().equals(files.lastKey())) {
                return new Position(file.getKey(), Math.min(skip, size));
            }
            skip -= size;
        }
        return new Position(files.lastKey(), 0);
    }

    private Position sendFrom(SortedMap<Long, Path> files, Position position) throws IOException, InterruptedException {
        Position at = position;
        for (Map.Entry<Long, Path> file : List.copyOf(files.tailMap(position.index()).entrySet())) {
            long offset = file.getKey() == at.index() ? at.offset() : 0;
            at = new Position(file.getKey(), sendFile(file.getValue(), offset));
        }
        if (!files.isEmpty() && !files.containsKey(at.index())) {
            event(at.index(), "file deleted");
            at = new Position(files.firstKey(), 0);
        }
        return at;
    }

    private long sendFile(Path file, long from) throws IOException, InterruptedException {
        long offset = from;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() < offset) {
                event(0, "file truncated");
                offset = 0;
            }
            ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
            for (int length = channel.read(buffer, offset); length > 0; length = channel.read(buffer, offset)) {
                offset += length;
                byte[] bytes = new byte[length];
                buffer.flip().get(bytes);
                buffer.clear();
                sink.write(order.plain() ? bytes : frame(file, bytes, offset));
            }
        }
        return offset;
    }

    private byte[] frame(Path file, byte[] bytes, long offset) {
        Map<String, Object> frame = new LinkedHashMap<>();
        frame.put("Data", Base64.getEncoder().encodeToString(bytes));
        frame.put("File", shownName.orElseGet(() -> root.relativize(file).toString()));
        frame.put("Offset", offset);
        return Json.write(frame);
    }

    private void event(long index, String what) throws IOException, InterruptedException {
        if (!order.plain()) {
            Map<String, Object> frame = new LinkedHashMap<>();
            frame.put("File", shownName.orElse(String.valueOf(index)));
            frame.put("FileEvent", what);
            sink.write(Json.write(frame));
        }
    }

    private void await(WatchService watch) throws IOException, InterruptedException {
        WatchKey key = watch.poll(HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS);
        if (key == null) {
            if (!order.plain()) {
                sink.write(new byte[] {'{', '}'});
            }
            return;
        }
        key.pollEvents();
        key.reset();
    }
}
