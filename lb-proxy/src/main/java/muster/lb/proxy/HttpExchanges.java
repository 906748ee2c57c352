package muster.lb.proxy;

import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins the exchanges of one event loop. */
final class HttpExchanges {
    private static final Logger log = LoggerFactory.getLogger(HttpExchanges.class);

    private final Vertx vertx;
    private final Clients clients;
    private final ProxySettings settings;
    private final Dispatcher dispatcher;
    private final String entryPoint;

    HttpExchanges(Vertx vertx, Clients clients, ProxySettings settings, Dispatcher dispatcher, String entryPoint) {
        this.vertx = vertx;
        this.clients = clients;
        this.settings = settings;
        this.dispatcher = dispatcher;
        this.entryPoint = entryPoint;
    }

    void handle(HttpServerRequest request) {
        request.pause();
        RequestHead head = RequestHeads.of(request, entryPoint);
        Optional<Answer> refusal = RequestHeads.refusal(head);
        HttpExchange exchange = new HttpExchange(vertx, clients, settings, dispatcher, request, head);
        if (refusal.isPresent()) {
            exchange.answerAndClose(refusal.get());
            return;
        }
        Decision decision;
        try {
            decision = dispatcher.decide(head);
        } catch (RuntimeException e) {
            log.error("request not decided method={} host={}", head.method(), head.host(), e);
            decision = Answer.empty(500);
        }
        exchange.act(decision);
    }

    /** What the codec could not read: the framing is lost, so the connection ends. */
    void refuse(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        int status = cause instanceof TooLongFrameException ? cause.getMessage().contains("header") ? 431 : 414 : 400;
        String text = switch (status) {
            case 431 -> "431 Request Header Fields Too Large";
            case 414 -> "414 URI Too Long";
            default -> "400 Bad Request";
        };
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "text/plain; charset=utf-8")
                .putHeader("Connection", "close")
                .end(text)
                .onComplete(done -> request.connection().close());
    }
}
