package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HopByHop;
import muster.lb.exchange.HttpVersion;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one request: decided ({@link Turns}), tried at a target, at another one if the first can't be reached ({@link Attempts}), then
 * streamed both ways ({@link Upload}, {@link Download}), each side as fast as the other takes it.
 *
 * <p>Owned by one event loop; every method runs on it.
 */
final class Exchange implements TargetPools.Waiter, Turns.Outcome {
    private static final Logger log = LoggerFactory.getLogger(Exchange.class);
    static final HeaderList NO_TRAILERS = new HeaderList();

    private final Loop loop;
    private final EntryPoint entry;
    private final ClientStream client;
    private final RequestHead head;
    private final boolean isUpgrade;
    private final long begun = System.nanoTime();
    private final Turns turns;
    private final Attempts attempts;
    private final Upload upload;
    private final Download download;
    private Forward forward;
    private TargetStream target;
    private Deadlines.Deadline answerDeadline;
    private boolean isConnecting;
    private boolean isOver;

    /** @param length of the request's body, {@link MessageHead#NO_LENGTH} when it has none or is not known */
    Exchange(Loop loop, EntryPoint entry, ClientStream client, RequestHead head, long length, boolean hasBody) {
        this.loop = loop;
        this.entry = entry;
        this.client = client;
        this.head = head;
        this.isUpgrade = head.version() != HttpVersion.HTTP_2 && head.isWebSocket();
        this.turns = new Turns(loop, head, this);
        this.attempts = new Attempts(entry.requests, head.method(), isUpgrade);
        this.upload = new Upload(loop, client, head, length, hasBody);
        this.download = new Download(loop, client, head.method().equals("HEAD"), isUpgrade);
        entry.began();
    }

    /** Begins. The request's body is not to come before {@link ClientStream#resume}. */
    void start() {
        turns.take(() -> entry.requests.decide(head));
    }

    @Override
    public boolean isOver() {
        return isOver;
    }

    @Override
    public void collect(long limit, Consumer<Optional<byte[]>> then) {
        upload.collect(limit, then);
    }

    @Override
    public void forward(Forward next) {
        forward = next;
        if (upload.comesFirst(next.body())) {
            upload.collect(next.body(), body -> turns.take(() -> body.isPresent() ? next : Answer.text(413, "Request Entity Too Large")));
        } else {
            attempt(next.attempt());
        }
    }

    /** Answers by itself. */
    @Override
    public void respond(Answer answer) {
        if (download.isHeadSent()) {
            client.cut();
        } else {
            download.own(answer);
        }
        over();
    }

    private void attempt(Attempt attempt) {
        attempts.begin(attempt);
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
        Attempt attempt = attempts.last();
        try {
            if (upload.send(this, stream, attempt, forward.body(), isUpgrade, () -> !isOver && !download.isHeadSent())) {
                requestSent();
            }
        } catch (IllegalArgumentException e) {
            log.warn("request not sent target={} why=\"{}\"", attempt.target().text(), e.getMessage());
            detach();
            stream.abandon();
            attemptFailed(Failure.MALFORMED, e, false);
            return;
        }
        stream.flush();
    }

    /** Lets go of the target; returns it, or null when there is none. */
    private TargetStream detach() {
        TargetStream left = target;
        target = null;
        upload.stop();
        return left;
    }

    /** A piece of the request's body came. */
    void body(ByteBuf piece) {
        upload.piece(piece);
    }

    /** What came of the request's body just now goes out. */
    void bodyFlush() {
        upload.flush();
    }

    /** The request's body is complete. */
    void bodyEnd(HeaderList trailers) {
        if (upload.end(trailers)) {
            requestSent();
        }
    }

