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
import java.util.Optional;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request of an HTTP/2 connection. Owned by the connection's event loop. */
final class ClientHttp2Stream extends ChannelInboundHandlerAdapter implements ClientStream {
    private static final Logger log = LoggerFactory.getLogger(ClientHttp2Stream.class);

    private final Loop loop;
    private final EntryPoint entry;
    private final ClientHttp2 connection;
    private final RequestHead.Peer peer;
    private ChannelHandlerContext context;
    private Deadlines.Deadline deadline;
    private RequestClock clock;
    private Exchange exchange;
    private boolean isGrpc;
    private boolean isBodyEnded;
    private boolean isAnswered;
    private boolean isWaiting;

    ClientHttp2Stream(Loop loop, EntryPoint entry, ClientHttp2 connection, RequestHead.Peer peer) {
        this.loop = loop;
        this.entry = entry;
        this.connection = connection;
        this.peer = peer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        deadline = loop.deadlines.add(() -> reset(Http2Error.CANCEL));
        clock = new RequestClock(deadline, entry.listener.limits());
        connection.opened(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        deadline.remove();
        connection.closed(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case Http2HeadersFrame frame when exchange == null && !isBodyEnded && !isAnswered -> begin(frame);
            case Http2HeadersFrame trailers -> trailers(trailers);
            case Http2DataFrame data -> {
                if (!isBodyEnded) {
                    clock.bodyIsDue();
                }
                if (exchange != null && data.content().isReadable()) {
                    exchange.body(data.content().retain());
                }
                boolean isLast = data.isEndStream();
                data.release();
                if (isLast) {
                    bodyEnd(Exchange.NO_TRAILERS);
                }
            }
            default -> ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (exchange != null) {
            exchange.bodyFlush();
        }
    }

    private void begin(Http2HeadersFrame frame) {
        boolean hasBody = !frame.isEndStream();
        isBodyEnded = !hasBody;
        try {
            Http2Request request = Http2Request.read(frame.headers(), hasBody, peer);
            isGrpc = request.isGrpc();
            pause();
            clock.begin();
            if (isGrpc) {
                clock.goesBothWays();
            }
            exchange = new Exchange(loop, entry, this, request.head(), request.length(), hasBody);
            exchange.start();
        } catch (BadMessage refused) {
            log.debug("request refused client={} why=\"{}\"", peer.address(), refused.getMessage());
            var answer = RequestRules.answer(refused);
            head(answer.status(), "", answer.headers().copy().add("Date", loop.date()), answer.body().length > 0);
            if (answer.body().length > 0) {
                piece(Unpooled.wrappedBuffer(answer.body()));
                end(Exchange.NO_TRAILERS);
            }
            flush();
        }
    }

    private void trailers(Http2HeadersFrame frame) {
        HeaderList trailers;
        try {
            trailers = Http2Lines.read(frame.headers());
        } catch (BadMessage bad) {
            reset(Http2Error.PROTOCOL_ERROR);
            return;
        }
        bodyEnd(trailers);
    }

    private void bodyEnd(HeaderList trailers) {
        if (!isBodyEnded) {
            isBodyEnded = true;
            clock.answerIsDue();
            if (exchange != null) {
                exchange.bodyEnd(trailers);
            }
        }
    }

    private void gone() {
        Exchange left = exchange;
        exchange = null;
        isAnswered = true;
        if (left != null) {
            left.clientGone();
        }
    }

    /** A reset comes as an event, for it must not wait behind data that nobody reads. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
            connectionGone();
        }
    }

    /** Nothing comes any more, and nobody wants what came already. */
    void connectionGone() {
        gone();
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("stream failed client={} why=\"{}\"", peer.address(), cause.getMessage());
        gone();
        ctx.close();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            if (isBodyEnded) {
                clock.answerIsDue();
            } else {
                clock.bodyIsDue();
            }
            if (exchange != null) {
                exchange.clientWritable();
            }
        }
    }

    @Override
    public void informational(int status, String reason, HeaderList headers) {
        Http2Headers lines = Http2Lines.write(headers, new DefaultHttp2Headers(false).status(Integer.toString(status)));
        context.write(new DefaultHttp2HeadersFrame(lines, false));
    }

    @Override
    public void head(int status, String reason, HeaderList headers, boolean hasBody) {
        Http2Headers lines;
        boolean hasPieces = hasBody;
        try {
            boolean isOwnError = isGrpc && !headers.has("Grpc-Status") && status != 200;
            lines = isOwnError ? Grpc.error(status) : Http2Lines.write(headers, new DefaultHttp2Headers(false).status(Integer.toString(status)));
            hasPieces &= !isOwnError;
        } catch (IllegalArgumentException e) {
            log.warn("answer not sent client={} why=\"{}\"", peer.address(), e.getMessage());
            lines = new DefaultHttp2Headers(false).status("502");
            hasPieces = false;
        }
        context.write(new DefaultHttp2HeadersFrame(lines, !hasPieces));
        if (!hasPieces) {
            answered();
        } else if (!isBodyEnded) {
            clock.goesBothWays();
        }
    }

    @Override
    public void piece(ByteBuf piece) {
        if (isAnswered) {
            piece.release();
        } else {
            context.write(new DefaultHttp2DataFrame(piece, false));
        }
    }

    @Override
    public void end(HeaderList trailers) {
        if (isAnswered) {
            return;
        }
        if (trailers.size() == 0) {
            context.write(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
        } else {
            context.write(new DefaultHttp2HeadersFrame(Http2Lines.trailers(trailers), true));
        }
        answered();
    }

    private void answered() {
        isAnswered = true;
        deadline.never();
        if (!isBodyEnded) {
            // RFC 9113, section 8.1: the client need not send the rest.
            isBodyEnded = true;
            exchange = null;
            context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
            return;
        }
        exchange = null;
    }

    @Override
    public void flush() {
        context.flush();
        if (!context.channel().isWritable() && !isAnswered) {
            clock.isBlocked();
        }
    }

    @Override
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    @Override
    public void cut() {
        reset(Http2Error.INTERNAL_ERROR);
    }

    private void reset(Http2Error error) {
        gone();
        context.writeAndFlush(new DefaultHttp2ResetFrame(error));
    }

    @Override
    public void pause() {
        isWaiting = true;
        context.channel().config().setAutoRead(false);
    }

    @Override
    public void resume() {
        if (isWaiting) {
            isWaiting = false;
            if (!isBodyEnded) {
                clock.bodyIsDue();
            }
            context.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void closeAfter() {
        // A stream ends with its answer in any case; the connection is not to blame.
    }

    @Override
    public Optional<Relay.Side> switchProtocols(String reason, HeaderList headers) {
        return Optional.empty();
    }
}
