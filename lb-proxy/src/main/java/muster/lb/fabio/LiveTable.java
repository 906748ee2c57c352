package muster.lb.fabio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import muster.lb.choose.Member;
import muster.lb.choose.WaitingRoom;
import muster.lb.route.Explanation;
import muster.lb.route.Route;
import muster.lb.route.RouteTable;
import muster.lb.source.RouteSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table in force with what is known of its targets. Routes whose instances have all left stay in it for a while, so that their requests
 * wait for new instances instead of falling to a less specific route: for as long as the configuration holds them. When the instances
 * of several services have all left at once, the registry is doubted: the targets are used on for a stated time, and the status says so.
 *
 * <p>One thread replaces; any thread looks up. A lookup takes one volatile reference and one map entry, no lock.
 */
final class LiveTable {
    private static final Logger log = LoggerFactory.getLogger(LiveTable.class);
    /** Services that have to leave at once, with nothing left, before the registry is doubted. */
    private static final int SUSPICIOUS_SERVICES = 3;

    private final FabioConfig.Choosing config;
    private final LongSupplier nanos;
    private final WaitingRoom room;
    private final Map<String, LiveRoute> routes = new ConcurrentHashMap<>();
    private final Set<String> drained = ConcurrentHashMap.newKeySet();
    /** Routes that the registry no longer has. */
    private final Set<String> absent = ConcurrentHashMap.newKeySet();
    private volatile View view;

    /** {@code lookup} holds the absent routes too. */
    private record View(RouteTable table, RouteTable lookup, String noRoutePage) {}

    /**
     * @param empty the table to begin with
     * @param nanos a monotonic clock
     */
    LiveTable(RouteTable empty, FabioConfig.Choosing config, WaitingRoom room, LongSupplier nanos) {
        this.view = new View(empty, empty, "");
        this.config = config;
        this.room = room;
        this.nanos = nanos;
    }

    /** Puts a table in force. Called by one thread. */
    void replace(RouteSource.Routing routing) {
        View old = view;
        long now = nanos.getAsLong();
        RouteTable lookup = old.lookup();
        List<String> gone = new ArrayList<>();
        Set<String> changed = new LinkedHashSet<>(routing.byRegistry());
        changed.addAll(routing.byHand());
        boolean isDoubted = isDoubted(routing, old.table());
        for (String source : changed) {
            Optional<Route> route = routing.table().at(source);
            if (route.isPresent()) {
                routes.put(source, LiveRoute.of(route.get(), Optional.ofNullable(routes.get(source)), config, drained::contains, now));
                absent.remove(source);
                lookup = lookup.with(source, route);
            } else if (routing.byRegistry().contains(source) && routes.containsKey(source) && (isDoubted || !config.hold().isZero())) {
                routes.computeIfPresent(source, (name, live) -> live.absence().isPresent() ? live : live.absentSince(now, isDoubted));
                absent.add(source);
            } else {
                gone.add(source);
                lookup = lookup.with(source, Optional.empty());
            }
        }
        for (String source : absent) {
            if (!isStillThere(routes.get(source), now)) {
                gone.add(source);
                lookup = lookup.with(source, Optional.empty());
            }
        }
        view = new View(routing.table(), lookup, routing.noRoutePage());
        // Only now: a request that found them in the table before still finds its targets.
        gone.forEach(routes::remove);
        absent.removeAll(gone);
        changed.forEach(room::changed);
    }

    /** The routes of the registry and the operator, without those that are only held. */
    RouteTable table() {
        return view.table();
    }

    String noRoutePage() {
        return view.noRoutePage();
    }

    Optional<LiveRoute> lookup(String host, String path, boolean isTls) {
        View now = view;
        return live(now, now.lookup().lookup(host, path, isTls)).or(() -> live(now, now.table().lookup(host, path, isTls)));
    }

    /** By a listener's port, {@code :PORT}, an address {@code IP:PORT}, or a TLS server name. */
    Optional<LiveRoute> lookupHost(String host) {
        View now = view;
        return live(now, now.lookup().lookupHost(host)).or(() -> live(now, now.table().lookupHost(host)));
    }

    Explanation explain(String host, String path, boolean isTls) {
        return view.lookup().explain(host, path, isTls);
    }

    /** The live side of a route; empty when there is none any more. */
    Optional<LiveRoute> of(Route route) {
        return live(view, Optional.of(route));
    }

    Collection<LiveRoute> all() {
        return List.copyOf(routes.values());
    }

    /** How long requests of an absent route still wait, or its targets are still used; zero when no longer. */
    Duration left(LiveRoute.Absence absence) {
        long whole = (absence.isKept() ? config.keep() : config.hold()).toNanos();
        return Duration.ofNanos(Math.max(0, whole - (nanos.getAsLong() - absence.since())));
    }

    /** Takes a target, by its {@code host:port}, out of the choice of all routes, or back in. The number of routes that have it. */
    int drain(String address, boolean drains) {
        if (drains) {
            drained.add(address);
        } else {
            drained.remove(address);
        }
        int found = 0;
        for (LiveRoute live : routes.values()) {
            for (int i = 0; i < live.route().targets().size(); i++) {
                if (live.route().targets().get(i).url().authority().equals(address)) {
                    live.pool().members().get(i).drain(drains);
                    found++;
                }
            }
        }
        return found;
    }

    Set<String> drained() {
        return Set.copyOf(drained);
    }

    /** Requests in progress at a target, over all routes. */
    int inFlight(String address) {
        int sum = 0;
        for (LiveRoute live : routes.values()) {
            for (Member member : live.pool().members()) {
                sum += member.name().equals(address) ? member.inFlight() : 0;
            }
        }
        return sum;
    }

    private Optional<LiveRoute> live(View now, Optional<Route> route) {
        Optional<LiveRoute> live = route.map(found -> routes.get(found.source()));
        return live.filter(found -> isStillThere(found, nanos.getAsLong()));
    }

    private boolean isStillThere(LiveRoute live, long now) {
        return live != null && live.absence().map(absence -> !left(absence).isZero()).orElse(true);
    }

    /** Whether several services have all left in this one change and nothing of the registry is there any more. */
    private boolean isDoubted(RouteSource.Routing routing, RouteTable before) {
        if (config.keep().isZero() || before.size() == 0 || routing.table().size() > 0) {
            return false;
        }
        long services = before.routes().stream().flatMap(route -> route.targets().stream()).map(target -> target.service()).distinct().count();
        if (services >= SUSPICIOUS_SERVICES) {
            log.error("all services left at once, their last targets are used on services={} for={}", services, config.keep());
        }
        return services >= SUSPICIOUS_SERVICES;
    }
}