    /** The target has everything: its time to answer runs. */
    private void requestSent() {
        Duration own = attempts.last().transport().answerTimeout();
        Duration most = own.isZero() ? entry.settings.responseHeaderTimeout() : own;
        if (!most.isZero() && download.status() == 0) {
            answerDeadline = loop.deadlines.add(() -> {
                if (target != null && !isOver) {
                    detach().abandon();
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
        if (!isOver) {
            upload.targetWritable();
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
        if (!isOver && !download.isHeadSent() && (code != 100 || upload.isUntouched())) {
            client.informational(code, reason, HopByHop.forwardableAnswer(headers));
            client.flush();
        }
    }

    /** The answer's head. */
    void answered(int code, String reason, HeaderList headers, boolean hasBody) {
        clearDeadline();
        if (isOver) {
            return;
        }
        attempts.answered(code);
        Optional<Decision> instead;
        try {
            instead = download.begin(code, reason, headers, hasBody, forward.edit());
        } catch (RuntimeException e) {
            log.error("answer not edited target={}", attempts.last().target().text(), e);
            instead = Optional.of(Answer.empty(500));
        }
        instead.ifPresent(other -> replace(code, other));
    }

    /** Something else is done in place of the answer that came. */
    private void replace(int code, Decision instead) {
        TargetStream useless = detach();
        if (useless != null) {
            useless.abandon();
        }
        download.replace();
        attempts.ended(code);
        turns.act(instead);
    }

    /** A piece of the answer's body. */
    void answerPiece(ByteBuf piece) {
        if (isOver) {
            piece.release();
            return;
        }
        Optional<Decision> instead = download.piece(piece);
        if (instead.isPresent()) {
            replace(download.status(), instead.get());
        } else if (!client.isWritable() && target != null) {
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
        detach();
        if (isOver) {
            return;
        }
        download.end(trailers, hadBody);
        attempts.ended(download.status());
        over();
    }

    /** The target agreed to speak something else: the two connections are joined. */
    void switched(String reason, HeaderList headers) {
        clearDeadline();
        HeaderList edited = download.switched(headers, forward.edit());
        attempts.answered(101);
        TargetStream stream = detach();
        client.switchProtocols(reason, edited).ifPresentOrElse(
                side -> Relay.join(loop, side, stream.takeChannel(), entry.listener.limits().tunnelTimeout(), (in, out) -> {
                    download.tunnelled(out);
                    attempts.ended(101);
                    over();
                }),
                () -> {
                    stream.abandon();
                    attempts.ended(0);
                    over();
                });
    }

    /** The target's connection failed while it had the request. */
    void targetFailed(Failure failure, Throwable cause) {
        detach();
        if (isOver) {
            return;
        }
        if (download.isHeadSent()) {
            log.debug("answer cut off target={} why=\"{}\"", attempts.last().target().text(), cause.getMessage());
            client.cut();
            attempts.ended(download.status());
            over();
        } else {
            attemptFailed(failure, cause, false);
        }
    }

    /** The target says it did nothing with the request, which it was sent: it may go elsewhere as if nothing had been. */
    void refusedUnseen(Throwable cause) {
        detach();
        attemptFailed(Failure.UNREACHABLE, cause, true);
    }

    private void attemptFailed(Failure failure, Throwable cause, boolean isUnsent) {
        clearDeadline();
        if (isOver) {
            return;
        }
        download.replace();
        attempts.failed(failure);
        log.debug("attempt failed target={} failure={} why=\"{}\"", attempts.last().target().text(), failure, cause.getMessage());
        attempts.next(failure, isUnsent, upload.isRepeatable(forward.body(), isUnsent), forward.retry()).ifPresentOrElse(
                this::attempt,
                () -> turns.take(() -> forward.edit().failed(failure).orElseGet(() -> entry.requests.failed(head, failure))));
    }

    /** The client hung up: the target need not work on. */
    void clientGone() {
        if (isOver) {
            return;
        }
        TargetStream useless = detach();
        if (useless != null) {
            useless.abandon();
        }
        if (useless != null || isConnecting) {
            attempts.ended(download.status());
        }
        download.unanswered();
        over();
    }

    private void over() {
        if (isOver) {
            return;
        }
        isOver = true;
        clearDeadline();
        entry.ended();
        upload.release();
        download.release();
        Dispatcher.Ended ended = new Dispatcher.Ended(head, attempts.latest(), download.status(), download.sent(),
                Duration.ofNanos(System.nanoTime() - begun), attempts.tries());
        turns.ended(ended);
        entry.requests.ended(ended);
    }
}
