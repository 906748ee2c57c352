package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.Optional;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Listener;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection that speaks HTTP/1 (RFC 9112). Requests are served one after another; what a client sends ahead waits, and no
 * more is read from it than a little. How a head is found, how answers are framed ({@link Http1Answer}), how long things may take and how the connection ends are
 * classes of their own; what stays together here is what moves the phase. Owned by its event loop.
 */
final class ClientHttp1 extends ChannelInboundHandlerAdapter implements ClientStream {
    private static final Logger log = LoggerFactory.getLogger(ClientHttp1.class);
    private static final int MAX_AHEAD = 64 * 1024;

    private enum Phase {
        /** Between requests, or in the middle of a head. */
        HEAD,
        BODY,
        /** The request is complete, its answer is not. */
        ANSWER,
        /** Ended, or somebody else's. */
        CLOSED
    }

    private final Loop loop;
    private final EntryPoint entry;
    private final RequestHead.Peer peer;
    private final Listener.Limits limits;
    private final ArrivingHead arriving;
    private ChannelHandlerContext context;
    private Http1Answer answer;
    private Deadlines.Deadline deadline;
    private RequestClock clock;
    private Runnable forgetDrain = () -> { };
    private Phase phase = Phase.HEAD;
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private Exchange exchange;
    private BodyReader body;
    private boolean isPaused;
    private boolean isReading;
    private boolean wasBlocked;

    ClientHttp1(Loop loop, EntryPoint entry, RequestHead.Peer peer) {
        this.loop = loop;
        this.entry = entry;
        this.peer = peer;
        this.limits = entry.listener.limits();
        this.arriving = new ArrivingHead(loop, entry.parser, limits.maxHeadBytes());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        answer = new Http1Answer(added, loop.writer, peer.address());
        deadline = loop.deadlines.add(this::expired);
        clock = new RequestClock(deadline, limits);
        deadline.in(limits.headTimeout());
        forgetDrain = entry.onDrain(() -> loop.executor.execute(() -> {
            if (phase == Phase.HEAD && !in.isReadable() && !arriving.isFirst()) {
                deadline.in(ProxyServer.LAST_REQUEST);
            }
        }));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        deadline.remove();
        forgetDrain.run();
        in.release();
        in = Unpooled.EMPTY_BUFFER;
        answer.drop();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        in = Buffers.join(ctx.alloc(), in, (ByteBuf) message);
        read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (phase == Phase.BODY && exchange != null) {
            exchange.bodyFlush();
        }
    }

    /** Reads on as far as bytes and phase allow. Called again from within by an answer that is there at once. */
    private void read() {
        if (isReading) {
            return;
        }
        isReading = true;
        try {
            boolean isMoving = true;
            while (isMoving && in.isReadable()) {
                isMoving = switch (phase) {
                    case HEAD -> readHead();
                    case BODY -> !isPaused && readBody();
                    case ANSWER, CLOSED -> false;
                };
            }
            if (phase == Phase.BODY && body.isDone()) {
                readBody();
            }
            if ((phase == Phase.ANSWER || phase == Phase.BODY && isPaused) && in.readableBytes() > MAX_AHEAD) {
                context.channel().config().setAutoRead(false);
            }
        } catch (BadMessage refused) {
            refuse(refused);
        } finally {
            isReading = false;
        }
    }

    private boolean readHead() throws BadMessage {
        boolean wasBegun = arriving.isBegun();
        MessageHead head = arriving.next(in);
        if (head != null) {
            begin(head);
            return true;
        }
        if (arriving.isHttp2()) {
            becomeHttp2();
        } else if (!wasBegun && arriving.isBegun()) {
            deadline.in(limits.headTimeout());
        }
        return false;
    }

    private void begin(MessageHead head) throws BadMessage {
        answer.begin(head);
        isPaused = true;
        RequestHead request = RequestRules.head(head, peer);
        body = head.isChunked ? BodyReader.chunked(entry.parser, limits.maxHeadBytes())
                : BodyReader.ofLength(Math.max(0, head.contentLength));
        phase = body.isDone() ? Phase.ANSWER : Phase.BODY;
        clock.begin();
        Exchange begun = new Exchange(loop, entry, this, request, head.contentLength, head.hasBody());
        exchange = begun;
        begun.start();
    }

    private boolean readBody() throws BadMessage {
        ByteBuf piece = body.next(in);
        if (piece != null) {
            exchange.body(piece);
        }
        if (body != null && body.isDone() && phase == Phase.BODY) {
            phase = Phase.ANSWER;
            clock.answerIsDue();
            exchange.bodyEnd(body.trailers());
            return true;
        }
        if (piece != null && phase == Phase.BODY && !isPaused) {
            clock.bodyIsDue();
        }
        return piece != null;
    }

    private void refuse(BadMessage refused) {
        answer.isLast(true);
        if (exchange != null && phase == Phase.BODY) {
            Exchange broken = exchange;
            exchange = null;
            broken.clientGone();
            if (answer.isBegun()) {
                cut();
            } else {
                answerHere(refused);
            }
        } else if (phase == Phase.HEAD || phase == Phase.ANSWER) {
            answerHere(refused);
        } else {
            close();
        }
    }

