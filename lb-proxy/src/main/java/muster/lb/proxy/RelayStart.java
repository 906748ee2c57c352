package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.lb.exchange.ConnectionDispatcher;
import muster.lb.exchange.ConnectionDispatcher.Connect;
import muster.lb.exchange.ConnectionDispatcher.Way;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection that waits for its target: tried one after another, since nothing was sent yet, then joined. Owned by its event
 * loop; replaces itself by a {@link Relay}.
 */
final class RelayStart extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(RelayStart.class);
    private static final int MAX_ATTEMPTS = 3;

    private final Loop loop;
    private final EntryPoint entry;
    private final ConnectionDispatcher.Head head;
    private final Way.Relay relay;
    private final List<Connect> tried = new ArrayList<>(1);
    private final long begun = System.nanoTime();
    private ByteBuf first;
    private ChannelHandlerContext context;
    private boolean isShut;
    private boolean isOver;

    RelayStart(Loop loop, EntryPoint entry, ConnectionDispatcher.Head head, Way.Relay relay, ByteBuf first) {
        this.loop = loop;
        this.entry = entry;
        this.head = head;
        this.relay = relay;
        this.first = first;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        entry.began();
        added.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        added.channel().config().setAutoRead(false);
        attempt(relay.connect());
    }

    private void attempt(Connect connect) {
        tried.add(connect);
        connect.meter().begin();
        Duration own = connect.transport().dialTimeout();
        Duration dial = own.isZero() ? entry.settings.dialTimeout() : own;
        boolean isTls = connect.target().scheme().equals("tls") || connect.target().isTls();
        Dialer.dial(loop, connect.target().host(), connect.target().port(), dial, channel -> {
            channel.config().setAutoRead(false);
            if (isTls) {
                channel.config().setAutoRead(true);
                channel.pipeline().addLast("tls",
                        entry.clientTls.handler(channel, connect.target().host(), connect.target().port(), connect.transport(), false, dial));
            }
        }, (channel, failure) -> {
            if (failure == null) {
                connected(connect, channel);
            } else {
                failed(connect, failure);
            }
        });
    }

    private void connected(Connect connect, Channel target) {
        if (isOver) {
            target.close();
            connect.meter().end(0, System.nanoTime() - begun);
            return;
        }
        isOver = true;
        RequestHead.Peer peer = head.peer();
        if (connect.proxyHeader() > 0) {
            target.write(Unpooled.wrappedBuffer(
                    ProxyHeaders.write(connect.proxyHeader(), peer.address(), peer.port(), peer.localAddress(), peer.localPort())));
        }
        Channel client = context.channel();
        ByteBuf early = first;
        first = Unpooled.EMPTY_BUFFER;
        long earlyBytes = early.readableBytes();
        target.writeAndFlush(early);
        context.pipeline().remove(this);
        Relay.join(loop, Relay.Side.of(client), Relay.Side.of(target), entry.listener.limits().tunnelTimeout(), (received, sent) -> {
            entry.ended();
            long took = System.nanoTime() - begun;
            connect.meter().end(200, took);
            entry.connections.ended(new ConnectionDispatcher.Ended(head, connect, true, received + earlyBytes, sent, Duration.ofNanos(took)));
        });
        if (isShut) {
            client.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    private void failed(Connect connect, Throwable failure) {
        connect.meter().end(0, System.nanoTime() - begun);
        log.debug("target not reached target={} why=\"{}\"", connect.target().text(), failure.getMessage());
        if (isOver) {
            return;
        }
        Optional<Connect> next = tried.size() < MAX_ATTEMPTS ? relay.retry().after(tried) : Optional.empty();
        if (next.isPresent()) {
            attempt(next.get());
        } else {
            over(connect);
            context.close();
        }
    }

    private void over(Connect last) {
        if (!isOver) {
            isOver = true;
            first.release();
            first = Unpooled.EMPTY_BUFFER;
            entry.ended();
            entry.connections.ended(new ConnectionDispatcher.Ended(head, last, false, 0, 0, Duration.ofNanos(System.nanoTime() - begun)));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        first = Buffers.join(ctx.alloc(), first, (ByteBuf) message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        isShut |= event instanceof ChannelInputShutdownEvent;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        over(tried.getLast());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
