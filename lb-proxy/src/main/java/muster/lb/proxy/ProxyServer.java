package muster.lb.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.lb.exchange.ConnectionDispatcher;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Listener;
import muster.lb.route.Problem;
import muster.registry.client.RegistryClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open listener. Its connections are dealt out to event loops in turn; each loop has connections to targets of its own, so a request
 * never changes threads.
 */
public final class ProxyServer {
    private static final Logger log = LoggerFactory.getLogger(ProxyServer.class);
    private static final Duration BIND_TIMEOUT = Duration.ofSeconds(20);
    private static final int BACKLOG = 4096;
    /** How long a client with an idle connection has for one more request once draining began; the answer tells it to leave. */
    static final Duration LAST_REQUEST = Duration.ofMillis(250);

    private final EntryPoint entry;
    private final List<Loop> loops;
    private final Optional<RegistryClient> registry;
    /** By the name of the settings; guarded by itself. */
    private final Map<String, Secured> secured = new HashMap<>();
    private Channel server;
    private Datagrams datagrams;

    /** Settings for ending TLS, and what keeps their certificates. */
    private record Secured(Listener.Tls settings, CertificateStore store, ServerTls tls) {
        static Secured of(String listener, Listener.Tls settings, Optional<RegistryClient> registry) {
            CertificateStore store = CertificateStore.open(listener, settings, registry);
            return new Secured(settings, store, new ServerTls(store::current, settings.isStrict()));
        }
    }

    private ProxyServer(EntryPoint entry, List<Loop> loops, Optional<RegistryClient> registry) {
        this.entry = entry;
        this.loops = loops;
        this.registry = registry;
    }

    /** What an open listener is decided by. */
    public record Deciders(Dispatcher requests, ConnectionDispatcher connections) {
        /** For listeners that speak HTTP only. */
        public static Deciders http(Dispatcher requests) {
            return new Deciders(requests, ConnectionDispatcher.HTTP_ONLY);
        }
    }

    /**
     * Opens the listener; throws {@link IllegalStateException} naming the address when that fails. Blocks.
     *
     * @param vertx whose event loops it uses, all of them
     * @param registry for certificates that are kept in it
     */
    public static ProxyServer open(
            Vertx vertx, Listener listener, ProxySettings settings, Deciders deciders, Optional<RegistryClient> registry)
            throws InterruptedException {
        VertxInternal internal = (VertxInternal) vertx;
        ClientTls clientTls = new ClientTls();
        ChannelFactory<? extends Channel> sockets = internal.transport().channelFactory(false);
        List<Loop> loops = new ArrayList<>();
        List<EventLoop> executors = new ArrayList<>();
        internal.nettyEventLoopGroup().forEach(executor -> executors.add((EventLoop) executor));
        executors.forEach(executor -> loops.add(new Loop(executor, sockets, settings, executors.size(), clientTls)));
        EntryPoint entry = new EntryPoint(listener, settings, deciders.requests(), deciders.connections(), Map.of(), clientTls);
        ProxyServer opened = new ProxyServer(entry, List.copyOf(loops), registry);
        listener.tls().ifPresent(tls -> opened.secure(Map.of("", tls)));
        try {
            if (listener.protocol() == Listener.Protocol.UDP) {
                opened.datagrams = Datagrams.open(internal.transport(), loops.getFirst(), entry, address(listener.host(), listener.port()));
            } else {
                opened.listen(internal.transport().serverChannelFactory(false), internal.nettyEventLoopGroup());
            }
        } catch (ExecutionException | TimeoutException e) {
            opened.secure(Map.of());
            throw new IllegalStateException("can't listen on " + listener.host() + ":" + listener.port() + " for " + listener.name() + ": "
                    + (e.getCause() == null ? e.getMessage() : e.getCause().getMessage()), e);
        }
        log.info("listening entryPoint={} protocol={} address={}:{} tls=\"{}\"", listener.name(), listener.protocol(), listener.host(), opened.port(),
                listener.tls().isPresent() ? TlsEngine.name() : "none");
        return opened;
    }

