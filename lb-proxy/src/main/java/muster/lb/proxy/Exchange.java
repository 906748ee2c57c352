package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Decision.RequestBody.Given;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HopByHop;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one request: decided, tried at a target, at another one if the first can't be reached, then streamed both ways, each side
 * as fast as the other takes it.
 *
 * <p>Retries: when no connection came about nothing was sent, so any request may go to another target. When a connection ended
 * before a byte of the answer, a request whose body is gone stays lost; one without body (or with a body that was held) whose method is
 * idempotent (RFC 9110, section 9.2.2) goes out again, for the connection may have been an idle one that the target had just closed.
 *
 * <p>Owned by one event loop; every method runs on it.
 */
final class Exchange implements TargetPools.Waiter {
    private static final Logger log = LoggerFactory.getLogger(Exchange.class);
    private static final int MAX_ATTEMPTS = 3;
    private static final int MAX_TURNS = 20;
    private static final long MAX_HELD_BYTES = 64 * 1024 * 1024;
    private static final Duration CONTINUE_WAIT = Duration.ofSeconds(1);
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");
    static final HeaderList NO_TRAILERS = new HeaderList();

    private final Loop loop;
    private final EntryPoint entry;
    private final ClientStream client;
    private final RequestHead head;
    private final long length;
    private final boolean hasBody;
    private final boolean isHeadRequest;
    private final boolean isUpgrade;
    private final long begun = System.nanoTime();
    private final List<Attempt> attempts = new ArrayList<>(1);
    private List<Consumer<Dispatcher.Ended>> watchers = List.of();
    private Forward forward;
    private TargetStream target;
    private CollectedBody collecting;
    private byte[] collected;
    private CodedAnswer coded;
    private Deadlines.Deadline answerDeadline;
    private long attemptBegun;
    private long received;
    private long sent;
    private int resent;
    private int turns;
    private int status;
    private boolean isConnecting;
    private boolean isBodyRead;
    private boolean isBodyUnwanted;
    private boolean isHeadSent;
    private boolean isOver;

    /** @param length of the request's body, {@link MessageHead#NO_LENGTH} when it has none or is not known */
    Exchange(Loop loop, EntryPoint entry, ClientStream client, RequestHead head, long length, boolean hasBody) {
        this.loop = loop;
        this.entry = entry;
        this.client = client;
        this.head = head;
        this.length = length;
        this.hasBody = hasBody;
        this.isBodyRead = !hasBody;
        this.isHeadRequest = head.method().equals("HEAD");
        this.isUpgrade = head.version() != muster.lb.exchange.HttpVersion.HTTP_2 && head.isWebSocket();
        entry.began();
    }

    /** Begins. The request's body is not to come before {@link ClientStream#resume}. */
    void start() {
        step(() -> entry.requests.decide(head));
    }

