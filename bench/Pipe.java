import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;

/**
 * {@code java -cp 'target/dist/lib/*' bench/Pipe.java PORT TARGET}: passes bytes on between clients and a target without looking at them, on the
 * balancer's transport and with as many threads. What it costs is the platform's share of what a balancer costs.
 */
final class Pipe {
    public static void main(String[] args) throws InterruptedException {
        boolean isRing = IoUring.isAvailable();
        if (!isRing && !Epoll.isAvailable()) {
            throw new IllegalStateException("neither io_uring nor epoll can be used", Epoll.unavailabilityCause());
        }
        IoHandlerFactory factory = isRing ? IoUringIoHandler.newFactory() : EpollIoHandler.newFactory();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, factory);
        Class<? extends Channel> sockets = isRing ? IoUringSocketChannel.class : EpollSocketChannel.class;
        int target = Integer.parseInt(args[1]);
        new ServerBootstrap().group(group).channel(isRing ? IoUringServerSocketChannel.class : EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096).childOption(ChannelOption.TCP_NODELAY, true).childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel client) {
                        ChannelFuture connecting = new Bootstrap().group(client.eventLoop()).channel(sockets).option(ChannelOption.TCP_NODELAY, true)
                                .handler(new End(client)).connect("127.0.0.1", target);
                        client.pipeline().addLast(new End(connecting.channel()));
                        connecting.addListener(connected -> {
                            if (connected.isSuccess()) {
                                client.config().setAutoRead(true);
                            } else {
                                client.close();
                            }
                        });
                    }
                }).bind("127.0.0.1", Integer.parseInt(args[0])).sync().channel().closeFuture().sync();
    }

    /** One side; what it reads goes to the other. */
    private static final class End extends ChannelInboundHandlerAdapter {
        private final Channel other;

        End(Channel other) {
            this.other = other;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            other.write(bytes, other.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            other.flush();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
