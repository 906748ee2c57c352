package muster.ui;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import muster.http.Reply;
import muster.wire.Json;

/**
 * The streams of server-sent events (HTML standard, section 9.2) that pages are kept up to date by: any number of reads over one
 * connection, of which a browser opens only six. A virtual thread for each read. Any thread may open.
 */
final class LiveStreams {
    private static final int MAX_STREAMS = 256;
    private static final Duration BEAT = Duration.ofSeconds(5);
    private static final byte[] BEAT_EVENT = "event: beat\ndata: {}\n\n".getBytes(StandardCharsets.UTF_8);

    private final AtomicInteger streams = new AtomicInteger();

    Reply open(List<Watch> watches) {
        if (streams.get() >= MAX_STREAMS) {
            return Reply.text(503, "this address follows " + MAX_STREAMS + " pages already; close some\n").with("Retry-After", "5");
        }
        return new Reply.Streaming(200, headers(), sink -> {
            streams.incrementAndGet();
            try {
                run(watches, sink);
            } finally {
                streams.decrementAndGet();
            }
        });
    }

    private static Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "text/event-stream");
        headers.put("Cache-Control", "no-store");
        headers.put("X-Accel-Buffering", "no");
        return headers;
    }

    private static void run(List<Watch> watches, Reply.Sink sink) throws IOException, InterruptedException {
        // Completes when the page is gone, which ends the reads that wait.
        CompletableFuture<Void> gone = new CompletableFuture<>();
        ReentrantLock turn = new ReentrantLock();
        List<Thread> threads = new ArrayList<>();
        for (Watch watch : watches) {
            threads.add(Thread.ofVirtual().name("ui-watch").start(() -> {
                try {
                    watch.run((number, seen) -> write(sink, turn, event(number, seen)), gone);
                } catch (IOException e) {
                    gone.complete(null);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (RuntimeException e) {
                    gone.completeExceptionally(e);
                }
            }));
        }
        try {
            while (!sink.isClosed()) {
                try {
                    gone.get(BEAT.toMillis(), TimeUnit.MILLISECONDS);
                    return;
                } catch (TimeoutException e) {
                    write(sink, turn, BEAT_EVENT);
                } catch (ExecutionException e) {
                    throw new IOException(e.getCause());
                }
            }
        } finally {
            gone.complete(null);
            threads.forEach(Thread::interrupt);
        }
    }

    private static void write(Reply.Sink sink, ReentrantLock turn, byte[] event) throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            sink.write(event);
        } finally {
            turn.unlock();
        }
    }

    private static byte[] event(int watch, Watch.Seen seen) {
        return switch (seen) {
            case Watch.Seen.Whole whole -> event("whole", "{\"w\":" + watch + ",\"index\":" + whole.index() + ",\"data\":", whole.body(), "}");
            case Watch.Seen.Changed changed -> event("delta", "{\"w\":" + watch + ",\"index\":" + changed.index() + ",", changed.delta().json(), "}");
            case Watch.Seen.Refused refused -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("w", watch);
                fields.put("status", refused.status());
                fields.put("text", refused.text());
                yield event("refused", "", Json.write(fields), "");
            }
        };
    }

    private static byte[] event(String name, String before, byte[] json, String after) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + 100);
        out.writeBytes(("event: " + name + "\ndata: " + before).getBytes(StandardCharsets.UTF_8));
        int from = 0;
        // A line ends the field, and between JSON's tokens a space means the same.
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                out.write(json, from, i - from);
                out.write(' ');
                from = i + 1;
            }
        }
        out.write(json, from, json.length - from);
        out.writeBytes((after + "\n\n").getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }
}
