package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Optional;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;

/** One request to a target over HTTP/2. Owned by the connection's event loop. */
final class TargetHttp2Stream extends ChannelInboundHandlerAdapter implements TargetStream {
    private final Loop loop;
    private final TargetHttp2 connection;
    private final boolean isReused;
    private ChannelHandlerContext context;
    private Exchange exchange;
    private boolean hasHead;
    private boolean isSent;
    private boolean isDone;

    TargetHttp2Stream(Loop loop, TargetHttp2 connection, boolean isReused) {
        this.loop = loop;
        this.connection = connection;
        this.isReused = isReused;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public boolean isReused() {
        return isReused;
    }

    @Override
    public void send(Exchange sender, Attempt attempt, String method, long length, boolean isLengthSent, boolean hasBody, boolean isUpgrade) {
        HeaderList lines = attempt.headers();
        Http2Headers headers = new DefaultHttp2Headers(false)
                .method(method)
                .path(attempt.uri())
                .scheme(connection.scheme())
                .authority(lines.first("Host").orElse(attempt.target().authority()));
        if (attempt.uri().chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw new IllegalArgumentException("a request target that can't be sent");
        }
        Http2Lines.write(lines, headers);
        headers.remove("content-length");
        if (isLengthSent && (hasBody || length == 0)) {
            headers.set("content-length", Long.toString(length));
        }
        exchange = sender;
        isSent = !hasBody;
        context.write(new DefaultHttp2HeadersFrame(headers, !hasBody));
    }

    @Override
    public void piece(ByteBuf piece) {
        if (isDone) {
            piece.release();
        } else {
            context.write(new DefaultHttp2DataFrame(piece, false));
        }
    }

    @Override
    public void end(HeaderList trailers) {
        if (isDone || isSent) {
            return;
        }
        isSent = true;
        context.write(trailers.size() == 0
                ? new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true)
                : new DefaultHttp2HeadersFrame(Http2Lines.trailers(trailers), true));
    }

    @Override
    public void flush() {
        context.flush();
    }

    @Override
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    @Override
    public void pause() {
        context.channel().config().setAutoRead(false);
    }

    @Override
    public void resume() {
        context.channel().config().setAutoRead(true);
    }

    @Override
    public void abandon() {
        exchange = null;
        if (!isDone) {
            isDone = true;
            context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
        }
    }

    @Override
    public Relay.Side takeChannel() {
        throw new IllegalStateException("a stream of HTTP/2 is no connection of its own");
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case Http2HeadersFrame frame -> headers(frame);
            case Http2DataFrame data -> {
                boolean isLast = data.isEndStream();
                if (exchange != null && data.content().isReadable()) {
                    exchange.answerPiece(data.content().retain());
                }
                data.release();
                if (isLast) {
                    done(Exchange.NO_TRAILERS, true);
                }
            }
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void headers(Http2HeadersFrame frame) {
        HeaderList lines;
        try {
            lines = Http2Lines.read(frame.headers());
        } catch (BadMessage bad) {
            fail(Failure.MALFORMED, bad);
            abandon();
            return;
        }
        if (exchange == null) {
            return;
        }
        if (hasHead) {
            done(lines, true);
            return;
        }
        int status = status(frame.headers().status());
        if (status < 100 || status == 101) {
            fail(Failure.MALFORMED, new IOException("an answer without a status"));
            abandon();
        } else if (status < 200) {
            exchange.informational(status, Reasons.of(status), lines);
        } else if (frame.isEndStream() && lines.has("Grpc-Status")) {
            // An answer of trailers only stays one: the same lines, in the head.
            hasHead = true;
            exchange.answered(status, Reasons.of(status), lines, false);
            done(Exchange.NO_TRAILERS, false);
        } else {
            hasHead = true;
            boolean hasBody = !frame.isEndStream();
            exchange.answered(status, Reasons.of(status), lines, hasBody);
            if (!hasBody) {
                done(Exchange.NO_TRAILERS, false);
            }
        }
    }

    private static int status(CharSequence text) {
        Optional<String> digits = Optional.ofNullable(text).map(CharSequence::toString).filter(t -> t.matches("[1-9][0-9]{2}"));
        return digits.map(Integer::parseInt).orElse(0);
    }

    private void done(HeaderList trailers, boolean hadBody) {
        isDone = true;
        Exchange finished = exchange;
        exchange = null;
        if (!isSent) {
            context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
        if (finished != null) {
            finished.answerEnd(trailers, hadBody);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (exchange != null) {
            exchange.answerFlush();
        }
    }

    /** A reset comes as an event. One that says the request was not looked at counts as a connection that failed (RFC 9113, section 8.7). */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame reset) {
            isDone = true;
            boolean isRefused = reset.errorCode() == Http2Error.REFUSED_STREAM.code();
            if (isRefused && exchange != null && !hasHead) {
                Exchange refused = exchange;
                exchange = null;
                refused.refusedUnseen(new IOException("the target refused the stream"));
            } else {
                fail(Failure.CLOSED, new IOException("the target reset the stream"));
            }
        }
    }

    private void fail(Failure failure, Throwable cause) {
        Exchange failed = exchange;
        exchange = null;
        if (failed != null) {
            failed.targetFailed(failure, cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        isDone = true;
        connection.ended();
        fail(Failure.CLOSED, new IOException("the target's connection ended"));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && exchange != null) {
            exchange.targetWritable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        isDone = true;
        fail(Failures.of(cause), cause);
        ctx.close();
    }
}
