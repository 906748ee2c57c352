package muster.lb.traefik;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import muster.lb.exchange.ConnectionDispatcher;
import muster.lb.exchange.RequestHead;
import muster.lb.exchange.Transport;
import muster.lb.middleware.Middleware;
import muster.lb.route.PrefixTree;
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

        /** The complete name of its TLS options, "" for the usual ones. */
        String tlsOptions() {
            String options = spec.sectionOrNone("tls").text("options");
            return options.isEmpty() || options.equals(TlsFiles.DEFAULT) || options.equals(TlsFiles.DEFAULT + "@file") ? "" : RouterDraft.complete(options, name);
        }
    }

    /** A service or a middleware. */
    record Item(Kind kind, String name, Values spec, Status status, List<String> errors, List<String> usedBy) {}

    /**
     * A working router for HTTP; the ways differ where entry points have middlewares of their own.
     *
     * @param hosts names of which a request's host has to be one, where the rule says so
     * @param names all that the rule says of hosts
     * @param middlewares those that work for this router alone, by what they are
     */
    record HttpRoute(
            Router router, Predicate<RequestHead> matches, Map<String, Middleware.Next> ways, Optional<Set<String>> hosts, List<String> names,
            Map<String, Middleware> middlewares) {}

    /** A working router for what is not HTTP. */
    sealed interface ConnectionRoute {
        Router router();
    }

    /** A working router for connections. */
    record TcpRoute(Router router, TcpRules rules, List<TcpMiddleware> middlewares, TcpService service) implements ConnectionRoute {
        boolean isPassedThrough() {
            return router.spec().sectionOrNone("tls").flag("passthrough");
        }
    }

    /** A working router for datagrams. */
    record UdpRoute(Router router, TcpService service) implements ConnectionRoute {}

    /**
     * What the builder made. All trees are by complete name, the indexes by entry point.
     *
     * @param tcp working routers in the order of trial, as those for UDP, of which the first has it all
     * @param users the routers that use a service or a middleware, by {@link #user}; more keys are {@link HttpRouters}' own
     * @param uses for each router the keys under which it is a user, those beside its service and its own middlewares
     * @param errors why a service or a middleware can't be used, by {@link #user}
     * @param transports those that services use, by complete name, the default one by ""
     */
    record Parts(
            Map<Kind, PrefixTree<Values>> defined, Map<Kind, PrefixTree<Router>> routers, PrefixTree<HttpRoute> http, Map<String, RouteIndex> plain,
            Map<String, RouteIndex> encrypted, Map<String, List<TcpRoute>> tcp, Map<String, List<UdpRoute>> udp, PrefixTree<LiveService> services,
            PrefixTree<TcpService> tcpServices, PrefixTree<PrefixTree<Boolean>> users, PrefixTree<List<String>> uses, PrefixTree<String> errors,
            Map<String, Transport> transports, List<Problem> problems) {
        static final Parts NONE = new Parts(Map.of(), Map.of(), PrefixTree.empty(), Map.of(), Map.of(), Map.of(), Map.of(), PrefixTree.empty(),
                PrefixTree.empty(), PrefixTree.empty(), PrefixTree.empty(), PrefixTree.empty(), Map.of(), List.of());
    }

    private final Parts parts;

    TraefikTable(Parts parts) {
        this.parts = parts;
    }

    static TraefikTable empty() {
        return new TraefikTable(Parts.NONE);
    }

    /** The key of a service or middleware in {@link Parts#users} and {@link Parts#errors}. */
    static String user(Kind kind, String name) {
        return kind + " " + name;
    }

    /** The router of a request. */
    Optional<HttpRoute> lookup(RequestHead head) {
        return index(head).lookup(head);
    }

    /** The routers that are tried for a request, in order. */
    List<HttpRoute> candidates(RequestHead head) {
        return index(head).candidates(head);
    }

    /** How many routers are not tried for a request, since their rules ask for other hosts. */
    int routersOfOtherHosts(RequestHead head) {
        return index(head).size() - index(head).candidates(head).size();
    }

    private RouteIndex index(RequestHead head) {
        return (head.peer().isTls() ? parts.encrypted() : parts.plain()).getOrDefault(head.peer().entryPoint(), RouteIndex.EMPTY);
    }

    /** The router of a connection: those for TLS take none without, and the other way round. */
    Optional<TcpRoute> lookup(ConnectionDispatcher.Head head) {
        for (TcpRoute route : parts.tcp().getOrDefault(head.peer().entryPoint(), List.of())) {
            boolean isFit = route.router().isTls() ? head.isTls() : !head.isTls() || route.rules().isCatchAll();
            if (isFit && route.rules().matches().test(head)) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }

    /** Whether a router for HTTP over TLS at the entry point names this host. */
    boolean hasHttpsHost(String entryPoint, String host) {
        return parts.encrypted().getOrDefault(entryPoint, RouteIndex.EMPTY).names(host.toLowerCase(Locale.ROOT));
    }

    /** Whether there are any TLS options, so that hosts may differ in them. */
    boolean hasTlsOptions() {
        return !parts.defined().getOrDefault(Kind.TLS_OPTIONS, PrefixTree.empty()).isEmpty();
    }

    /** The complete name of the TLS options of a host, "" for the usual ones, which it also has if its routers differ. */
    String tlsOptions(String entryPoint, String host) {
        return hasTlsOptions() ? parts.encrypted().getOrDefault(entryPoint, RouteIndex.EMPTY).tlsOptions(host.toLowerCase(Locale.ROOT)) : "";
    }

    boolean hasTcp(String entryPoint) {
        return parts.tcp().containsKey(entryPoint);
    }

    Optional<UdpRoute> udp(String entryPoint) {
        return parts.udp().getOrDefault(entryPoint, List.of()).stream().findFirst();
    }

    /** All routers of a kind, by name. */
    List<Router> routers(Kind kind) {
        List<Router> all = new ArrayList<>();
        parts.routers().getOrDefault(kind, PrefixTree.empty()).forEach((name, router) -> all.add(router));
        return all;
    }

    Optional<Router> router(Kind kind, String name) {
        return parts.routers().getOrDefault(kind, PrefixTree.<Router>empty()).get(name);
    }

    /** All services or middlewares of a kind, by name. */
    List<Item> items(Kind kind) {
        List<Item> all = new ArrayList<>();
        parts.defined().getOrDefault(kind, PrefixTree.empty()).forEach((name, spec) -> {
            List<String> usedBy = new ArrayList<>();
            parts.users().get(user(kind, name)).ifPresent(routers -> routers.forEach((router, yes) -> usedBy.add(router)));
            Optional<String> error = parts.errors().get(user(kind, name));
            all.add(new Item(kind, name, spec, error.isEmpty() ? Status.ENABLED : Status.DISABLED, error.stream().toList(), usedBy));
        });
        return all;
    }

    boolean isDefined(Kind kind, String name) {
        return parts.defined().getOrDefault(kind, PrefixTree.empty()).get(name).isPresent();
    }

    /** The service at work; empty when it can't be used. */
    Optional<LiveService> service(String name) {
        return parts.services().get(name);
    }

    /** All services at work. */
    List<LiveService> services() {
        List<LiveService> all = new ArrayList<>();
        eachService((name, service) -> all.add(service));
        return all;
    }

    void eachService(BiConsumer<String, LiveService> each) {
        parts.services().forEach(each);
    }

    Parts parts() {
        return parts;
    }

    List<Problem> problems() {
        return parts.problems();
    }
}
