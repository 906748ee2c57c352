package muster.lb.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.util.NetUtil;
import io.vertx.core.spi.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.lb.exchange.ConnectionDispatcher;
import muster.lb.exchange.ConnectionDispatcher.Connect;
import muster.lb.exchange.ConnectionDispatcher.Way;
import muster.lb.exchange.RequestHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP listener: each client's address and port is a session with a target and a socket of its own, until nothing passes for a while.
 * Owned by one event loop.
 */
final class Datagrams {
    private static final Logger log = LoggerFactory.getLogger(Datagrams.class);
    private static final int MAX_SESSIONS = 10_000;
    private static final int MAX_WAITING = 16;
    private static final int LARGEST = 65_536;
    private static final Duration IDLE = Duration.ofSeconds(3);

    private final Transport transport;
    private final Loop loop;
    private final EntryPoint entry;
    private final Map<InetSocketAddress, Session> sessions = new HashMap<>();
    private Channel server;

    private Datagrams(Transport transport, Loop loop, EntryPoint entry) {
        this.transport = transport;
        this.loop = loop;
        this.entry = entry;
    }

    static Datagrams open(Transport transport, Loop loop, EntryPoint entry, InetSocketAddress address)
            throws InterruptedException, ExecutionException, TimeoutException {
        Datagrams opened = new Datagrams(transport, loop, entry);
        ChannelFuture bound = opened.bootstrap(opened.new FromClients()).bind(address);
        bound.get(20, TimeUnit.SECONDS);
        opened.server = bound.channel();
        return opened;
    }

    private Bootstrap bootstrap(ChannelInboundHandlerAdapter handler) {
        return new Bootstrap()
                .group(loop.executor)
                .channelFactory(transport::datagramChannel)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LARGEST))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(handler);
                    }
                });
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    void close() throws InterruptedException {
        server.close().await(IDLE.toMillis());
        loop.executor.submit(() -> List.copyOf(sessions.values()).forEach(Session::end)).await(IDLE.toMillis());
    }

    /** What clients send. */
    private final class FromClients extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            Session session = sessions.get(packet.sender());
            if (session == null) {
                session = begin(packet.sender());
            }
            if (session == null) {
                packet.release();
            } else {
                session.fromClient(packet);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            log.debug("datagram not read entryPoint={} why=\"{}\"", entry.listener.name(), cause.getMessage());
        }
    }

    /** A new session, or null when there is to be none. */
    private Session begin(InetSocketAddress client) {
        if (sessions.size() >= MAX_SESSIONS) {
            log.debug("datagram dropped entryPoint={} why=\"too many sessions\"", entry.listener.name());
            return null;
        }
        RequestHead.Peer peer = Addresses.peer(client, (InetSocketAddress) server.localAddress(), entry.listener.name());
        ConnectionDispatcher.Head head = new ConnectionDispatcher.Head(peer, false, "", List.of());
        Way way;
        try {
            way = entry.connections.decide(head);
        } catch (RuntimeException e) {
            log.error("session not decided client={}", peer.address(), e);
            return null;
        }
        return switch (way) {
            case Way.Relay relay -> {
                Session session = new Session(client, head, relay.connect());
                sessions.put(client, session);
                session.open();
                yield session;
            }
            case Way.Http http -> null;
            case Way.Refuse refused -> null;
        };
    }

    /** One client's datagrams to one target, and the target's to that client. */
    private final class Session extends ChannelInboundHandlerAdapter {
        private final InetSocketAddress client;
        private final ConnectionDispatcher.Head head;
        private final Connect connect;
        private final Queue<DatagramPacket> waiting = new ArrayDeque<>();
        private final Deadlines.Deadline deadline = loop.deadlines.add(this::end);
        private final long begun = System.nanoTime();
        private InetSocketAddress target;
        private Channel channel;
        private long received;
        private long sent;
        private boolean isOver;

        Session(InetSocketAddress client, ConnectionDispatcher.Head head, Connect connect) {
            this.client = client;
            this.head = head;
            this.connect = connect;
        }

        void open() {
            connect.meter().begin();
            entry.began();
            touched();
            byte[] numeric = NetUtil.createByteArrayFromIpAddressString(connect.target().host());
            Thread.ofVirtual().name("resolve " + connect.target().host()).start(() -> {
                try {
                    InetAddress address = numeric == null ? InetAddress.getByName(connect.target().host()) : InetAddress.getByAddress(numeric);
                    loop.executor.execute(() -> resolved(new InetSocketAddress(address, connect.target().port())));
                } catch (UnknownHostException e) {
                    loop.executor.execute(this::end);
                }
            });
        }

        private void resolved(InetSocketAddress address) {
            if (isOver) {
                return;
            }
            target = address;
            bootstrap(this).bind(new InetSocketAddress(address.getAddress() instanceof java.net.Inet4Address ? "0.0.0.0" : "::", 0))
                    .addListener((ChannelFuture bound) -> {
                        if (isOver || !bound.isSuccess()) {
                            bound.channel().close();
                            end();
                            return;
                        }
                        channel = bound.channel();
                        for (DatagramPacket packet = waiting.poll(); packet != null; packet = waiting.poll()) {
                            send(packet);
                        }
                    });
        }

        private void touched() {
            Duration idle = entry.listener.limits().idleTimeout();
            deadline.in(idle.isZero() ? IDLE : idle);
        }

        void fromClient(DatagramPacket packet) {
            touched();
            if (channel != null) {
                send(packet);
            } else if (waiting.size() < MAX_WAITING) {
                waiting.add(packet);
            } else {
                packet.release();
            }
        }

        private void send(DatagramPacket packet) {
            received += packet.content().readableBytes();
            channel.writeAndFlush(new DatagramPacket(packet.content(), target));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            if (isOver || !packet.sender().equals(target)) {
                packet.release();
                return;
            }
            touched();
            sent += packet.content().readableBytes();
            server.writeAndFlush(new DatagramPacket(packet.content(), client));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            log.debug("datagram not passed on target={} why=\"{}\"", connect.target().text(), cause.getMessage());
        }

        void end() {
            if (isOver) {
                return;
            }
            isOver = true;
            deadline.remove();
            sessions.remove(client, this);
            waiting.forEach(DatagramPacket::release);
            waiting.clear();
            if (channel != null) {
                channel.close();
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            connect.meter().end(sent > 0 ? 200 : 0, took.toNanos());
            entry.ended();
            entry.connections.ended(new ConnectionDispatcher.Ended(head, connect, sent > 0, received, sent, took));
        }
    }
}
