package muster.lb.proxy;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HopByHop;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one request: tried at a target, at another one if the first can't be reached, then streamed both ways, each side
 * as fast as the other takes it.
 *
 * <p>Retries: when no connection came about nothing was sent, so any request may go to another target. When a connection ended
 * before a byte of the answer, a request without body whose method is idempotent (RFC 9110, section 9.2.2) goes out once more,
 * for the connection may have been an idle one that the target had just closed.
 *
 * <p>Owned by one event loop; every method and callback runs on it.
 */
final class HttpExchange {
    private static final Logger log = LoggerFactory.getLogger(HttpExchange.class);
    private static final int MAX_ATTEMPTS = 3;
    /** How often a request may take another way; more is a circle in somebody's configuration. */
    private static final int MAX_TURNS = 32;
    /** Of a body that is to be held without a bound of its own. */
    private static final long MAX_HELD_BYTES = 64L * 1024 * 1024;
    private static final int MAX_DISCARDED_BYTES = 64 * 1024;
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    private final Vertx vertx;
    private final Clients clients;
    private final ProxySettings settings;
    private final Dispatcher dispatcher;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final RequestHead head;
    private final RequestBody body;
    private final long begun = System.nanoTime();
    private final List<Attempt> attempts = new ArrayList<>(1);
    private final List<Consumer<Dispatcher.Ended>> watchers = new ArrayList<>(0);
    private Forward forward;
    private HttpClientRequest upstream;
    private AnswerPump pump;
    private boolean isResent;
    private boolean isOver;
    private boolean isClientGone;
    private int status;
    private int turns;

    HttpExchange(
            Vertx vertx, Clients clients, ProxySettings settings, Dispatcher dispatcher, HttpServerRequest request, RequestHead head) {
        this.vertx = vertx;
        this.clients = clients;
        this.settings = settings;
        this.dispatcher = dispatcher;
        this.request = request;
        this.response = request.response();
        this.head = head;
        this.body = new RequestBody(vertx, request, head);
    }

    /** Does what was decided. */
    void act(Decision decision) {
        if (++turns > MAX_TURNS) {
            log.error("request goes in circles method={} host={} uri={}", head.method(), head.host(), head.uri());
            answer(Answer.empty(500));
            return;
        }
        switch (decision) {
            case Answer answer -> answer(answer);
            case Forward next -> forward(next);
            case Decision.Later later -> await(later.decision());
            case Decision.Collect collect -> body.collect(collect.limit(), bytes -> step(() -> collect.then().apply(bytes)));
            case Decision.Watched watched -> {
                watchers.add(watched.ended());
                act(watched.decision());
            }
        }
    }

    private void await(CompletionStage<Decision> later) {
        Context context = vertx.getOrCreateContext();
        watchClient();
        later.whenComplete((decision, failure) -> context.runOnContext(now -> step(() -> {
            if (failure != null) {
                throw new IllegalStateException("a decision failed", failure);
            }
            return decision;
        })));
    }

    /** The next turn, unless nobody waits for it any more. */
    private void step(Supplier<Decision> next) {
        if (isOver) {
            return;
        }
        if (isClientGone) {
            over();
            return;
        }
        Decision decision;
        try {
            decision = next.get();
        } catch (RuntimeException e) {
            log.error("request not decided method={} host={}", head.method(), head.host(), e);
            decision = Answer.empty(500);
        }
        act(decision);
    }

    /** Answers by itself. */
    private void answer(Answer answer) {
        if (body.isLeft()) {
            answerAndClose(answer);
        } else {
            send(answer).onComplete(done -> over());
        }
    }

    private Future<Void> send(Answer answer) {
        status = answer.status();
        response.setStatusCode(answer.status());
        answer.headers().forEach((name, value) -> response.headers().add(name, value));
        if (!response.headers().contains("Date")) {
            response.putHeader("Date", HttpDates.now());
        }
        request.resume();
        return head.method().equals("HEAD") || answer.body().length == 0 && isBodyless(answer.status())
                ? response.end()
                : response.end(Buffer.buffer(answer.body()));
    }

    /** Answers a request that can't be trusted and ends its connection. */
    void answerAndClose(Answer answer) {
        response.putHeader("Connection", "close");
        send(answer).onComplete(done -> {
            over();
            request.connection().close();
        });
    }

    /** Sends it to a target. */
    private void forward(Forward decision) {
        forward = decision;
        watchClient();
        Decision.RequestBody wanted = decision.body();
        if (body.isToBeHeld(wanted)) {
            body.collect(wanted.maxBytes() > 0 ? wanted.maxBytes() : MAX_HELD_BYTES,
                    bytes -> step(() -> bytes.isPresent() ? decision : Answer.text(413, "Request Entity Too Large")));
        } else {
            attempt(decision.attempt());
        }
    }

