package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HopByHop;

/** A request's answer on its way to the client: the proxy's own, or a target's as it is edited and perhaps coded. Owned by one event loop. */
final class Download {
    private final Loop loop;
    private final ClientStream client;
    private final boolean isHeadRequest;
    private final boolean isUpgrade;
    private CodedAnswer coded;
    private int status;
    private long sent;
    private boolean isHeadSent;

    Download(Loop loop, ClientStream client, boolean isHeadRequest, boolean isUpgrade) {
        this.loop = loop;
        this.client = client;
        this.isHeadRequest = isHeadRequest;
        this.isUpgrade = isUpgrade;
    }

    /** Whether an answer with this status never has a body. */
    static boolean isBodyless(int status) {
        return status == 204 || status == 304 || status < 200;
    }

    /** 0 until there is one. */
    int status() {
        return status;
    }

    /** Bytes of the body sent so far. */
    long sent() {
        return coded == null ? sent : coded.sent();
    }

    /** Whether it is too late for another answer. */
    boolean isHeadSent() {
        return isHeadSent;
    }

    /** The proxy's own, whole. */
    void own(Answer answer) {
        status = answer.status();
        HeaderList headers = answer.headers().copy();
        boolean isBodyless = isBodyless(status);
        boolean hasBody = !isBodyless && !isHeadRequest && answer.body().length > 0;
        if (!isBodyless && !headers.has("Content-Length")) {
            headers.add("Content-Length", Integer.toString(answer.body().length));
        }
        headers.setIfAbsent("Date", loop.date());
        isHeadSent = true;
        client.head(status, Reasons.of(status), headers, hasBody);
        if (hasBody) {
            sent = answer.body().length;
            client.piece(Unpooled.wrappedBuffer(answer.body()));
            client.end(Exchange.NO_TRAILERS);
        }
        client.flush();
    }

    /** The head of a target's; returns what is to be done in its place, if anything. */
    Optional<Decision> begin(int code, String reason, HeaderList headers, boolean hasBody, ResponseEdit edit) {
        HeaderList edited = HopByHop.forwardableAnswer(headers);
        if (headers.has("Trailer")) {
            edited.add("Trailer", String.join(", ", headers.members("Trailer")));
        }
        if (headers.has("Transfer-Encoding") || code == 204) {
            edited.remove("Content-Length");
        }
        Optional<Decision> instead = edit.instead(code, edited);
        if (instead.isPresent()) {
            return instead;
        }
        edit.edit(code, edited);
        int shown = edit.status(code);
        Optional<BodyCoder> coder = hasBody ? edit.coder(code, edited) : Optional.empty();
        status = shown;
        String text = shown == code ? reason : Reasons.of(shown);
        if (coder.isPresent()) {
            coded = new CodedAnswer(coder.get(), client, edited, () -> sendHead(shown, text, edited, true));
        } else {
            sendHead(shown, text, edited, hasBody);
        }
        return Optional.empty();
    }

    private void sendHead(int shown, String reason, HeaderList headers, boolean hasBody) {
        headers.setIfAbsent("Date", loop.date());
        isHeadSent = true;
        if (isUpgrade) {
            client.closeAfter();
        }
        client.head(shown, reason, headers, hasBody);
    }

    /** The headers of a target's agreement to speak WebSocket. */
    HeaderList switched(HeaderList headers, ResponseEdit edit) {
        HeaderList edited = HopByHop.forwardableAnswer(headers);
        edit.edit(101, edited);
        edited.setIfAbsent("Date", loop.date());
        edited.set("Upgrade", "websocket").set("Connection", "Upgrade");
        status = 101;
        isHeadSent = true;
        return edited;
    }

    /** The bytes that went to the client once it spoke WebSocket. */
    void tunnelled(long bytes) {
        sent = bytes;
    }

    /** A piece of the body; returns what is to be done in place of the answer, if anything. */
    Optional<Decision> piece(ByteBuf piece) {
        if (coded == null) {
            sent += piece.readableBytes();
            client.piece(piece);
            return Optional.empty();
        }
        byte[] bytes = new byte[piece.readableBytes()];
        piece.readBytes(bytes).release();
        coded.piece(bytes);
        return coded.instead();
    }

    void end(HeaderList trailers, boolean hadBody) {
        if (hadBody) {
            if (coded != null) {
                coded.end(trailers);
            }
            client.end(coded != null && coded.takesTrailers() ? Exchange.NO_TRAILERS : trailers);
        }
        client.flush();
    }

    /** Forgets what was to be sent, for another answer. */
    void replace() {
        status = 0;
        if (coded != null) {
            coded.close();
            coded = null;
        }
    }

    /** The client went before there was an answer. */
    void unanswered() {
        if (status == 0) {
            status = 499;
        }
    }

    /** Gives up what a coder holds. */
    void release() {
        if (coded != null) {
            coded.close();
        }
    }
}