    /** An answer outside any exchange, after which the connection ends. */
    private void answerHere(BadMessage refused) {
        log.debug("request refused client={} why=\"{}\"", peer.address(), refused.getMessage());
        phase = Phase.ANSWER;
        exchange = null;
        answer.own(RequestRules.answer(refused), loop.date());
        flush();
    }

    private void becomeHttp2() {
        ByteBuf first = in;
        in = Unpooled.EMPTY_BUFFER;
        phase = Phase.CLOSED;
        ClientHttp2.install(context.channel(), loop, entry, peer);
        ChannelHandlerContext here = context;
        here.fireChannelRead(first);
        here.fireChannelReadComplete();
        here.pipeline().remove(this);
    }

    @Override
    public void informational(int status, String reason, HeaderList headers) {
        answer.informational(status, reason, headers);
    }

    /** A body that is there already is passed over; behind one that is still to come the connection can't go on. */
    @Override
    public void head(int status, String reason, HeaderList headers, boolean hasBody) {
        if (phase == Phase.BODY && isPaused && body.skip(in)) {
            phase = Phase.ANSWER;
        }
        answer.isLast(phase == Phase.BODY || entry.isDraining());
        answer.head(status, reason, headers, hasBody);
        if (answer.isComplete()) {
            answered();
        }
    }

    @Override
    public void piece(ByteBuf piece) {
        if (context.channel().isActive()) {
            answer.piece(piece);
        } else {
            piece.release();
        }
    }

    @Override
    public void end(HeaderList trailers) {
        if (!answer.isComplete()) {
            answer.end(trailers);
            answered();
        }
    }

    @Override
    public void flush() {
        if (phase == Phase.CLOSED) {
            answer.drop();
        } else if (answer.isComplete() && answer.isLast()) {
            answer.write();
            boolean mayHaveMore = phase == Phase.BODY || in.isReadable();
            phase = Phase.CLOSED;
            context.pipeline().replace(this, "linger", new Linger(loop, mayHaveMore));
        } else {
            answer.flush();
            if (!context.channel().isWritable() && !wasBlocked) {
                wasBlocked = true;
                clock.isBlocked();
            }
        }
    }

    /** The answer is complete; the next request's turn comes when this one has been read to its end. */
    private void answered() {
        exchange = null;
        answer.isLast(phase == Phase.BODY);
        if (answer.isLast()) {
            return;
        }
        phase = Phase.HEAD;
        deadline.in(entry.isDraining() ? ProxyServer.LAST_REQUEST : limits.idleTimeout());
        if (!context.channel().config().isAutoRead()) {
            context.channel().config().setAutoRead(true);
        }
        if (in.isReadable() && !isReading) {
            loop.executor.execute(this::read);
        }
    }

    @Override
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    @Override
    public void cut() {
        answer.write();
        phase = Phase.CLOSED;
        exchange = null;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void pause() {
        if (!isPaused) {
            isPaused = true;
            clock.isBlocked();
            context.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void resume() {
        if (isPaused && phase == Phase.BODY) {
            isPaused = false;
            clock.bodyIsDue();
            context.channel().config().setAutoRead(true);
            if (isReading) {
                return;
            }
            read();
            if (exchange != null) {
                exchange.bodyFlush();
            }
        }
    }

    @Override
    public void closeAfter() {
        answer.isLast(true);
    }

    @Override
    public Optional<Relay.Side> switchProtocols(String reason, HeaderList headers) {
        loop.writer.start().status(101, reason).headers(headers).line();
        context.write(loop.writer.buffer(context.alloc(), 0), context.voidPromise());
        Relay.Side side = new Relay.Side(context.channel(), in);
        in = Unpooled.EMPTY_BUFFER;
        phase = Phase.CLOSED;
        exchange = null;
        context.flush();
        context.pipeline().remove(this);
        return Optional.of(side);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            if (wasBlocked) {
                wasBlocked = false;
                if (phase == Phase.BODY && isPaused) {
                    clock.isBlocked();
                } else if (phase == Phase.BODY) {
                    clock.bodyIsDue();
                } else if (phase == Phase.ANSWER) {
                    clock.answerIsDue();
                } else {
                    deadline.in(limits.idleTimeout());
                }
            }
            if (exchange != null) {
                exchange.clientWritable();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        phase = Phase.CLOSED;
        Exchange gone = exchange;
        exchange = null;
        if (gone != null) {
            gone.clientGone();
        }
        answer.drop();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            log.debug("connection failed client={} why=\"{}\"", peer.address(), cause.getMessage(), cause);
        }
        close();
    }

    private void expired() {
        switch (phase) {
            case HEAD -> {
                if (arriving.isBegun()) {
                    answerHere(new BadMessage(408, ""));
                } else {
                    close();
                }
            }
            case BODY -> {
                if (answer.isBegun() || wasBlocked) {
                    close();
                } else {
                    Exchange late = exchange;
                    exchange = null;
                    if (late != null) {
                        late.clientGone();
                    }
                    answerHere(new BadMessage(isPaused ? 504 : 408, ""));
                }
            }
            case ANSWER, CLOSED -> close();
        }
    }

    private void close() {
        phase = Phase.CLOSED;
        context.close();
    }
}
