package muster.lb.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Consumer;

/** Makes connections, TLS handshake included. Names are looked up on a virtual thread, for the platform's resolver waits. */
final class Dialer {
    /** What came of it; exactly one of the two is there. */
    interface Outcome {
        void done(Channel channel, Throwable failure);
    }

    private Dialer() {}

    /**
     * Connects; the outcome is told on the loop, never before this returns.
     *
     * @param pipeline puts the handlers in that a connection begins with
     */
    static void dial(Loop loop, String host, int port, Duration timeout, Consumer<Channel> pipeline, Outcome outcome) {
        byte[] numeric = NetUtil.createByteArrayFromIpAddressString(host);
        if (numeric != null) {
            try {
                connect(loop, new InetSocketAddress(InetAddress.getByAddress(numeric), port), timeout, pipeline, outcome);
            } catch (UnknownHostException e) {
                loop.executor.execute(() -> outcome.done(null, e));
            }
            return;
        }
        Thread.ofVirtual().name("resolve " + host).start(() -> {
            try {
                InetAddress address = InetAddress.getByName(host);
                loop.executor.execute(() -> connect(loop, new InetSocketAddress(address, port), timeout, pipeline, outcome));
            } catch (UnknownHostException e) {
                loop.executor.execute(() -> outcome.done(null, e));
            }
        });
    }

    private static void connect(Loop loop, InetSocketAddress address, Duration timeout, Consumer<Channel> pipeline, Outcome outcome) {
        if (address.getPort() == 0) {
            loop.executor.execute(() -> outcome.done(null, new java.net.ConnectException("port 0")));
            return;
        }
        ChannelFuture connected = new Bootstrap()
                .group(loop.executor)
                .channelFactory(loop.sockets)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeout.toMillis())))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        pipeline.accept(channel);
                    }
                })
                .connect(address);
        connected.addListener(done -> {
            if (!done.isSuccess()) {
                outcome.done(null, done.cause());
                return;
            }
            Channel channel = connected.channel();
            SslHandler tls = channel.pipeline().get(SslHandler.class);
            if (tls == null) {
                outcome.done(channel, null);
            } else {
                tls.handshakeFuture().addListener(shaken -> {
                    if (shaken.isSuccess()) {
                        outcome.done(channel, null);
                    } else {
                        channel.close();
                        outcome.done(null, shaken.cause());
                    }
                });
            }
        });
    }
}