    /** The next turn, unless nobody waits for it any more. */
    private void step(Supplier<Decision> next) {
        if (isOver) {
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

    private void act(Decision decision) {
        if (++turns > MAX_TURNS) {
            log.error("request goes in circles method={} host={} uri={}", head.method(), head.host(), head.uri());
            respond(Answer.empty(500));
            return;
        }
        switch (decision) {
            case Answer answer -> respond(answer);
            case Forward next -> forward(next);
            case Decision.Later later -> later.decision().whenComplete((made, failure) -> loop.executor.execute(() -> step(() -> {
                if (failure != null) {
                    throw new IllegalStateException("a decision failed", failure);
                }
                return made;
            })));
            case Decision.Collect collect -> collect(collect.limit(), body -> step(() -> collect.then().apply(body)));
            case Decision.Watched watched -> {
                watchers = watchers.isEmpty() ? new ArrayList<>(1) : watchers;
                watchers.add(watched.ended());
                act(watched.decision());
            }
        }
    }

    private void forward(Forward next) {
        forward = next;
        Decision.RequestBody wanted = next.body();
        boolean isBounded = wanted.maxBytes() > 0 && (length < 0 || length > wanted.maxBytes());
        if (hasBody && collected == null && wanted.instead().isEmpty() && (wanted.isHeld() || isBounded)) {
            collect(wanted.maxBytes() > 0 ? wanted.maxBytes() : MAX_HELD_BYTES,
                    body -> step(() -> body.isPresent() ? next : Answer.text(413, "Request Entity Too Large")));
        } else {
            attempt(next.attempt());
        }
    }

    /** Reads the body, at most so many bytes of it; empty when it is larger. */
    private void collect(long limit, Consumer<Optional<byte[]>> then) {
        if (!hasBody || collected != null) {
            then.accept(Optional.of(collected == null ? new byte[0] : collected).filter(bytes -> bytes.length <= limit));
        } else if (length > limit || received > 0) {
            then.accept(Optional.empty());
        } else {
            if (head.headers().has("Expect") && head.minor() > 0) {
                client.informational(100, "Continue", NO_TRAILERS);
                client.flush();
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

    /** Answers by itself. */
    private void respond(Answer answer) {
        if (isHeadSent) {
            client.cut();
            over();
            return;
        }
        status = answer.status();
        isHeadSent = true;
        HeaderList headers = answer.headers().copy();
        boolean isBodyless = isBodyless(status);
        boolean hasAnswerBody = !isBodyless && !isHeadRequest && answer.body().length > 0;
        if (!isBodyless && !headers.has("Content-Length")) {
            headers.add("Content-Length", Integer.toString(answer.body().length));
        }
        headers.setIfAbsent("Date", loop.date());
        client.head(status, Reasons.of(status), headers, hasAnswerBody);
        if (hasAnswerBody) {
            sent = answer.body().length;
            client.piece(Unpooled.wrappedBuffer(answer.body()));
            client.end(NO_TRAILERS);
        }
        client.flush();
        over();
    }

    private void attempt(Attempt attempt) {
        attempts.add(attempt);
        attempt.meter().begin();
        attemptBegun = System.nanoTime();
        isConnecting = true;
        loop.pools.acquire(attempt, this);
    }

    @Override
    public void failed(Failure failure, Throwable cause) {
        isConnecting = false;
        attemptFailed(failure, cause, true);
    }

    @Override
    public boolean isWaiting() {
        return isConnecting && !isOver;
    }

    @Override
    public void connected(TargetStream stream) {
        isConnecting = false;
        if (isOver) {
            stream.abandon();
            return;
        }
        target = stream;
        Attempt attempt = attempts.getLast();
        try {
            send(stream, attempt);
        } catch (IllegalArgumentException e) {
            log.warn("request not sent target={} why=\"{}\"", attempt.target().text(), e.getMessage());
            target = null;
            stream.abandon();
            attemptFailed(Failure.MALFORMED, e, false);
            return;
        }
        stream.flush();
    }

    /** Head and body: another in its place, else what was collected, else what the client sends from here on. */
    private void send(TargetStream stream, Attempt attempt) {
        Optional<Given> instead = forward.body().instead();
        byte[] whole = instead.isPresent() ? instead.get().body() : collected;
        if (whole != null) {
            String method = instead.isPresent() ? instead.get().method() : head.method();
            boolean isLengthSent = whole.length > 0 || !method.equals("GET") && !method.equals("HEAD");
            stream.send(this, attempt, method, whole.length, isLengthSent, whole.length > 0, isUpgrade);
            if (whole.length > 0) {
                stream.piece(Unpooled.wrappedBuffer(whole));
                stream.end(NO_TRAILERS);
            }
            if (!isBodyRead) {
                isBodyUnwanted = true;
                client.resume();
            }
            requestSent();
        } else {
            stream.send(this, attempt, head.method(), length, length >= 0, hasBody, isUpgrade);
            if (hasBody) {
                sendBody();
            } else {
                requestSent();
            }
        }
    }

    private void sendBody() {
        if (head.headers().has("Expect") && head.minor() > 0) {
            loop.executor.schedule(() -> {
                if (!isOver && !isHeadSent && received == 0 && !isBodyRead) {
                    client.informational(100, "Continue", NO_TRAILERS);
                    client.flush();
                }
            }, CONTINUE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        }
        client.resume();
    }

    /** A piece of the request's body came. */
    void body(ByteBuf piece) {
        received += piece.readableBytes();
        if (isOver || isBodyUnwanted) {
            piece.release();
        } else if (collecting != null) {
            collecting.piece(piece);
        } else if (target != null) {
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

    /** What came of the request's body just now goes out. */
    void bodyFlush() {
        if (target != null && !isOver) {
            target.flush();
        }
    }

    /** The request's body is complete. */
    void bodyEnd(HeaderList trailers) {
        isBodyRead = true;
        if (isOver || isBodyUnwanted) {
            return;
        }
        if (collecting != null) {
            collecting.end();
        } else if (target != null) {
            target.end(trailers);
            target.flush();
            requestSent();
        }
    }

    /** The target has everything: its time to answer runs. */
    private void requestSent() {
        Duration own = attempts.getLast().transport().answerTimeout();
        Duration most = own.isZero() ? entry.settings.responseHeaderTimeout() : own;
        if (!most.isZero() && status == 0) {
            answerDeadline = loop.deadlines.add(() -> {
                TargetStream silent = target;
                if (silent != null && !isOver) {
                    target = null;
                    silent.abandon();
                    attemptFailed(Failure.TIMEOUT, new TimeoutException("no answer within " + most), false);
                }
            });
            answerDeadline.in(most);
        }
    }

    private void clearDeadline() {
        if (answerDeadline != null) {
            answerDeadline.remove();
            answerDeadline = null;
        }
    }

    /** The target takes more of the request. */
    void targetWritable() {
        if (!isOver && !isBodyRead) {
            client.resume();
        }
    }

    /** The client takes more of the answer. */
    void clientWritable() {
        if (!isOver && target != null) {
            target.resume();
        }
    }

    /** A 1xx answer of the target. */
    void informational(int code, String reason, HeaderList headers) {
        if (!isOver && !isHeadSent && (code != 100 || received == 0)) {
            client.informational(code, reason, HopByHop.forwardableAnswer(headers));
            client.flush();
        }
    }

    /** The answer's head. */
    void answered(int code, String reason, HeaderList headers, boolean hasAnswerBody) {
        clearDeadline();
        if (isOver) {
            return;
        }
        entry.requests.attempted(attempts.getLast(), Optional.empty(), code, Duration.ofNanos(System.nanoTime() - attemptBegun));
        HeaderList edited = HopByHop.forwardableAnswer(headers);
        if (headers.has("Trailer")) {
            edited.add("Trailer", String.join(", ", headers.members("Trailer")));
        }
        if (headers.has("Transfer-Encoding") || code == 204) {
            edited.remove("Content-Length");
        }
        int shown;
        Optional<BodyCoder> coder;
        try {
            Optional<Decision> instead = forward.edit().instead(code, edited);
            if (instead.isPresent()) {
                replace(code, instead.get());
                return;
            }
            forward.edit().edit(code, edited);
            shown = forward.edit().status(code);
            coder = hasAnswerBody ? forward.edit().coder(code, edited) : Optional.empty();
        } catch (RuntimeException e) {
            log.error("answer not edited target={}", attempts.getLast().target().text(), e);
            replace(code, Answer.empty(500));
            return;
        }
        status = shown;
        if (coder.isPresent()) {
            coded = new CodedAnswer(coder.get(), client, edited, () -> sendHead(shown, shown == code ? reason : Reasons.of(shown), edited, true));
        } else {
            sendHead(shown, shown == code ? reason : Reasons.of(shown), edited, hasAnswerBody);
        }
    }

    private void sendHead(int shown, String reason, HeaderList headers, boolean hasAnswerBody) {
        headers.setIfAbsent("Date", loop.date());
        isHeadSent = true;
        if (isUpgrade) {
            client.closeAfter();
        }
        client.head(shown, reason, headers, hasAnswerBody);
    }

    /** Something else is done in place of the answer that came. */
    private void replace(int code, Decision instead) {
        TargetStream useless = target;
        target = null;
        if (useless != null) {
            useless.abandon();
        }
        if (coded != null) {
            coded.close();
            coded = null;
        }
        attempts.getLast().meter().end(code, System.nanoTime() - attemptBegun);
        act(instead);
    }

    /** A piece of the answer's body. */
    void answerPiece(ByteBuf piece) {
        if (isOver) {
            piece.release();
            return;
        }
        if (coded == null) {
            sent += piece.readableBytes();
            client.piece(piece);
        } else {
            byte[] bytes = new byte[piece.readableBytes()];
            piece.readBytes(bytes).release();
            coded.piece(bytes);
            Optional<Decision> instead = coded.instead();
            if (instead.isPresent()) {
                replace(status, instead.get());
                return;
            }
        }
        if (!client.isWritable() && target != null) {
            target.pause();
        }
    }

    /** What came of the answer just now goes out. */
    void answerFlush() {
        if (!isOver) {
            client.flush();
        }
    }

    /** The answer is complete; its target's connection belongs to the pool again. */
    void answerEnd(HeaderList trailers, boolean hadBody) {
        target = null;
        if (isOver) {
            return;
        }
        if (hadBody) {
            if (coded != null) {
                coded.end();
            }
            client.end(trailers);
        }
        client.flush();
        attempts.getLast().meter().end(status, System.nanoTime() - attemptBegun);
        over();
    }

    /** The target agreed to speak something else: the two connections are joined. */
    void switched(String reason, HeaderList headers) {
        clearDeadline();
        HeaderList edited = HopByHop.forwardableAnswer(headers);
        forward.edit().edit(101, edited);
        edited.setIfAbsent("Date", loop.date());
        edited.set("Upgrade", "websocket").set("Connection", "Upgrade");
        status = 101;
        isHeadSent = true;
        Attempt attempt = attempts.getLast();
        entry.requests.attempted(attempt, Optional.empty(), 101, Duration.ofNanos(System.nanoTime() - attemptBegun));
        TargetStream stream = target;
        target = null;
        client.switchProtocols(reason, edited).ifPresentOrElse(
                channel -> Relay.join(loop, channel, stream.takeChannel(), entry.listener.limits().tunnelTimeout(), (in, out) -> {
                    sent = out;
                    attempt.meter().end(101, System.nanoTime() - attemptBegun);
                    over();
                }),
                () -> {
                    stream.abandon();
                    attempt.meter().end(0, System.nanoTime() - attemptBegun);
                    over();
                });
    }

    /** The target's connection failed while it had the request. */
    void targetFailed(Failure failure, Throwable cause) {
        target = null;
        if (isOver) {
            return;
        }
        if (isHeadSent) {
            log.debug("answer cut off target={} why=\"{}\"", attempts.getLast().target().text(), cause.getMessage());
            client.cut();
            attempts.getLast().meter().end(status, System.nanoTime() - attemptBegun);
            over();
        } else {
            attemptFailed(failure, cause, false);
        }
    }

    /** The target says it did nothing with the request, which it was sent: it may go elsewhere as if nothing had been. */
    void refusedUnseen(Throwable cause) {
        target = null;
        attemptFailed(Failure.UNREACHABLE, cause, true);
    }

    private void attemptFailed(Failure failure, Throwable cause, boolean isUnsent) {
        clearDeadline();
        if (isOver) {
            return;
        }
        Attempt attempt = attempts.getLast();
        long took = System.nanoTime() - attemptBegun;
        attempt.meter().end(0, took);
        entry.requests.attempted(attempt, Optional.of(failure), 0, Duration.ofNanos(took));
        log.debug("attempt failed target={} failure={} why=\"{}\"", attempt.target().text(), failure, cause.getMessage());
        Optional<Attempt> next = Optional.empty();
        boolean isRepeatable = !hasBody || collected != null || forward.body().instead().isPresent() || isUnsent && received == 0;
        if (attempts.size() < MAX_ATTEMPTS + resent && isRepeatable) {
            if (isUnsent && failure != Failure.OVERLOADED) {
                next = forward.retry().after(attempts);
            } else if (failure == Failure.CLOSED && resent < MAX_ATTEMPTS - 1 && IDEMPOTENT.contains(head.method()) && !isUpgrade) {
                resent++;
                next = Optional.of(forward.retry().after(attempts).orElse(attempt));
            }
        }
        if (next.isPresent()) {
            attempt(next.get());
        } else {
            step(() -> forward.edit().failed(failure).orElseGet(() -> entry.requests.failed(head, failure)));
        }
    }

    /** The client hung up: the target need not work on. */
    void clientGone() {
        if (isOver) {
            return;
        }
        clearDeadline();
        TargetStream useless = target;
        target = null;
        if (useless != null) {
            useless.abandon();
        }
        if (useless != null || isConnecting) {
            attempts.getLast().meter().end(status, System.nanoTime() - attemptBegun);
        }
        if (status == 0) {
            status = 499;
        }
        over();
    }

    private void over() {
        if (isOver) {
            return;
        }
        isOver = true;
        clearDeadline();
        entry.ended();
        if (collecting != null) {
            collecting.release();
        }
        if (coded != null) {
            sent = coded.sent();
            coded.close();
        }
        Dispatcher.Ended ended = new Dispatcher.Ended(head, attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.getLast()), status, sent,
                Duration.ofNanos(System.nanoTime() - begun));
        watchers.forEach(watcher -> watcher.accept(ended));
        entry.requests.ended(ended);
    }

    static boolean isBodyless(int status) {
        return status == 204 || status == 304 || status < 200;
    }
}
