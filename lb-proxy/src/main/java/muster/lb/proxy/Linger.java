package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;

/**
 * The end of a connection whose last answer is written. A socket that is closed while bytes come to it is reset, and the client may lose the
 * answer by that (RFC 9112, section 9.6): so our half is ended first, and what still comes is thrown away for a moment. Owned by its event loop.
 */
final class Linger extends ChannelInboundHandlerAdapter {
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final long MAX_BYTES = 512 * 1024;

    private final Loop loop;
    private final boolean mayHaveMore;
    private Deadlines.Deadline deadline;
    private long bytes;

    /** @param mayHaveMore the client may still be sending */
    Linger(Loop loop, boolean mayHaveMore) {
        this.loop = loop;
        this.mayHaveMore = mayHaveMore;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = loop.deadlines.add(ctx::close);
        deadline.in(TIME);
        if (mayHaveMore && ctx.channel() instanceof SocketChannel socket && ctx.pipeline().get(SslHandler.class) == null) {
            ctx.channel().config().setAutoRead(true);
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> socket.shutdownOutput());
        } else {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline.remove();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf piece = (ByteBuf) message;
        bytes += piece.readableBytes();
        piece.release();
        if (bytes > MAX_BYTES) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
