package muster.http;

import io.vertx.core.Context;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A conversation's client: messages come in on the event loop and are taken out by the thread that holds the conversation. */
final class Talk implements Reply.Peer {
    static final int MAX_MESSAGE = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(Talk.class);
    /** Bytes of messages that wait to be taken before the client is made to wait. */
    private static final int MOST_WAITING = 1 << 20;
    private static final int MAX_REASON = 123;
    private static final short NORMAL = 1000;
    private static final short FAILED = 1011;

    private final ServerWebSocket socket;
    private final Context context;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** The next four are guarded by the lock. */
    private final ArrayDeque<byte[]> messages = new ArrayDeque<>();
    private int waiting;
    private boolean paused;
    private boolean gone;

    private Talk(ServerWebSocket socket, Context context) {
        this.socket = socket;
        this.context = context;
        socket.textMessageHandler(text -> arrived(text.getBytes(StandardCharsets.UTF_8)));
        socket.binaryMessageHandler(bytes -> arrived(bytes.getBytes()));
        socket.exceptionHandler(failure -> left());
        socket.closeHandler(closed -> left());
    }

    /** Whether a request asks to become a conversation. */
    static boolean isWished(Call call) {
        return call.header("upgrade").equalsIgnoreCase("websocket");
    }

    /** Why a request can't become one; empty when it can. A page of another site would speak with its visitor's rights. */
    static Optional<Reply> refusal(Call call) {
        if (!isWished(call) || !call.header("connection").toLowerCase(Locale.ROOT).contains("upgrade")) {
            return Optional.of(Reply.text(400, "Bad Request\n").with("Sec-Websocket-Version", "13"));
        }
        String origin = call.header("origin");
        return origin.isEmpty() || authority(origin).equalsIgnoreCase(call.header("host")) ? Optional.empty() : Optional.of(Reply.text(403, "Forbidden\n"));
    }

    private static String authority(String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** On the socket's event loop. */
    static void begin(ServerWebSocket socket, Context context, Reply.Conversation conversation) {
        Talk talk = new Talk(socket, context);
        Thread.ofVirtual().name("http-talk").start(() -> {
            try {
                conversation.hold(talk);
                talk.close(NORMAL, "");
            } catch (IOException e) {
                LOG.debug("conversation ended early reason={}", e.toString());
                talk.close(FAILED, "");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                talk.close(FAILED, "");
            } catch (RuntimeException e) {
                LOG.warn("conversation failed reason={}", e.toString(), e);
                talk.close(FAILED, "");
            }
        });
    }

    private void arrived(byte[] message) {
        lock.lock();
        try {
            messages.add(message);
            waiting += message.length;
            if (waiting > MOST_WAITING && !paused) {
                paused = true;
                socket.pause();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void left() {
        lock.lock();
        try {
            gone = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<byte[]> receive() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (messages.isEmpty() && !gone) {
                changed.await();
            }
            byte[] message = messages.poll();
            if (message == null) {
                return Optional.empty();
            }
            waiting -= message.length;
            if (paused && waiting <= MOST_WAITING / 2) {
                paused = false;
                context.runOnContext(now -> socket.resume());
            }
            return Optional.of(message);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void send(byte[] text) throws IOException, InterruptedException {
        CompletableFuture<Void> written = new CompletableFuture<>();
        String message = new String(text, StandardCharsets.UTF_8);
        context.runOnContext(now -> {
            if (socket.isClosed()) {
                written.completeExceptionally(new IOException("the client hung up"));
            } else {
                socket.writeTextMessage(message).onSuccess(written::complete).onFailure(written::completeExceptionally);
            }
        });
        try {
            written.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public void close(int status, String reason) {
        byte[] bytes = reason.getBytes(StandardCharsets.UTF_8);
        // A letter that is cut in two is left out.
        String shown = bytes.length <= MAX_REASON ? reason : new String(bytes, 0, MAX_REASON, StandardCharsets.UTF_8).replaceFirst("\\ufffd+$", "");
        context.runOnContext(now -> {
            if (!socket.isClosed()) {
                socket.close((short) status, shown);
            }
        });
    }
}
