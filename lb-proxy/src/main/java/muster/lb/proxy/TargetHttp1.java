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
import muster.lb.exchange.HttpVersion;

/** A connection to a target that speaks HTTP/1, one request at a time, between them idle in its pool. Owned by its event loop. */
final class TargetHttp1 extends ChannelInboundHandlerAdapter implements TargetStream {
    private enum Phase {
        IDLE, HEAD, BODY, CLOSED
    }

    private final Loop loop;
    private final TargetPool pool;
    private final HeadParser parser = TargetPool.PARSER;
    private ChannelHandlerContext context;
    private Http1Output out;
    private Phase phase = Phase.IDLE;
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private Exchange exchange;
    private BodyReader body;
    private boolean isReused;
    private boolean isSent;
    private boolean isPersistent;
    private boolean isHeadRequest;
    private boolean isUpgrade;
    private boolean isPaused;
    private boolean isTaken;
    private long idleSince;

    TargetHttp1(Loop loop, TargetPool pool) {
        this.loop = loop;
        this.pool = pool;
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
        HeadWriter writer = loop.writer.start().request(method, attempt.uri());
        HeaderList headers = attempt.headers();
        for (int i = 0; i < headers.size(); i++) {
            if (!isOurs(headers.name(i))) {
                writer.header(headers.name(i), headers.value(i));
            }
        }
        boolean isChunked = hasBody && !isLengthSent;
        if (isChunked) {
            writer.header("Transfer-Encoding", "chunked");
        } else if (isLengthSent) {
            writer.header("Content-Length", Long.toString(length));
        }
        if (upgrades) {
            writer.header("Upgrade", "websocket").header("Connection", "Upgrade");
        }
        writer.line();
        exchange = sender;
        isUpgrade = upgrades;
        isHeadRequest = method.equals("HEAD");
        isSent = !hasBody;
        phase = Phase.HEAD;
        out.head(hasBody, isChunked);
    }

    /** Lines about framing and connection are made here alone. */
    private static boolean isOurs(String name) {
        return switch (name.length()) {
            case 7 -> name.equalsIgnoreCase("Upgrade");
            case 10 -> name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Keep-Alive");
            case 14 -> name.equalsIgnoreCase("Content-Length");
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding");
            default -> false;
        };
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
        int most = pool.settings().maxHeaderBytes();
        int length = Math.min(in.readableBytes(), most);
        byte[] bytes = loop.scratch(length);
        in.getBytes(in.readerIndex(), bytes, 0, length);
        int end = HeadBytes.end(bytes, 0, length);
        if (end < 0) {
            if (length == most) {
                throw new BadMessage(500, "the answer's head is longer than " + most + " bytes");
            }
            return false;
        }
        MessageHead head = parser.response(bytes, 0, end);
        in.skipBytes(end);
        if (head.status < 200) {
            return interim(head);
        }
        boolean hasBody = !isHeadRequest && !Download.isBodyless(head.status);
        body = !hasBody ? BodyReader.ofLength(0)
                : head.isChunked ? BodyReader.chunked(parser, most)
                : head.contentLength >= 0 ? BodyReader.ofLength(head.contentLength) : BodyReader.untilClose();
        isPersistent = head.isPersistent() && !body.isUntilClose() && !(head.isChunked && head.contentLength >= 0)
                && (!isHeadRequest || head.version == HttpVersion.HTTP_1_1);
        phase = Phase.BODY;
        exchange.answered(head.status, head.reason, head.headers, hasBody && !(body.isDone() && head.contentLength == 0));
        if (body.isDone() && phase == Phase.BODY) {
            complete(hasBody && head.contentLength != 0);
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
        ByteBuf piece = body.next(in);
        if (piece != null) {
            if (exchange == null) {
                piece.release();
                return false;
            }
            exchange.answerPiece(piece);
        }
        if (phase == Phase.BODY && body.isDone()) {
            complete(true);
            return false;
        }
        return piece != null && phase == Phase.BODY;
    }

    private void complete(boolean hadBody) {
        Exchange done = exchange;
        exchange = null;
        HeaderList trailers = body.trailers();
        body = null;
        if (isPersistent && isSent && !in.isReadable()) {
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
        boolean isComplete = phase == Phase.BODY && body != null && body.isUntilClose();
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