    private void watchClient() {
        response.exceptionHandler(gone -> clientGone());
        response.closeHandler(closed -> clientGone());
    }

    private void attempt(Attempt attempt) {
        attempts.add(attempt);
        attempt.meter().begin();
        clients.of(attempt).request(Upstream.options(attempt, forward.body().instead().map(Decision.RequestBody.Given::method).orElse(head.method()))).onComplete(
                connected -> connected(attempt, connected),
                failure -> attemptFailed(attempt, Failures.ofConnect(failure), failure, true));
    }

    private void connected(Attempt attempt, HttpClientRequest connected) {
        if (isOver || isClientGone) {
            connected.reset();
            attempt.meter().end(0, elapsed());
            over();
            return;
        }
        upstream = connected;
        connected.exceptionHandler(failure -> log.debug("request failed why=\"{}\"", failure.getMessage()));
        MultiMap headers = connected.headers();
        attempt.headers().forEach(headers::add);
        connected.earlyHintsHandler(hints -> {
            if (!response.headWritten() && head.minor() > 0) {
                response.writeEarlyHints(hints);
            }
        });
        if (head.isWebSocket()) {
            headers.set("Upgrade", "websocket").set("Connection", "Upgrade");
            Future<HttpClientResponse> answered = connected.connect();
            answered.onComplete(r -> webSocketAnswered(attempt, r), failure -> attemptFailed(attempt, Failures.of(failure), failure, false));
            return;
        }
        Future<HttpClientResponse> answered = connected.response();
        answered.onComplete(r -> answered(attempt, r), failure -> attemptFailed(attempt, Failures.of(failure), failure, false));
        if (!settings.responseHeaderTimeout().isZero()) {
            long timer = vertx.setTimer(settings.responseHeaderTimeout().toMillis(), fired ->
                    connected.reset(0, new TimeoutException("no answer within " + settings.responseHeaderTimeout())));
            answered.onComplete(any -> vertx.cancelTimer(timer));
        }
        body.send(connected, forward.body(), () -> isOver);
    }

    private void answered(Attempt attempt, HttpClientResponse answer) {
        HeaderList headers = headersOf(answer);
        Optional<Decision> instead = forward.edit().instead(answer.statusCode(), headers);
        if (instead.isPresent()) {
            discard(attempt, answer);
            step(instead::get);
            return;
        }
        forward.edit().edit(answer.statusCode(), headers);
        status = forward.edit().status(answer.statusCode());
        if (head.method().equals("HEAD") || isBodyless(status)) {
            sendHead(answer, headers);
            answer.handler(ignored -> { });
            response.end().onComplete(done -> ended(attempt));
            return;
        }
        Optional<BodyCoder> coder = forward.edit().coder(answer.statusCode(), headers);
        if (coder.isPresent()) {
            coded(attempt, answer, headers, coder.get());
        } else {
            sendHead(answer, headers);
            pump(attempt, answer, UnaryOperator.identity(), () -> response.end());
        }
    }

    private void coded(Attempt attempt, HttpClientResponse answer, HeaderList headers, BodyCoder coder) {
        CodedAnswer changed = new CodedAnswer(coder, response, headers, () -> sendHead(answer, headers));
        pump(attempt, answer, piece -> {
            Buffer out = changed.piece(piece);
            Optional<Decision> instead = changed.isBegun() ? Optional.empty() : coder.instead();
            instead.ifPresent(other -> {
                coder.close();
                answer.handler(null).endHandler(null).exceptionHandler(ignored -> { });
                discard(attempt, answer);
                pump.abandon();
                step(() -> other);
            });
            return out;
        }, changed::end);
    }

    private void pump(Attempt attempt, HttpClientResponse answer, UnaryOperator<Buffer> change, Supplier<Future<Void>> end) {
        pump = new AnswerPump(vertx, answer, response, change);
        pump.start(
                () -> {
                    if (answer.trailers() != null && !answer.trailers().isEmpty() && head.minor() > 0) {
                        answer.trailers().forEach((name, value) -> response.putTrailer(name, value));
                    }
                    end.get().onComplete(sent -> ended(attempt));
                },
                failure -> cutOff(attempt, failure));
    }

    /** A short answer is read to its end, so that its connection can be used again; a long one costs its connection. */
    private void discard(Attempt attempt, HttpClientResponse answer) {
        attempt.meter().end(answer.statusCode(), elapsed());
        String length = answer.getHeader("Content-Length");
        if (length != null && length.length() < 6 && Integer.parseInt(length) <= MAX_DISCARDED_BYTES) {
            answer.handler(ignored -> { });
        } else {
            answer.request().reset();
        }
    }

