package muster.lb.fabio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import muster.lb.choose.Member;
import muster.lb.choose.WaitingRoom;
import muster.lb.route.Explanation;
import muster.lb.route.Route;
import muster.lb.route.RouteTable;
import muster.lb.route.Target;
import muster.lb.source.RouteSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table in force with what is known of its targets. Routes whose instances have all left stay in it for a while, so that their requests
 * wait for new instances instead of falling to a less specific route: for as long as the configuration holds them. When the instances
 * of several services have all left at once, or the registry's state was replaced by another that lacks them, the registry is doubted: the
 * targets are used on for a stated time, and the status says so.
 *
 * <p>One thread replaces; any thread looks up. A lookup takes one volatile reference and one map entry, no lock.
 */
final class LiveTable {
    private static final Logger log = LoggerFactory.getLogger(LiveTable.class);
    /** Services that have to leave within {@link #AT_ONCE}, with nothing left, before the registry is doubted. */
    private static final int SUSPICIOUS_SERVICES = 3;
    private static final long AT_ONCE = Duration.ofSeconds(3).toNanos();

    private final FabioConfig.Choosing config;
    private final LongSupplier nanos;
    private final WaitingRoom room;
    private final Map<String, LiveRoute> routes = new ConcurrentHashMap<>();
    private final Set<String> drained = ConcurrentHashMap.newKeySet();
    /** Routes that the registry no longer has. */
    private final Set<String> absent = ConcurrentHashMap.newKeySet();
    /** The following are the replacing thread's: routes of the registry, routes that it lately lost, and when it last began anew. */
    private final Set<String> registered = new HashSet<>();
    private final Map<String, LiveRoute> lost = new HashMap<>();
    private OptionalLong anewAt = OptionalLong.empty();
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
        long now = nanos.getAsLong();
        Set<String> changed = new LinkedHashSet<>(routing.byRegistry());
        changed.addAll(routing.byHand());
        Set<String> leaving = note(routing, changed, now);
        boolean isDoubted = isDoubted(now);
        RouteTable lookup = view.lookup();
        List<String> gone = new ArrayList<>();
        for (String source : changed) {
            Optional<Route> route = routing.table().at(source);
            if (route.isPresent()) {
                routes.put(source, LiveRoute.of(route.get(), Optional.ofNullable(routes.get(source)), config, drained::contains, now));
                absent.remove(source);
                lookup = lookup.with(source, route);
            } else if (leaving.contains(source) && (isDoubted || !config.hold().isZero())) {
                routes.computeIfPresent(source, (name, live) -> live.absence().isPresent() ? live : live.absentSince(now, isDoubted));
                absent.add(source);
            } else {
                gone.add(source);
                lookup = lookup.with(source, Optional.empty());
            }
        }
        if (isDoubted) {
            for (Map.Entry<String, LiveRoute> entry : lost.entrySet()) {
                routes.put(entry.getKey(), entry.getValue().absentSince(now, true));
                absent.add(entry.getKey());
                lookup = lookup.with(entry.getKey(), Optional.of(entry.getValue().route()));
            }
            log.error("services left at once, their last targets are used on routes={} for={}", lost.size(), config.keep());
            lost.clear();
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

    /**
     * Keeps account of what the registry has and what it lately lost. A registry that tells of new routes is at work: what it lost until then, it
     * lost on purpose.
     *
     * @return the routes that it lost just now
     */
    private Set<String> note(RouteSource.Routing routing, Set<String> changed, long now) {
        if (routing.isAnew()) {
            anewAt = OptionalLong.of(now);
        }
        lost.values().removeIf(live -> now - live.absence().orElseThrow().since() > AT_ONCE);
        Set<String> leaving = new HashSet<>();
        boolean hasArrivals = false;
        for (String source : changed) {
            if (routing.table().at(source).isPresent()) {
                lost.remove(source);
                hasArrivals |= routing.byRegistry().contains(source) && registered.add(source);
            } else if (registered.remove(source) && routing.byRegistry().contains(source)) {
                LiveRoute live = routes.get(source);
                lost.put(source, live.absence().isPresent() ? live : live.absentSince(now, false));
                leaving.add(source);
            }
        }
        if (hasArrivals && !isReplaced(now)) {
            lost.clear();
        }
        return leaving;
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

    /** Requests sent so far to each target, over all routes that are there now. */
    Map<String, Long> requests() {
        Map<String, Long> sums = new HashMap<>();
        for (LiveRoute live : routes.values()) {
            for (Member member : live.pool().members()) {
                sums.merge(member.name(), member.counts().total(), Long::sum);
            }
        }
        return sums;
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

    /** Whether what was lost lately may be the registry's fault. */
    private boolean isDoubted(long now) {
        if (config.keep().isZero() || lost.isEmpty()) {
            return false;
        }
        return isReplaced(now) || registered.isEmpty() && lost.values().stream().flatMap(live -> live.route().targets().stream()).map(Target::service).distinct()
                .limit(SUSPICIOUS_SERVICES).count() == SUSPICIOUS_SERVICES;
    }
    /** Whether the registry's state was replaced lately. */
    private boolean isReplaced(long now) {
        return anewAt.isPresent() && now - anewAt.getAsLong() <= AT_ONCE;
    }
}
