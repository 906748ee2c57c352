package muster.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Requests and their answers as bytes, for agents that have other agents answer them. The first byte is the version. */
public final class CallBytes {
    /** The largest answer that is passed on. */
    static final long MAX_BODY = 500L << 20;
    private static final int VERSION = 1;
    private static final int MOST = 10_000;

    private CallBytes() {}

    /** A request as bytes, without the parameters of a route. */
    public static byte[] of(Call call) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + call.body().length);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(call.method());
            text(out, call.path());
            lists(out, call.query());
            lists(out, call.headers());
            out.writeUTF(call.remote() instanceof InetSocketAddress address && address.getAddress() != null
                    ? address.getAddress().getHostAddress() : "");
            block(out, call.body());
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written to", e);
        }
        return bytes.toByteArray();
    }

    /** The request that {@link #of(Call)} wrote. Throws {@link IOException} where it did not. */
    public static Call call(byte[] bytes, CompletionStage<Void> gone) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            requireVersion(in);
            String method = in.readUTF();
            String path = text(in);
            Map<String, List<String>> query = lists(in);
            Map<String, List<String>> headers = lists(in);
            String remote = in.readUTF();
            return new Call(method, path, Map.of(), query, headers, block(in),
                    new InetSocketAddress(InetAddress.ofLiteral(remote.isEmpty() ? "127.0.0.1" : remote), 0), gone);
        } catch (IllegalArgumentException e) {
            throw new IOException("a request can't be read: " + e.getMessage(), e);
        }
    }

    /** A body that is written as it comes into being is collected first; blocks then. */
    public static byte[] of(Reply reply, CompletionStage<Void> gone) throws IOException, InterruptedException {
        byte[] body = switch (reply) {
            case Reply.Full full -> full.body();
            case Reply.Streaming streaming -> collected(streaming, gone);
            case Reply.WebSocket socket -> throw new IOException("a conversation can't be held through another agent");
        };
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + body.length);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(VERSION);
        out.writeInt(reply.status());
        Map<String, List<String>> headers = new LinkedHashMap<>();
        reply.headers().forEach((name, value) -> headers.put(name, List.of(value)));
        lists(out, headers);
        block(out, body);
        return bytes.toByteArray();
    }

    private static byte[] collected(Reply.Streaming streaming, CompletionStage<Void> gone) throws IOException, InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        AtomicLong end = new AtomicLong(System.nanoTime() + TimeUnit.MINUTES.toNanos(10));
        streaming.source().write(new Reply.Sink() {
            @Override
            public void write(byte[] bytes) throws IOException {
                if (all.size() + (long) bytes.length > MAX_BODY || System.nanoTime() - end.get() > 0) {
                    throw new IOException("an answer of more than " + MAX_BODY + " bytes is not passed on; ask a server for it");
                }
                all.writeBytes(bytes);
            }

            @Override
            public boolean isClosed() {
                return gone.toCompletableFuture().isDone();
            }
        });
        return all.toByteArray();
    }

    /** The answer that {@link #of(Reply, CompletionStage)} wrote. Throws {@link IOException} where it did not. */
    public static Reply.Full reply(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            requireVersion(in);
            int status = in.readInt();
            Map<String, String> headers = new LinkedHashMap<>();
            lists(in).forEach((name, values) -> headers.put(name, values.getFirst()));
            return new Reply.Full(status, headers, block(in));
        }
    }

    private static void requireVersion(DataInputStream in) throws IOException {
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException("a request of version " + version + " is not known; a newer version sent it");
        }
    }

    private static void lists(DataOutputStream out, Map<String, List<String>> lists) throws IOException {
        out.writeInt(lists.size());
        for (Map.Entry<String, List<String>> entry : lists.entrySet()) {
            text(out, entry.getKey());
            out.writeInt(entry.getValue().size());
            for (String value : entry.getValue()) {
                text(out, value);
            }
        }
    }

    private static Map<String, List<String>> lists(DataInputStream in) throws IOException {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        int count = count(in);
        for (int i = 0; i < count; i++) {
            String name = text(in);
            int values = count(in);
            List<String> list = new ArrayList<>();
            for (int j = 0; j < values; j++) {
                list.add(text(in));
            }
            lists.put(name, list);
        }
        return lists;
    }

    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MOST) {
            throw new IOException("a request claims " + count + " parts, at most " + MOST + " are possible");
        }
        return count;
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        block(out, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(block(in), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static void block(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] block(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a request claims " + length + " bytes where " + in.available() + " are left");
        }
        return in.readNBytes(length);
    }
}
