package muster.lb.proxy;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import muster.lb.exchange.ConnectionDispatcher;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Listener;

/** One open listener: what its connections are decided by, how many there are, whether it is on its way out. Any thread. */
final class EntryPoint {
    final Listener listener;
    final ProxySettings settings;
    final Dispatcher requests;
    final ConnectionDispatcher connections;
    final ClientTls clientTls;
    final HeadParser parser;
    final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Set<Runnable> drains = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> byClient = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private volatile boolean isDraining;
    private volatile Map<String, ServerTls> tls;

    /** @param tls by the name of its settings, the listener's own as ""; empty for a listener that never ends TLS */
    EntryPoint(Listener listener, ProxySettings settings, Dispatcher requests, ConnectionDispatcher connections, Map<String, ServerTls> tls,
            ClientTls clientTls) {
        this.listener = listener;
        this.settings = settings;
        this.requests = requests;
        this.connections = connections;
        this.tls = tls;
        this.clientTls = clientTls;
        this.parser = new HeadParser(listener.limits().maxHeaders());
    }

    /** What ends TLS with settings of that name; empty when there are none, which is no reason to take others. */
    Optional<ServerTls> tls(String name) {
        return Optional.ofNullable(tls.get(name));
    }

    /** Other settings for connections that come from here on. */
    void secure(Map<String, ServerTls> other) {
        tls = Map.copyOf(other);
    }

    /** Counts a connection in, unless that is one too many. */
    boolean admits(Channel channel, String client) {
        AtomicInteger same = byClient.compute(client, (address, count) -> {
            AtomicInteger kept = count == null ? new AtomicInteger() : count;
            kept.incrementAndGet();
            return kept;
        });
        boolean isTooMany = open.incrementAndGet() > listener.limits().maxConnections() || same.get() > listener.limits().maxConnectionsPerClient();
        channels.add(channel);
        channel.closeFuture().addListener(closed -> left(client));
        return !isTooMany;
    }

    private void left(String client) {
        open.decrementAndGet();
        byClient.computeIfPresent(client, (address, count) -> count.decrementAndGet() == 0 ? null : count);
    }

    /** Open connections. */
    int open() {
        return open.get();
    }

    /** Requests, tunnels and relays in progress. */
    int busy() {
        return busy.get();
    }

    void began() {
        busy.incrementAndGet();
    }

    void ended() {
        busy.decrementAndGet();
    }

    boolean isDraining() {
        return isDraining;
    }

    /** Answers close their connections from now on. */
    void drain() {
        isDraining = true;
        drains.forEach(Runnable::run);
    }

    /** What a connection does when draining begins; returns what takes it back. */
    Runnable onDrain(Runnable action) {
        drains.add(action);
        if (isDraining) {
            action.run();
        }
        return () -> drains.remove(action);
    }
}
