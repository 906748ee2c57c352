package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.RequestBody;
import muster.lb.exchange.Decision.RequestBody.Given;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;

/**
 * A request's body on its way: it waits at the client until somebody wants it, then it is collected whole, or streamed to a target as fast as
 * that takes it, or thrown away. Owned by one event loop.
 */
final class Upload {
    private static final long MAX_HELD_BYTES = 64 * 1024 * 1024;
    private static final Duration CONTINUE_WAIT = Duration.ofSeconds(1);

    private final Loop loop;
    private final ClientStream client;
    private final RequestHead head;
    private final long length;
    private final boolean hasBody;
    private TargetStream target;
    private CollectedBody collecting;
    private byte[] collected;
    private long received;
    private boolean isRead;
    private boolean isUnwanted;

    /** @param length {@link MessageHead#NO_LENGTH} when there is no body or its length is not known */
    Upload(Loop loop, ClientStream client, RequestHead head, long length, boolean hasBody) {
        this.loop = loop;
        this.client = client;
        this.head = head;
        this.length = length;
        this.hasBody = hasBody;
        this.isRead = !hasBody;
    }

    /** Whether it has to be read before a target is asked: it is to be held, or may turn out to be too long. */
    boolean comesFirst(RequestBody wanted) {
        boolean isBounded = wanted.maxBytes() > 0 && (length < 0 || length > wanted.maxBytes());
        return hasBody && collected == null && wanted.instead().isEmpty() && (wanted.isHeld() || isBounded);
    }

    /** As {@link #collect(long, Consumer)}, as far as is asked for, or else as much as anybody may hold. */
    void collect(RequestBody wanted, Consumer<Optional<byte[]>> then) {
        collect(wanted.maxBytes() > 0 ? wanted.maxBytes() : MAX_HELD_BYTES, then);
    }

    /** Reads all of it, at most so many bytes; empty when it is larger. */
    void collect(long limit, Consumer<Optional<byte[]>> then) {
        if (!hasBody || collected != null) {
            then.accept(Optional.of(collected == null ? new byte[0] : collected).filter(bytes -> bytes.length <= limit));
        } else if (length > limit || received > 0) {
            then.accept(Optional.empty());
        } else {
            if (isExpected()) {
                sendContinue();
            }
            collecting = new CollectedBody(limit, body -> {
                collecting = null;
                collected = body.orElse(null);
                if (body.isEmpty()) {
                    client.pause();
                }
                then.accept(body);
            });
            client.resume();
        }
    }

    private boolean isExpected() {
        return head.headers().has("Expect") && head.minor() > 0;
    }

    private void sendContinue() {
        client.informational(100, "Continue", Exchange.NO_TRAILERS);
        client.flush();
    }

    /**
     * Sends the request's head and body: another in its place, else what was collected, else what the client sends from here on.
     *
     * @param isUnanswered asked when the client has waited long enough for leave to send
     * @return whether the target has everything now
     */
    boolean send(Exchange exchange, TargetStream stream, Attempt attempt, RequestBody how, boolean isUpgrade, BooleanSupplier isUnanswered) {
        Optional<Given> instead = how.instead();
        byte[] whole = instead.isPresent() ? instead.get().body() : collected;
        if (whole != null) {
            String method = instead.isPresent() ? instead.get().method() : head.method();
            boolean isLengthSent = whole.length > 0 || !method.equals("GET") && !method.equals("HEAD");
            stream.send(exchange, attempt, method, whole.length, isLengthSent, whole.length > 0, isUpgrade);
            if (whole.length > 0) {
                stream.piece(Unpooled.wrappedBuffer(whole));
                stream.end(Exchange.NO_TRAILERS);
            }
            if (!isRead) {
                isUnwanted = true;
                client.resume();
            }
            return true;
        }
        stream.send(exchange, attempt, head.method(), length, length >= 0, hasBody, isUpgrade);
        if (!hasBody) {
            return true;
        }
        target = stream;
        if (isExpected()) {
            loop.executor.schedule(() -> {
                if (received == 0 && !isRead && isUnanswered.getAsBoolean()) {
                    sendContinue();
                }
            }, CONTINUE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        }
        client.resume();
        return false;
    }

    /** A piece came, which this takes over. */
    void piece(ByteBuf piece) {
        received += piece.readableBytes();
        if (collecting != null && !isUnwanted) {
            collecting.piece(piece);
        } else if (target != null && !isUnwanted) {
            target.piece(piece);
            if (!target.isWritable()) {
                target.flush();
                if (target != null && !target.isWritable()) {
                    client.pause();
                }
            }
        } else {
            piece.release();
        }
    }

    /** What came just now goes out. */
    void flush() {
        if (target != null) {
            target.flush();
        }
    }

    /** All of it came; whether a target has everything by that. */
    boolean end(HeaderList trailers) {
        isRead = true;
        if (isUnwanted) {
            return false;
        }
        if (collecting != null) {
            collecting.end();
            return false;
        }
        if (target == null) {
            return false;
        }
        target.end(trailers);
        target.flush();
        return target != null;
    }

    /** The target takes more. */
    void targetWritable() {
        if (!isRead) {
            client.resume();
        }
    }

    /** Whether nothing of it has come yet. */
    boolean isUntouched() {
        return received == 0;
    }

    /** Whether it can be sent once more. */
    boolean isRepeatable(RequestBody how, boolean isUnsent) {
        return !hasBody || collected != null || how.instead().isPresent() || isUnsent && received == 0;
    }

    /** The target takes no more of it. */
    void stop() {
        target = null;
    }

    /** Nobody wants what still comes. */
    void release() {
        target = null;
        isUnwanted = true;
        if (collecting != null) {
            collecting.release();
        }
    }
}
