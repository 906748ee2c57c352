package muster.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What goes back. Compression, content length and {@code Vary} are the listener's. */
public sealed interface Reply {
    /** The status code. */
    int status();

    /** Header names as they are written, in order. */
    Map<String, String> headers();

    /**
     * A reply whose body is there. Replies with one body, made of each other, share its packed form too.
     *
     * @param body not to be changed
     */
    record Full(int status, Map<String, String> headers, byte[] body, Packing packing) implements Reply {
        public Full(int status, Map<String, String> headers, byte[] body) {
            this(status, headers, body, new Packing());
        }

        /** The same with one more header. */
        public Full with(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(name, value);
            return withHeaders(more);
        }

        /** The same with other headers. */
        public Full withHeaders(Map<String, String> others) {
            return new Full(status, others, body, packing);
        }
    }

    /** The packed form of a body, made when somebody first wants it. Any thread may call. */
    final class Packing {
        private volatile byte[] packed;

        byte[] of(byte[] body) {
            byte[] known = packed;
            if (known == null) {
                known = Gzip.bytes(body);
                packed = known;
            }
            return known;
        }

        boolean isMade() {
            return packed != null;
        }
    }

    /** A reply whose body is written while it comes into being. */
    record Streaming(int status, Map<String, String> headers, Source source) implements Reply {}

    /** Writes a streamed body. Runs on a virtual thread of its own; the stream ends when it returns. */
    interface Source {
        void write(Sink sink) throws IOException, InterruptedException;
    }

    /** The way to the client. {@link #write} blocks while the client is slower and throws once it is gone. */
    interface Sink {
        void write(byte[] bytes) throws IOException, InterruptedException;

        /** Whether the client hung up. */
        boolean isClosed();

        /** A stream whose bytes go this way; an interrupt while it writes is an {@link java.io.InterruptedIOException}, and stays set. */
        default OutputStream stream() {
            return new SinkStream(this);
        }
    }

    /**
     * Leaves HTTP for a conversation of messages (RFC 6455). A request that asked for none is answered with 400, one from a page of
     * another origin with 403.
     */
    record WebSocket(Conversation conversation) implements Reply {
        @Override
        public int status() {
            return 101;
        }

        @Override
        public Map<String, String> headers() {
            return Map.of();
        }
    }

    /** Talks to a client. Runs on a virtual thread of its own; the connection is closed when it returns or throws. */
    interface Conversation {
        void hold(Peer peer) throws IOException, InterruptedException;
    }

    /** The client of a conversation. Any thread may call. */
    interface Peer {
        /** The next message, text or bytes alike; waits for it, and is empty once the client is gone. One thread at a time. */
        Optional<byte[]> receive() throws InterruptedException;

        /** Sends a text. Blocks while the client is slower, and throws once it is gone. */
        void send(byte[] text) throws IOException, InterruptedException;

        /** Ends the conversation with a status of RFC 6455, 7.4, and a reason of at most 123 bytes; what is longer is cut. */
        void close(int status, String reason);
    }

    /** A body of the given type; an empty type sends no Content-Type. */
    static Full of(int status, String contentType, byte[] body) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!contentType.isEmpty()) {
            headers.put("Content-Type", contentType);
        }
        return new Full(status, headers, body);
    }

    /** Bare text, as the originals' errors: {@code text/plain; charset=utf-8}, no newline added. */
    static Full text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** No body and no content type. */
    static Full empty(int status) {
        return of(status, "", new byte[0]);
    }
}
