package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;

/**
 * A connection to a target that speaks HTTP/1, one request at a time, between them idle in its pool. How requests go out is
 * {@link Http1Output}'s, how answers are read {@link ArrivingAnswer}'s. Owned by its event loop.
 */
final class TargetHttp1 extends ChannelInboundHandlerAdapter implements TargetStream {
    private enum Phase {
        IDLE, HEAD, BODY, CLOSED
    }

    private final Loop loop;
    private final TargetPool pool;
    private final ArrivingAnswer answer;
    private ChannelHandlerContext context;
    private Http1Output out;
    private Phase phase = Phase.IDLE;
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private Exchange exchange;
    private boolean isReused;
    private boolean isSent;
    private boolean isUpgrade;
    private boolean isPaused;
    private boolean isTaken;
    private long idleSince;

    TargetHttp1(Loop loop, TargetPool pool) {
        this.loop = loop;
        this.pool = pool;
        this.answer = new ArrivingAnswer(loop, TargetPool.PARSER, pool.settings().maxHeaderBytes());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        out = new Http1Output(added, loop.writer);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        if (!isTaken) {
            in.release();
            in = Unpooled.EMPTY_BUFFER;
        }
        out.drop();
    }

    @Override
    public boolean isReused() {
        return isReused;
    }

    boolean isUsable() {
        return phase == Phase.IDLE && context.channel().isActive();
    }

    /** System.nanoTime() when it became idle. */
    long idleSince() {
        return idleSince;
    }

    void close() {
        phase = Phase.CLOSED;
        context.close();
    }

    @Override
    public void send(Exchange sender, Attempt attempt, String method, long length, boolean isLengthSent, boolean hasBody, boolean upgrades) {
        boolean isChunked = hasBody && !isLengthSent;
        HeadWriter writer = loop.writer.start().request(method, attempt.uri()).passedOn(attempt.headers());
        if (isChunked) {
            writer.header("Transfer-Encoding", "chunked");
        } else if (isLengthSent) {
            writer.header("Content-Length", Long.toString(length));
        }
        if (upgrades) {
            writer.header("Upgrade", "websocket").header("Connection", "Upgrade");
        }
        writer.line();
        answer.begin(method);
        exchange = sender;
        isUpgrade = upgrades;
        isSent = !hasBody;
        phase = Phase.HEAD;
        out.head(hasBody, isChunked);
    }

    @Override
    public void piece(ByteBuf piece) {
        if (phase == Phase.CLOSED) {
            piece.release();
        } else {
            out.piece(piece);
        }
    }

    @Override
    public void end(HeaderList trailers) {
        if (phase != Phase.CLOSED) {
            out.end(trailers);
            isSent = true;
        }
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    @Override
    public void pause() {
        if (!isPaused) {
            isPaused = true;
            context.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void resume() {
        if (isPaused) {
            isPaused = false;
            context.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void abandon() {
        exchange = null;
        if (phase == Phase.IDLE) {
            release();
        } else {
            close();
        }
    }

    @Override
    public Relay.Side takeChannel() {
        isTaken = true;
        Relay.Side side = new Relay.Side(context.channel(), in);
        in = Unpooled.EMPTY_BUFFER;
        phase = Phase.CLOSED;
        exchange = null;
        context.pipeline().remove(this);
        return side;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf piece = (ByteBuf) message;
        if (phase == Phase.IDLE || phase == Phase.CLOSED) {
            piece.release();
            close();
            return;
        }
        in = Buffers.join(ctx.alloc(), in, piece);
        try {
            boolean isMoving = true;
            while (isMoving && in.isReadable()) {
                isMoving = switch (phase) {
                    case HEAD -> readHead();
                    case BODY -> readBody();
                    case IDLE, CLOSED -> false;
                };
            }
        } catch (BadMessage bad) {
            fail(Failure.MALFORMED, bad);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (exchange != null && phase == Phase.BODY) {
            exchange.answerFlush();
        }
    }

    private boolean readHead() throws BadMessage {
        MessageHead head = answer.head(in);
        if (head == null) {
            return false;
        }
        if (head.status < 200) {
            return interim(head);
        }
        phase = Phase.BODY;
        exchange.answered(head.status, head.reason, head.headers, answer.hasBody());
        if (answer.body().isDone() && phase == Phase.BODY) {
            complete();
        }
        return phase == Phase.BODY;
    }

    private boolean interim(MessageHead head) throws BadMessage {
        if (head.status != 101) {
            exchange.informational(head.status, head.reason, head.headers);
            return true;
        }
        if (!isUpgrade) {
            throw new BadMessage(500, "101 without having been asked");
        }
        Exchange upgraded = exchange;
        pool.left(this);
        upgraded.switched(head.reason, head.headers);
        return false;
    }

    private boolean readBody() throws BadMessage {
        ByteBuf piece = answer.body().next(in);
        if (piece != null) {
            if (exchange == null) {
                piece.release();
                return false;
            }
            exchange.answerPiece(piece);
        }
        if (phase == Phase.BODY && answer.body().isDone()) {
            complete();
            return false;
        }
        return piece != null && phase == Phase.BODY;
    }

    private void complete() {
        Exchange done = exchange;
        exchange = null;
        HeaderList trailers = answer.body().trailers();
        boolean hadBody = answer.hasBody();
        if (answer.isPersistent() && isSent && !in.isReadable()) {
            phase = Phase.IDLE;
            release();
        } else {
            close();
        }
        if (done != null) {
            done.answerEnd(trailers, hadBody);
        }
    }

    private void release() {
        isReused = true;
        idleSince = System.nanoTime();
        resume();
        pool.released(this);
    }

    private void fail(Failure failure, Throwable cause) {
        Exchange failed = exchange;
        exchange = null;
        close();
        if (failed != null) {
            failed.targetFailed(failure, cause);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && exchange != null) {
            exchange.targetWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        boolean isComplete = phase == Phase.BODY && answer.body().isUntilClose();
        phase = Phase.CLOSED;
        Exchange open = exchange;
        exchange = null;
        pool.closed(this);
        if (open != null && isComplete) {
            open.answerEnd(Exchange.NO_TRAILERS, true);
        } else if (open != null) {
            open.targetFailed(Failure.CLOSED, new IOException(in.isReadable() ? "closed in the middle of an answer" : "closed without an answer"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(Failures.of(cause), cause);
    }
}
