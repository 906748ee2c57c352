package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.time.Duration;

/**
 * Two connections joined byte by byte, each side as fast as the other takes it. When one side ends its half, the other half goes on. One
 * handler in each of the two pipelines; both belong to the same event loop.
 */
final class Relay extends ChannelInboundHandlerAdapter {
    /** Told once, when both are closed. */
    interface Ended {
        void ended(long fromClient, long toClient);
    }

    /**
     * One of two connections to be joined; its pipeline has no other handler for its bytes.
     *
     * @param ahead what was read of it already and is the other side's; the relay releases it
     */
    record Side(Channel channel, ByteBuf ahead) {
        static Side of(Channel channel) {
            return new Side(channel, Unpooled.EMPTY_BUFFER);
        }
    }

    private final Joint joint;
    private final boolean isClient;
    private ChannelHandlerContext context;
    private long bytes;
    private boolean isShut;
    private boolean isGone;

    /** What the two sides share. */
    private static final class Joint {
        private final Relay client = new Relay(this, true);
        private final Relay target = new Relay(this, false);
        private final Duration idle;
        private final Ended ended;
        private final Deadlines.Deadline deadline;
        private boolean isOver;

        Joint(Loop loop, Duration idle, Ended ended) {
            this.idle = idle;
            this.ended = ended;
            this.deadline = loop.deadlines.add(() -> {
                client.close();
                target.close();
            });
        }

        void over() {
            if (!isOver && client.isGone && target.isGone) {
                isOver = true;
                deadline.remove();
                ended.ended(client.bytes, target.bytes);
            }
        }
    }

    private Relay(Joint joint, boolean isClient) {
        this.joint = joint;
        this.isClient = isClient;
    }

    /** Joins two connections; reading starts. */
    static void join(Loop loop, Side clientSide, Side targetSide, Duration idle, Ended ended) {
        Channel client = clientSide.channel();
        Channel target = targetSide.channel();
        Joint joint = new Joint(loop, idle, ended);
        joint.deadline.in(idle);
        client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        target.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        target.pipeline().addLast("relay", joint.target);
        client.pipeline().addLast("relay", joint.client);
        if (!client.isActive()) {
            joint.client.gone();
        }
        if (!target.isActive()) {
            joint.target.gone();
        }
        // At once: the next bytes of the same side may come right behind them.
        joint.client.passOn(clientSide.ahead());
        joint.target.passOn(targetSide.ahead());
        client.config().setAutoRead(target.isWritable());
        target.config().setAutoRead(client.isWritable());
    }

    private void passOn(ByteBuf ahead) {
        if (ahead.isReadable()) {
            channelRead(context, ahead);
            channelReadComplete(context);
        } else {
            ahead.release();
        }
    }

    private Relay other() {
        return isClient ? joint.target : joint.client;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf piece = (ByteBuf) message;
        Relay other = other();
        if (other.isGone || other.isShut) {
            piece.release();
            return;
        }
        bytes += piece.readableBytes();
        Channel to = other.context.channel();
        other.context.write(piece, other.context.voidPromise());
        if (!to.isWritable()) {
            other.context.flush();
            if (!to.isWritable()) {
                ctx.channel().config().setAutoRead(false);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        joint.deadline.in(joint.idle);
        if (!other().isGone) {
            other().context.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!other().isGone) {
            other().context.channel().config().setAutoRead(ctx.channel().isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
            other().shut();
        }
    }

    /** This side gets no more: what it was sent goes out, then its half of the connection ends. */
    private void shut() {
        if (isShut || isGone) {
            return;
        }
        isShut = true;
        Channel channel = context.channel();
        boolean isTls = channel.pipeline().get(io.netty.handler.ssl.SslHandler.class) != null;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (other().isShut || isTls || !(channel instanceof DuplexChannel duplex)) {
                channel.close();
            } else {
                duplex.shutdownOutput();
            }
            if (other().isShut && !other().isGone) {
                other().close();
            }
        });
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone();
    }

    private void gone() {
        if (isGone) {
            return;
        }
        isGone = true;
        Relay other = other();
        if (!other.isGone && other.context != null) {
            other.context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
        joint.over();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        close();
    }

    private void close() {
        if (!isGone) {
            context.close();
        }
    }
}
