package muster.lb.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Hands an answer's body on as fast as the client takes it. Owned by one event loop. */
final class AnswerPump {
    private final Vertx vertx;
    private final HttpClientResponse answer;
    private final HttpServerResponse response;
    private final Optional<LateClose> close;
    private final UnaryOperator<Buffer> change;
    private boolean isWaiting;

    /** @param change what is sent for a piece, an empty buffer for nothing */
    AnswerPump(Vertx vertx, HttpClientResponse answer, HttpServerResponse response, UnaryOperator<Buffer> change) {
        this.change = change;
        this.vertx = vertx;
        this.answer = answer;
        this.response = response;
        this.close = LateClose.of(answer.request().connection());
    }

    /** Begins; one of the two is called when it is over. */
    void start(Runnable ended, Consumer<Throwable> cut) {
        answer.handler(piece -> {
            Buffer changed = change.apply(piece);
            if (changed.length() > 0) {
                response.write(changed);
            }
            if (response.writeQueueFull() && !isWaiting) {
                isWaiting = true;
                close.ifPresent(LateClose::hold);
                answer.pause();
                response.drainHandler(drained -> flow());
            }
        });
        answer.endHandler(end -> {
            close.ifPresent(LateClose::release);
            ended.run();
        });
        answer.exceptionHandler(failure -> cut.accept(failure));
    }

    /** Nobody takes the answer any more. */
    void abandon() {
        close.ifPresent(LateClose::release);
    }

    /** What the library holds is handed out during resume; if the client keeps up, nothing of it is left a turn later. */
    private void flow() {
        isWaiting = false;
        answer.resume();
        vertx.runOnContext(later -> {
            if (!isWaiting) {
                close.ifPresent(LateClose::release);
            }
        });
    }
}
