package muster.lb.traefik;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import muster.lb.exchange.ConnectionDispatcher;
import muster.lb.exchange.RequestHead;
import muster.lb.middleware.Middleware;
import muster.lb.route.Problem;
import muster.lb.tree.Values;

/**
 * Routers, services and middlewares in force, as one immutable value; names are complete, {@code NAME@PROVIDER}. A router that
 * can't work is kept with the reasons and takes no requests; the others are not touched. Lookup tries an entry point's routers by
 * descending priority, which is the length of the rule unless set. Made by {@link TableBuilder}.
 */
final class TraefikTable {
    /** How well something works. */
    enum Status {
        ENABLED, WARNING, DISABLED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A router of any protocol.
     *
     * @param spec as defined
     * @param entryPoints as asked for, or the default ones
     * @param using those of them that exist
     * @param service its complete name
     * @param middlewares complete names
     */
    record Router(
            Kind kind, String name, Values spec, long priority, List<String> entryPoints, List<String> using, String service,
            List<String> middlewares, Status status, List<String> errors) {
        boolean isTls() {
            return spec.has("tls");
        }

        String rule() {
            return spec.text("rule");
        }
    }

    /** A service or a middleware. */
    record Item(Kind kind, String name, Values spec, Status status, List<String> errors, List<String> usedBy) {}

    /** A working router for HTTP; the ways differ where entry points have middlewares of their own. */
    record HttpRoute(Router router, Predicate<RequestHead> matches, Map<String, Middleware.Next> ways) {}

    /** A working router for connections. */
    record TcpRoute(Router router, TcpRules rules, List<TcpMiddleware> middlewares, TcpService service) {
        boolean isPassedThrough() {
            return router.spec().sectionOrNone("tls").flag("passthrough");
        }
    }

    /** A working router for datagrams. */
    record UdpRoute(Router router, TcpService service) {}

    /** What the builder made. */
    record Parts(
            Map<Kind, SortedMap<String, Router>> routers, Map<Kind, SortedMap<String, Item>> items, List<HttpRoute> http, List<TcpRoute> tcp,
            List<UdpRoute> udp, Set<String> tlsEntryPoints, Map<String, LiveService> services, Map<String, TcpService> tcpServices, Map<String, Middleware> middlewares,
            List<Problem> problems) {}

    private final Parts parts;
    private final Map<String, List<HttpRoute>> plain = new HashMap<>();
    private final Map<String, List<HttpRoute>> encrypted = new HashMap<>();
    private final Map<String, List<TcpRoute>> tcp = new HashMap<>();
    private final Map<String, UdpRoute> udp = new HashMap<>();

    TraefikTable(Parts parts) {
        this.parts = parts;
        parts.http().stream().sorted(byPriority(HttpRoute::router)).forEach(route -> {
            for (String entry : route.ways().keySet()) {
                boolean isTls = route.router().isTls() || parts.tlsEntryPoints().contains(entry);
                (isTls ? encrypted : plain).computeIfAbsent(entry, e -> new ArrayList<>()).add(route);
            }
        });
        parts.tcp().stream().sorted(byPriority(TcpRoute::router)).forEach(route ->
                route.router().using().forEach(entry -> tcp.computeIfAbsent(entry, e -> new ArrayList<>()).add(route)));
        parts.udp().stream().sorted(byPriority(UdpRoute::router)).forEach(route ->
                route.router().using().forEach(entry -> udp.putIfAbsent(entry, route)));
    }

    private static <T> Comparator<T> byPriority(java.util.function.Function<T, Router> router) {
        return Comparator.<T>comparingLong(route -> router.apply(route).priority()).reversed().thenComparing(route -> router.apply(route).name());
    }

    /** The router of a request. */
    Optional<HttpRoute> lookup(RequestHead head) {
        for (HttpRoute route : candidates(head)) {
            if (route.matches().test(head)) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }

    /** The routers that are tried for a request, in order. */
    List<HttpRoute> candidates(RequestHead head) {
        return (head.peer().isTls() ? encrypted : plain).getOrDefault(head.peer().entryPoint(), List.of());
    }

    /** The router of a connection: those for TLS take none without, and the other way round. */
    Optional<TcpRoute> lookup(ConnectionDispatcher.Head head) {
        for (TcpRoute route : tcp.getOrDefault(head.peer().entryPoint(), List.of())) {
            boolean isFit = route.router().isTls() ? head.isTls() : !head.isTls() || route.rules().isCatchAll();
            if (isFit && route.rules().matches().test(head)) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }

    /** Whether a router for HTTP over TLS at the entry point names this host. */
    boolean hasHttpsHost(String entryPoint, String host) {
        return encrypted.getOrDefault(entryPoint, List.of()).stream()
                .anyMatch(route -> RuleMatcher.hosts(RuleParser.parse(route.router().rule())).stream().anyMatch(host::equalsIgnoreCase));
    }

    boolean hasTcp(String entryPoint) {
        return tcp.containsKey(entryPoint);
    }

    Optional<UdpRoute> udp(String entryPoint) {
        return Optional.ofNullable(udp.get(entryPoint));
    }

    SortedMap<String, Router> routers(Kind kind) {
        return parts.routers().getOrDefault(kind, new TreeMap<>());
    }

    SortedMap<String, Item> items(Kind kind) {
        return parts.items().getOrDefault(kind, new TreeMap<>());
    }

    /** The service at work; empty when it can't be used. */
    Optional<LiveService> service(String name) {
        return Optional.ofNullable(parts.services().get(name));
    }

    Parts parts() {
        return parts;
    }

    List<Problem> problems() {
        return parts.problems();
    }
}
