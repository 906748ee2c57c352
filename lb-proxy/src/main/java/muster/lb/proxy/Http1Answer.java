package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HttpVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers on a client's HTTP/1 connection, one at a time: how each is framed for the client's version, and whether the connection ends with
 * it (RFC 9112, sections 6 and 9.6). Owned by the connection's event loop.
 */
final class Http1Answer {
    private static final Logger log = LoggerFactory.getLogger(Http1Answer.class);

    private final HeadWriter writer;
    private final String client;
    private final Http1Output out;
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private boolean isToHead;
    private boolean isBegun;
    private boolean isComplete;
    private boolean isLast;

    /** @param client for messages */
    Http1Answer(ChannelHandlerContext context, HeadWriter writer, String client) {
        this.writer = writer;
        this.client = client;
        this.out = new Http1Output(context, writer);
    }

    /** The next one is to this request. */
    void begin(MessageHead request) {
        version = request.version;
        isToHead = request.method.equals("HEAD");
        isLast = !request.isPersistent();
        isBegun = false;
        isComplete = false;
    }

    /** The connection ends with this answer. */
    void isLast(boolean ends) {
        isLast |= ends;
    }

    boolean isLast() {
        return isLast;
    }

    /** Whether its head has been written. */
    boolean isBegun() {
        return isBegun;
    }

    boolean isComplete() {
        return isComplete;
    }

    /** An answer 1xx before it, for clients that know such. */
    void informational(int status, String reason, HeaderList headers) {
        if (version != HttpVersion.HTTP_1_0 && !isComplete) {
            writer.start().status(status, reason).headers(headers).line();
            out.head(false, false);
        }
    }

    /** Its head; one that can't be written is answered for by an error without body. */
    void head(int status, String reason, HeaderList headers, boolean hasBody) {
        boolean isChunked = hasBody && version != HttpVersion.HTTP_1_0 && !headers.has("Content-Length");
        isBegun = true;
        isLast(hasBody && !isChunked && !headers.has("Content-Length"));
        try {
            write(status, reason, headers, isChunked);
            out.head(hasBody, isChunked);
            isComplete = !hasBody;
        } catch (IllegalArgumentException e) {
            log.warn("answer not sent client={} why=\"{}\"", client, e.getMessage());
            isLast(true);
            write(502, "Bad Gateway", new HeaderList().add("Content-Length", "0"), false);
            out.head(false, false);
            isComplete = true;
        }
    }

    private void write(int status, String reason, HeaderList headers, boolean isChunked) {
        writer.start().status(version, status, reason).headers(headers);
        if (isChunked) {
            writer.header("Transfer-Encoding", "chunked");
        }
        if (isLast) {
            writer.header("Connection", "close");
        } else if (version == HttpVersion.HTTP_1_0) {
            writer.header("Connection", "keep-alive");
        }
        writer.line();
    }

    /** A piece of its body, which this takes over. */
    void piece(ByteBuf piece) {
        if (isComplete) {
            piece.release();
        } else {
            out.piece(piece);
        }
    }

    void end(HeaderList trailers) {
        if (!isComplete) {
            out.end(trailers);
            isComplete = true;
        }
    }

    /** The proxy's own and the connection's last, whole. */
    void own(Answer answer, String date) {
        isLast = true;
        isComplete = false;
        HeaderList headers = answer.headers().copy().add("Content-Length", Integer.toString(answer.body().length)).add("Date", date);
        boolean hasBody = answer.body().length > 0 && !isToHead;
        head(answer.status(), Reasons.of(answer.status()), headers, hasBody);
        if (hasBody) {
            piece(Unpooled.wrappedBuffer(answer.body()));
            end(Exchange.NO_TRAILERS);
        }
    }

    /** Hands what was gathered to the channel, unflushed. */
    void write() {
        out.write();
    }

    void flush() {
        out.flush();
    }

    /** Gives up what was gathered. */
    void drop() {
        out.drop();
    }
}