    private void listen(ChannelFactory<? extends ServerChannel> servers, EventLoopGroup group) throws InterruptedException, ExecutionException, TimeoutException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .channelFactory(servers)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 * 1024, 256 * 1024))
                .group(loops.getFirst().executor, group)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted(channel);
                    }
                });
        Listener listener = entry.listener;
        try {
            server = bound(bootstrap.bind(address(listener.host(), listener.port())));
        } catch (ExecutionException e) {
            if (!listener.host().isEmpty()) {
                throw e;
            }
            server = bound(bootstrap.bind(new InetSocketAddress("0.0.0.0", listener.port())));
        }
    }

    private static InetSocketAddress address(String host, int port) {
        return new InetSocketAddress(host.isEmpty() ? "::" : host, port);
    }

    private static Channel bound(ChannelFuture binding) throws InterruptedException, ExecutionException, TimeoutException {
        binding.get(BIND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        return binding.channel();
    }

    private void accepted(Channel channel) {
        for (Loop loop : loops) {
            if (loop.executor == channel.eventLoop()) {
                Optional<muster.lb.exchange.RequestHead.Peer> peer = Addresses.peer(channel, entry.listener.name());
                if (peer.isEmpty() || !entry.admits(channel, peer.get().address())) {
                    channel.close();
                } else {
                    Arrival.begin(channel, loop, entry, peer.get());
                }
                return;
            }
        }
        channel.close();
    }

    /** The port it listens on. */
    public int port() {
        return datagrams != null ? datagrams.port() : ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** Open client connections. */
    public int connections() {
        return entry.open();
    }

    /** Requests, tunnels and relayed connections in progress. */
    public int inProgress() {
        return entry.busy();
    }

    /** Certificates that can't be used, each with its name and the reason. */
    public List<Problem> certificateProblems() {
        synchronized (secured) {
            return secured.values().stream().flatMap(one -> one.store().problems().stream()).distinct().toList();
        }
    }

    /**
     * Ends TLS with these settings from here on, by name, the listener's own as "". Connections that are open keep theirs; settings that stay
     * the same are not touched. Those that can't be used end no TLS at all: once the others are in force an {@link IllegalStateException} says
     * why. Blocks for files and HTTP.
     */
    public void secure(Map<String, Listener.Tls> settings) {
        Optional<IllegalStateException> failure = Optional.empty();
        synchronized (secured) {
            Map<String, Secured> before = Map.copyOf(secured);
            secured.clear();
            for (Map.Entry<String, Listener.Tls> wanted : settings.entrySet()) {
                Secured same = before.get(wanted.getKey());
                try {
                    secured.put(wanted.getKey(), same != null && same.settings().equals(wanted.getValue())
                            ? same : Secured.of(entry.listener.name(), wanted.getValue(), registry));
                } catch (IllegalStateException e) {
                    failure = Optional.of(e);
                }
            }
            Map<String, ServerTls> tls = new HashMap<>();
            secured.forEach((name, one) -> tls.put(name, one.tls()));
            entry.secure(tls);
            before.values().stream().filter(old -> !secured.containsValue(old)).forEach(old -> old.store().close());
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    /**
     * Lets everybody leave: first every answer says that the connection ends, HTTP/2 clients are told to go, idle connections get a moment for
     * one more request, and new connections are still served; then the listener is closed, and what is in progress may end within the bound;
     * then it is cut off. Blocks.
     */
    public void close(Duration drain) throws InterruptedException {
        long until = System.nanoTime() + drain.toNanos();
        entry.drain();
        if (server != null && entry.open() > 0) {
            Thread.sleep(Math.min(LAST_REQUEST.toMillis(), drain.toMillis()));
        }
        if (server != null) {
            server.close().await(BIND_TIMEOUT.toMillis());
        }
        if (datagrams != null) {
            datagrams.close();
        }
        while (entry.open() > 0 && System.nanoTime() < until) {
            Thread.sleep(5);
            if (entry.busy() == 0) {
                break;
            }
        }
        if (entry.busy() > 0) {
            log.warn("requests cut off entryPoint={} count={}", entry.listener.name(), entry.busy());
        }
        entry.channels.close().await(BIND_TIMEOUT.toMillis());
        for (Loop loop : loops) {
            loop.executor.submit(loop.pools::close).await(BIND_TIMEOUT.toMillis());
        }
        secure(Map.of());
        entry.clientTls.release();
    }
}
