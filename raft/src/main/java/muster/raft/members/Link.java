package muster.raft.members;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import muster.raft.Greeting;
import muster.raft.Member;
import muster.raft.members.AskException.Reason;

/**
 * A connection between two agents, on which either side asks as many questions at a time as it likes. A frame is its length (4
 * bytes), its type (1), the question's number (8) and its bytes; of a question these are its kind and its body. Any thread may
 * ask; one virtual thread reads, and each question is answered on one of its own.
 */
final class Link implements AutoCloseable {
    /** Holds the largest body of an HTTP request or answer that is passed on. */
    static final int MAX_FRAME = 512 << 20;
    /** Questions of one side under way; further ones are refused. */
    static final int MAX_ASKED = 65_536;
    private static final int BUFFER = 32 << 10;
    private static final int HEAD = 1 + Long.BYTES;

    private static final byte QUESTION = 0;
    private static final byte ANSWER = 1;
    private static final byte REFUSAL = 2;
    private static final byte WITHDRAWAL = 3;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final Function<String, Optional<RequestHandler>> handlers;
    private final Member other;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, CompletableFuture<byte[]>> asked = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<Void>> answering = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /**
     * Greets over a connection, within the time. The caller starts {@link #read}.
     *
     * @param calls whether this side made the connection
     * @param handlers by the kind of question
     */
    Link(Socket socket, boolean calls, Greeting greeting, Member self, Duration patience, Function<String, Optional<RequestHandler>> handlers)
            throws IOException {
        this.socket = socket;
        this.handlers = handlers;
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        socket.setSoTimeout((int) patience.toMillis());
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER));
        other = calls ? greeting.callOn(in, out, self) : greeting.answer(in, out, self);
        socket.setSoTimeout(0);
    }

    /** The name of the agent at the other end. */
    String other() {
        return other.id();
    }

    /** Completes when the connection is over. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Reads until the connection ends; on a virtual thread. */
    void read() {
        try {
            while (true) {
                int length = in.readInt();
                if (length < HEAD || length > MAX_FRAME) {
                    throw new IOException("a frame of " + length + " bytes is announced, at most " + MAX_FRAME + " are taken");
                }
                byte type = in.readByte();
                long number = in.readLong();
                byte[] body = in.readNBytes(length - HEAD);
                if (body.length < length - HEAD) {
                    throw new IOException("the connection ended within a frame");
                }
                take(type, number, body);
            }
        } catch (IOException e) {
            end(e.getMessage() == null ? "closed by the other side" : e.getMessage());
        }
    }

    private void take(byte type, long number, byte[] body) throws IOException {
        switch (type) {
            case QUESTION -> question(number, body);
            case ANSWER -> Optional.ofNullable(asked.remove(number)).ifPresent(answer -> answer.complete(body));
            case REFUSAL -> Optional.ofNullable(asked.remove(number)).ifPresent(answer -> answer.completeExceptionally(
                    new AskException(Reason.REFUSED, new String(body, StandardCharsets.UTF_8))));
            case WITHDRAWAL -> Optional.ofNullable(answering.get(number)).ifPresent(gone -> gone.complete(null));
            default -> throw new IOException("a frame of type " + type + " is not known");
        }
    }

    private void question(long number, byte[] frame) throws IOException {
        DataInputStream reading = new DataInputStream(new ByteArrayInputStream(frame));
        String kind = reading.readUTF();
        byte[] body = reading.readAllBytes();
        Optional<RequestHandler> handler = handlers.apply(kind);
        if (handler.isEmpty() || answering.size() >= MAX_ASKED) {
            write(REFUSAL, number, text(handler.isEmpty() ? "this agent does not answer questions of the kind \"" + kind + "\""
                    : "too many questions at a time"));
            return;
        }
        CompletableFuture<Void> gone = new CompletableFuture<>();
        answering.put(number, gone);
        Thread.ofVirtual().name("member-answer").start(() -> answer(handler.get(), number, body, gone));
    }

    private void answer(RequestHandler handler, long number, byte[] body, CompletableFuture<Void> gone) {
        try {
            handler.answer(other(), body, gone).whenComplete((answer, failure) -> {
                if (failure == null) {
                    reply(ANSWER, number, answer);
                } else {
                    reply(REFUSAL, number, text(reason(failure)));
                }
            });
        } catch (RuntimeException e) {
            reply(REFUSAL, number, text(reason(e)));
        }
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private void reply(byte type, long number, byte[] body) {
        CompletableFuture<Void> gone = answering.remove(number);
        if (gone == null || gone.isDone()) {
            return;
        }
        try {
            write(type, number, body);
        } catch (IOException e) {
            end(e.getMessage());
        }
    }

    /** Asks; fails with {@link AskException}. Cancelling the answer tells the other side that nobody waits. */
    CompletableFuture<byte[]> ask(String kind, byte[] body) {
        long number = numbers.incrementAndGet();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        asked.put(number, answer);
        answer.whenComplete((done, failure) -> {
            if (asked.remove(number) != null) {
                withdraw(number);
            }
        });
        try {
            ByteArrayOutputStream frame = new ByteArrayOutputStream(kind.length() + 2 + body.length);
            DataOutputStream writing = new DataOutputStream(frame);
            writing.writeUTF(kind);
            writing.write(body);
            write(QUESTION, number, frame.toByteArray());
            if (ended.isDone()) {
                lost(number, "the connection ended");
            }
        } catch (IOException e) {
            lost(number, e.getMessage());
        }
        return answer;
    }

    private void lost(long number, String reason) {
        CompletableFuture<byte[]> answer = asked.remove(number);
        if (answer != null) {
            answer.completeExceptionally(new AskException(Reason.LOST, "the connection to " + other() + " ended: " + reason));
        }
    }

    private void withdraw(long number) {
        try {
            write(WITHDRAWAL, number, new byte[0]);
        } catch (IOException e) {
            end(e.getMessage());
        }
    }

    private void write(byte type, long number, byte[] body) throws IOException {
        synchronized (out) {
            out.writeInt(HEAD + body.length);
            out.writeByte(type);
            out.writeLong(number);
            out.write(body);
            out.flush();
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void end(String reason) {
        if (ended.complete(null)) {
            closeSocket();
        }
        asked.keySet().forEach(number -> lost(number, reason));
        answering.values().forEach(gone -> gone.complete(null));
    }

    private void closeSocket() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way, and nobody uses it any more.
            return;
        }
    }

    @Override
    public void close() {
        end("closed by this side");
    }
}
