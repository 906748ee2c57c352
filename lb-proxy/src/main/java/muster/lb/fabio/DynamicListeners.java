package muster.lb.fabio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import muster.lb.exchange.Listener;
import muster.lb.proxy.ProxyServer;
import muster.lb.route.Route;
import muster.lb.source.RouteSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TCP listeners for the ports that routes name ({@code proto=tcp-dynamic}): opened when a route comes, closed when it goes, with the
 * connections it has left to end by themselves for a while. Used by the thread that makes tables, and by the one that closes.
 */
final class DynamicListeners implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DynamicListeners.class);
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final int MAX_LISTENERS = 1000;

    private final Opener opener;
    private final Map<String, ProxyServer> open = new HashMap<>();
    private Set<String> refused = Set.of();

    /** Opens a listener; throws {@link IllegalStateException} when its address can't be had. */
    interface Opener {
        ProxyServer open(Listener listener) throws InterruptedException;
    }

    DynamicListeners(Opener opener) {
        this.opener = opener;
    }

    /** Brings the listeners in step with a table's routes. Costs nothing unless a route changed that names a port. */
    synchronized void follow(RouteSource.Routing routing) {
        boolean mayConcern = Stream.concat(routing.byRegistry().stream(), routing.byHand().stream())
                .anyMatch(source -> source.indexOf('/') < 0 || source.endsWith("/") && source.indexOf(':') >= 0);
        if (!mayConcern) {
            return;
        }
        Map<String, Listener> wanted = new HashMap<>();
        for (Route route : routing.table().routes()) {
            address(route).filter(address -> wanted.size() < MAX_LISTENERS).ifPresent(address -> wanted.put(route.host(),
                    Listener.http("tcp-dynamic", address.getKey(), address.getValue()).withProtocol(Listener.Protocol.TCP)));
        }
        List<ProxyServer> leaving = new ArrayList<>();
        open.entrySet().removeIf(entry -> {
            boolean isGone = !wanted.containsKey(entry.getKey());
            if (isGone) {
                leaving.add(entry.getValue());
            }
            return isGone;
        });
        leaving.forEach(DynamicListeners::leave);
        Set<String> failed = new TreeSet<>();
        wanted.forEach((host, listener) -> {
            if (!open.containsKey(host) && !Thread.currentThread().isInterrupted()) {
                open(host, listener, failed);
            }
        });
        refused = failed;
    }

    @Override
    public synchronized void close() {
        open.values().forEach(DynamicListeners::leave);
        open.clear();
    }

    private void open(String host, Listener listener, Set<String> failed) {
        try {
            open.put(host, opener.open(listener));
        } catch (IllegalStateException e) {
            failed.add(host);
            if (!refused.contains(host)) {
                log.warn("dynamic listener not opened route={} why=\"{}\"", host, e.getMessage());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void leave(ProxyServer server) {
        Thread.ofVirtual().name("tcp-dynamic-drain").start(() -> {
            try {
                server.close(DRAIN);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Only routes that lead to TCP targets and name a port. */
    private static Optional<Map.Entry<String, Integer>> address(Route route) {
        boolean isTcp = route.targets().stream().allMatch(target -> target.url().scheme().equals("tcp"));
        return isTcp ? ListenerMaker.address(route.host()).filter(address -> address.getValue() > 0) : Optional.empty();
    }
}
