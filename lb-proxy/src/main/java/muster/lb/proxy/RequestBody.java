package muster.lb.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.function.BooleanSupplier;
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

    RequestBody(Vertx vertx, HttpServerRequest request, RequestHead head) {
        this.vertx = vertx;
        this.request = request;
        this.head = head;
    }

    boolean isPresent() {
        return head.headers().has("Transfer-Encoding") || head.headers().first("Content-Length").map(n -> !n.equals("0")).orElse(false);
    }

    /** Sends head and body. */
    void send(HttpClientRequest upstream, BooleanSupplier isOver) {
        if (!isPresent()) {
            request.resume();
            upstream.end();
            return;
        }
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
