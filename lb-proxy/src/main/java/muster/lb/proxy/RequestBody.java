package muster.lb.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import muster.lb.exchange.Decision;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request's body on its way to the target, as fast as the target takes it. Owned by one event loop. */
final class RequestBody {
    private static final Logger log = LoggerFactory.getLogger(RequestBody.class);
    private static final Duration CONTINUE_WAIT = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final RequestHead head;
    private Optional<byte[]> collected = Optional.empty();
    private boolean isBegun;
    private boolean isLeft;

    RequestBody(Vertx vertx, HttpServerRequest request, RequestHead head) {
        this.vertx = vertx;
        this.request = request;
        this.head = head;
    }

    boolean isPresent() {
        return head.headers().has("Transfer-Encoding") || head.headers().first("Content-Length").map(n -> !n.equals("0")).orElse(false);
    }

    /** Whether the body can be sent a second time. */
    boolean isRepeatable(Decision.RequestBody wanted) {
        return !isPresent() || collected.isPresent() || wanted.instead().isPresent();
    }

    /** Whether it is to be read before a target is asked: as it is wanted so, or because its length has a bound and is not told. */
    boolean isToBeHeld(Decision.RequestBody wanted) {
        return isPresent() && collected.isEmpty() && wanted.instead().isEmpty()
                && (wanted.isHeld() || wanted.maxBytes() > 0
                        && head.headers().first("Content-Length").map(length -> isAbove(length, wanted.maxBytes())).orElse(true));
    }

    /** Whether the client still sends a body that nobody wants. */
    boolean isLeft() {
        return isLeft;
    }

    /** Reads the body, at most so many bytes of it; empty when it is larger, and then the rest of it is not read. */
    void collect(long limit, Consumer<Optional<byte[]>> then) {
        if (!isPresent() || collected.isPresent()) {
            then.accept(Optional.of(collected.orElse(new byte[0])).filter(bytes -> bytes.length <= limit));
            return;
        }
        if (head.headers().first("Content-Length").map(length -> isAbove(length, limit)).orElse(false)) {
            isLeft = true;
            then.accept(Optional.empty());
            return;
        }
        if (head.headers().has("Expect")) {
            request.response().writeContinue();
        }
        isBegun = true;
        Buffer all = Buffer.buffer();
        request.handler(piece -> {
            if (all.length() + piece.length() <= limit) {
                all.appendBuffer(piece);
            } else if (!isLeft) {
                isLeft = true;
                request.pause();
                then.accept(Optional.empty());
            }
        });
        request.endHandler(end -> {
            if (!isLeft) {
                collected = Optional.of(all.getBytes());
                then.accept(collected);
            }
        });
        request.resume();
    }

    private static boolean isAbove(String length, long limit) {
        try {
            return Long.parseLong(length) > limit;
        } catch (NumberFormatException e) {
            return true;
        }
    }

    /** Sends head and body: another in its place, else what was collected, else what the client sends from here on. */
    void send(HttpClientRequest upstream, Decision.RequestBody wanted, BooleanSupplier isOver) {
        Optional<byte[]> whole = wanted.instead().map(Decision.RequestBody.Given::body).or(() -> collected);
        if (whole.isPresent()) {
            upstream.headers().remove("Transfer-Encoding").set("Content-Length", "" + whole.get().length);
            if (!isBegun) {
                request.resume();
            }
            upstream.end(Buffer.buffer(whole.get()));
            return;
        }
        if (!isPresent()) {
            request.resume();
            upstream.end();
            return;
        }
        isBegun = true;
        if (head.headers().has("Transfer-Encoding")) {
            upstream.setChunked(true);
        }
        if (head.headers().has("Expect")) {
            awaitContinue(upstream, isOver);
        } else {
            pipe(upstream);
        }
    }

    /** The client sends its body once the target has asked for it, or has kept silent for a while (RFC 9110, section 10.1.1). */
    private void awaitContinue(HttpClientRequest upstream, BooleanSupplier isOver) {
        boolean[] begun = {false};
        Runnable begin = () -> {
            if (!begun[0] && !isOver.getAsBoolean() && !request.response().headWritten()) {
                begun[0] = true;
                request.response().writeContinue();
                pipe(upstream);
            }
        };
        upstream.continueHandler(asked -> begin.run());
        vertx.setTimer(CONTINUE_WAIT.toMillis(), silent -> begin.run());
        upstream.sendHead();
    }

    private void pipe(HttpClientRequest upstream) {
        request.pipeTo(upstream).onFailure(failure -> log.debug("request body not sent why=\"{}\"", failure.getMessage()));
    }
}
