package muster.lb.traefik;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.lb.exchange.RequestHead;
import muster.lb.route.PrefixTree;
import muster.lb.traefik.TraefikTable.HttpRoute;

/**
 * The routers of an entry point in the order of trial. Those whose rule asks for certain hosts are found by the host, so that a request is
 * tried against its host's routers and those without such a condition only. Immutable; a change shares what it does not concern.
 */
final class RouteIndex {
    static final RouteIndex EMPTY = new RouteIndex(PrefixTree.empty(), List.of(), 0);
    private static final Comparator<HttpRoute> ORDER =
            Comparator.<HttpRoute>comparingLong(route -> route.router().priority()).reversed().thenComparing(route -> route.router().name());

    private final PrefixTree<List<HttpRoute>> byHost;
    private final List<HttpRoute> others;
    private final int size;

    private RouteIndex(PrefixTree<List<HttpRoute>> byHost, List<HttpRoute> others, int size) {
        this.byHost = byHost;
        this.others = others;
        this.size = size;
    }

    /** The same without some routers and with others. */
    RouteIndex with(Collection<HttpRoute> gone, Collection<HttpRoute> come) {
        Set<HttpRoute> left = Collections.newSetFromMap(new IdentityHashMap<>());
        left.addAll(gone);
        Map<String, List<HttpRoute>> comeByHost = new LinkedHashMap<>();
        List<HttpRoute> comeToOthers = new ArrayList<>();
        boolean isOtherGone = false;
        Set<String> hosts = new HashSet<>();
        for (HttpRoute route : gone) {
            hosts.addAll(route.hosts().orElse(Set.of()));
            isOtherGone |= route.hosts().isEmpty();
        }
        for (HttpRoute route : come) {
            route.hosts().ifPresentOrElse(named -> named.forEach(host -> comeByHost.computeIfAbsent(host, h -> new ArrayList<>()).add(route)),
                    () -> comeToOthers.add(route));
        }
        hosts.addAll(comeByHost.keySet());
        PrefixTree<List<HttpRoute>> next = byHost;
        for (String host : hosts) {
            List<HttpRoute> ordered = ordered(next.get(host).orElse(List.of()), left, comeByHost.getOrDefault(host, List.of()));
            next = next.with(host, ordered.isEmpty() ? Optional.empty() : Optional.of(ordered));
        }
        return new RouteIndex(next, isOtherGone || !comeToOthers.isEmpty() ? ordered(others, left, comeToOthers) : others,
                size - gone.size() + come.size());
    }

    private static List<HttpRoute> ordered(List<HttpRoute> old, Set<HttpRoute> gone, List<HttpRoute> come) {
        List<HttpRoute> all = new ArrayList<>(old.size() + come.size());
        old.stream().filter(route -> !gone.contains(route)).forEach(all::add);
        all.addAll(come);
        all.sort(ORDER);
        return List.copyOf(all);
    }

    /** The first router that takes the request. */
    Optional<HttpRoute> lookup(RequestHead head) {
        List<HttpRoute> named = named(head);
        int n = 0;
        int o = 0;
        while (n < named.size() || o < others.size()) {
            boolean isNamed = o == others.size() || n < named.size() && ORDER.compare(named.get(n), others.get(o)) < 0;
            HttpRoute route = isNamed ? named.get(n++) : others.get(o++);
            if (route.matches().test(head)) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }

    /** The routers that are tried for a request, in order. */
    List<HttpRoute> candidates(RequestHead head) {
        return ordered(others, Set.of(), named(head));
    }

    private List<HttpRoute> named(RequestHead head) {
        return byHost.get(RuleMatcher.hostOf(head)).orElse(List.of());
    }

    /** How many there are. */
    int size() {
        return size;
    }

    /** The TLS options of the routers whose rules name this host, "" when they differ or name none. */
    String tlsOptions(String host) {
        Set<String> options = new HashSet<>();
        byHost.get(host).orElse(List.of()).forEach(route -> options.add(route.router().tlsOptions()));
        others.stream().filter(route -> route.names().contains(host)).forEach(route -> options.add(route.router().tlsOptions()));
        return options.size() == 1 ? options.iterator().next() : "";
    }

    /** Whether a rule names this host. */
    boolean names(String host) {
        return byHost.get(host).isPresent() || others.stream().anyMatch(route -> route.names().contains(host));
    }
}