    /** The answer ended too early: what came of it is flushed, then the client learns it by the end of its connection. */
    private void cutOff(Attempt attempt, Throwable failure) {
        if (isOver) {
            return;
        }
        log.debug("answer cut off target={} why=\"{}\"", attempt.target().text(), failure.getMessage());
        upstream.reset();
        response.write(Buffer.buffer()).onComplete(flushed -> request.connection().close());
        ended(attempt);
    }

    /** The answer's headers as they may go on. */
    private HeaderList headersOf(HttpClientResponse answer) {
        HeaderList original = new HeaderList();
        answer.headers().forEach((name, value) -> original.add(name, value));
        HeaderList headers = HopByHop.forwardableAnswer(original);
        if (original.has("Trailer")) {
            headers.add("Trailer", String.join(", ", original.members("Trailer")));
        }
        if (original.has("Transfer-Encoding")) {
            headers.remove("Content-Length");
        }
        return headers;
    }

    private void sendHead(HttpClientResponse answer, HeaderList headers) {
        headers.setIfAbsent("Date", HttpDates.now());
        if (isLastOfConnection()) {
            headers.set("Connection", "close");
        }
        response.setStatusCode(status);
        if (status == answer.statusCode()) {
            response.setStatusMessage(answer.statusMessage());
        }
        headers.forEach((name, value) -> response.headers().add(name, value));
        if (!headers.has("Content-Length") && !head.method().equals("HEAD") && !isBodyless(status)) {
            response.setChunked(true);
        }
    }

    private void webSocketAnswered(Attempt attempt, HttpClientResponse answer) {
        if (answer.statusCode() != 101) {
            request.resume();
            answered(attempt, answer);
            return;
        }
        status = 101;
        HeaderList headers = headersOf(answer);
        forward.edit().edit(answer.statusCode(), headers);
        sendHead(answer, headers);
        response.headers().set("Upgrade", "websocket").set("Connection", "Upgrade");
        Upstream.tunnel(request, answer.netSocket(), () -> ended(attempt));
    }

    private void attemptFailed(Attempt attempt, Failure failure, Throwable cause, boolean isUnsent) {
        if (isOver) {
            return;
        }
        attempt.meter().end(0, elapsed());
        if (isClientGone) {
            over();
            return;
        }
        log.debug("attempt failed target={} failure={} why=\"{}\"", attempt.target().text(), failure, cause.getMessage());
        Optional<Attempt> next = Optional.empty();
        if (isUnsent && failure != Failure.OVERLOADED && attempts.size() < MAX_ATTEMPTS) {
            next = forward.retry().after(attempts);
        } else if (failure == Failure.CLOSED && !isResent && body.isRepeatable(forward.body()) && IDEMPOTENT.contains(head.method()) && !head.isWebSocket()) {
            isResent = true;
            next = Optional.of(forward.retry().after(attempts).orElse(attempt));
        }
        if (next.isPresent()) {
            attempt(next.get());
        } else if (response.headWritten()) {
            request.connection().close();
            over();
        } else {
            step(() -> forward.edit().failed(failure).orElseGet(() -> dispatcher.failed(head, failure)));
        }
    }

    /** The client hung up: the target need not work on. */
    private void clientGone() {
        if (isOver || isClientGone || response.ended() && status != 0) {
            return;
        }
        isClientGone = true;
        if (upstream != null && status != 101) {
            upstream.reset();
        }
        if (pump != null) {
            pump.abandon();
        }
    }

    private void ended(Attempt attempt) {
        if (!isOver) {
            attempt.meter().end(status, elapsed());
            over();
        }
    }

    private void over() {
        if (!isOver) {
            isOver = true;
            if (isLastOfConnection()) {
                request.connection().close();
            }
            Dispatcher.Ended ended = new Dispatcher.Ended(head, attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.getLast()),
                    isClientGone && status == 0 ? 499 : status, Math.max(0, response.bytesWritten()), Duration.ofNanos(elapsed()));
            watchers.forEach(watcher -> watcher.accept(ended));
            dispatcher.ended(ended);
        }
    }

    /** The library ends a connection only when {@code close} stands alone. */
    private boolean isLastOfConnection() {
        return status != 101 && head.headers().members("Connection").size() > 1 && head.headers().hasMember("Connection", "close");
    }

    private long elapsed() {
        return System.nanoTime() - begun;
    }

    private static boolean isBodyless(int status) {
        return status == 204 || status == 304 || status < 200;
    }
}
