package muster.lb.traefik;

import static muster.lb.traefik.RouterDraft.complete;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import muster.lb.exchange.Transport;
import muster.lb.middleware.Surroundings;
import muster.lb.route.PrefixTree;
import muster.lb.route.Problem;
import muster.lb.traefik.TraefikTable.Router;
import muster.lb.traefik.TraefikTable.Status;
import muster.lb.tree.Values;

/**
 * Makes the next table: what a change concerns is made anew, all else is shared with the table before, so that a change costs the same in a
 * small table and a large one. What is defined as before keeps its state: counters, buckets, checks. Routers for connections are made anew all
 * together. One use, one thread.
 */
final class TableBuilder implements RouterDraft.Known {
    private static final List<Kind> CONNECTIONS = List.of(Kind.TCP_ROUTER, Kind.TCP_SERVICE, Kind.TCP_MIDDLEWARE, Kind.TCP_TRANSPORT, Kind.UDP_ROUTER,
            Kind.UDP_SERVICE, Kind.TLS_OPTIONS);
    private static final Comparator<Router> ORDER = Comparator.comparingLong(Router::priority).reversed().thenComparing(Router::name);

    private final TraefikConfig config;
    private final Surroundings surroundings;
    private final Function<String, Optional<LiveService>> internal;
    private final Supplier<TraefikTable> current;
    private final TraefikTable.Parts before;
    private final Change change;
    private final Map<Kind, PrefixTree<Values>> defined = new EnumMap<>(Kind.class);
    private final Map<Kind, PrefixTree<Router>> routers = new EnumMap<>(Kind.class);
    private final Map<String, Transport> transports = new HashMap<>();
    private final Set<String> staleServices = new TreeSet<>();
    private PrefixTree<LiveService> services;
    private PrefixTree<TcpService> tcpServices;
    private PrefixTree<String> errors;
    private PrefixTree<PrefixTree<Boolean>> users;
    private final List<TraefikTable.TcpRoute> tcp = new ArrayList<>();
    private final List<TraefikTable.UdpRoute> udp = new ArrayList<>();

    /**
     * @param internal the services of the program itself, by complete name
     * @param current the table in force when a request comes; groups of services look their parts up there
     * @param before what the next one differs from
     * @param change by complete names
     */
    TableBuilder(TraefikConfig config, Surroundings surroundings, Function<String, Optional<LiveService>> internal, Supplier<TraefikTable> current,
            TraefikTable before, Change change) {
        this.config = config;
        this.surroundings = surroundings;
        this.internal = internal;
        this.current = current;
        this.before = before.parts();
        this.change = change;
        this.services = before.parts().services();
        this.tcpServices = before.parts().tcpServices();
        this.errors = before.parts().errors();
        this.users = before.parts().users();
    }

    /** Makes the table; its new services still have to be started. */
    TraefikTable build(List<Problem> problems) {
        for (Kind kind : Kind.values()) {
            PrefixTree<Values> next = before.defined().getOrDefault(kind, PrefixTree.empty());
            for (Map.Entry<String, Optional<Values>> entry : change.of(kind).entrySet()) {
                next = next.with(entry.getKey(), entry.getValue());
            }
            defined.put(kind, next);
            routers.put(kind, before.routers().getOrDefault(kind, PrefixTree.empty()));
        }
        Set<String> changedTransports = transports();
        staleServices(changedTransports);
        for (String name : staleServices) {
            services = services.with(name, Optional.empty());
            errors = errors.with(TraefikTable.user(Kind.HTTP_SERVICE, name), Optional.empty());
            definition(Kind.HTTP_SERVICE, name).ifPresent(spec -> httpService(name, spec));
        }
        HttpRouters http = new HttpRouters(this, surroundings, before, services);
        http.change(change, staleServices);
        routers.put(Kind.HTTP_ROUTER, http.routers());
        users = http.users();
        clearErrors(Kind.HTTP_MIDDLEWARE);
        http.middlewareErrors().forEach((name, why) -> fail(Kind.HTTP_MIDDLEWARE, name, why));
        Map<String, List<TraefikTable.TcpRoute>> byEntry = before.tcp();
        Map<String, TraefikTable.UdpRoute> datagrams = before.udp();
        if (CONNECTIONS.stream().anyMatch(kind -> !change.of(kind).isEmpty()) || changedTransports.stream().anyMatch(name -> name.startsWith("tcp "))) {
            connections();
            byEntry = new HashMap<>();
            datagrams = new HashMap<>();
            tcp.sort(Comparator.comparing(TraefikTable.TcpRoute::router, ORDER));
            udp.sort(Comparator.comparing(TraefikTable.UdpRoute::router, ORDER));
            for (TraefikTable.TcpRoute route : tcp) {
                for (String entry : route.router().using()) {
                    byEntry.computeIfAbsent(entry, e -> new ArrayList<>()).add(route);
                }
            }
            for (TraefikTable.UdpRoute route : udp) {
                for (String entry : route.router().using()) {
                    datagrams.putIfAbsent(entry, route);
                }
            }
        }
        return new TraefikTable(new TraefikTable.Parts(defined, routers, http.http(), http.plain(), http.encrypted(), byEntry, datagrams, services,
                tcpServices, users, http.uses(), errors, transports, List.copyOf(problems)));
    }

    /** Services for connections that are no longer there as they were. */
    List<TcpService> endingTcpServices() {
        List<TcpService> ending = new ArrayList<>();
        before.tcpServices().forEach((name, service) -> {
            if (tcpServices.get(name).filter(now -> now == service).isEmpty()) {
                ending.add(service);
            }
        });
        return ending;
    }

    /** The services for HTTP that are others than before, or gone. */
    Set<String> changedServices() {
        return staleServices.stream().filter(name -> !before.services().get(name).equals(services.get(name))).collect(Collectors.toSet());
    }

    @Override
    public TraefikConfig config() {
        return config;
    }

    @Override
    public Optional<Values> definition(Kind kind, String name) {
        return defined.get(kind).get(name);
    }

    @Override
    public Optional<String> error(Kind kind, String name) {
        return errors.get(TraefikTable.user(kind, name));
    }

    private void fail(Kind kind, String name, String why) {
        errors = errors.with(TraefikTable.user(kind, name), Optional.of(why));
    }

    /** The names of what there is of a kind that can't be used. */
    private Set<String> failing(Kind kind) {
        String prefix = TraefikTable.user(kind, "");
        Set<String> names = new HashSet<>();
        errors.forEach((key, why) -> {
            if (key.startsWith(prefix)) {
                names.add(key.substring(prefix.length()));
            }
        });
        return names;
    }

    private void clearErrors(Kind kind) {
        failing(kind).forEach(name -> errors = errors.with(TraefikTable.user(kind, name), Optional.empty()));
    }

    /** Looks again at the transports in use, whose files may have changed; returns the keys of those that differ. */
    private Set<String> transports() {
        Set<String> changed = new HashSet<>();
        change.names(Kind.HTTP_TRANSPORT).forEach(changed::add);
        change.names(Kind.TCP_TRANSPORT).forEach(name -> changed.add("tcp " + name));
        before.transports().forEach((key, old) -> {
            try {
                Transport now = key.startsWith("tcp ") ? tcpTransport(key.substring(4)) : httpTransport(key);
                if (!now.equals(old)) {
                    changed.add(key);
                }
            } catch (IllegalArgumentException e) {
                changed.add(key);
            }
        });
        return changed;
    }

    private Transport httpTransport(String name) {
        Transport known = transports.get(name);
        if (known == null) {
            Values options = name.isEmpty() ? config.transport()
                    : definition(Kind.HTTP_TRANSPORT, name).orElseThrow(() -> new IllegalArgumentException("servers transport not found " + name));
            known = Transports.of(options, surroundings::pem);
            transports.put(name, known);
        }
        return known;
    }

    private Transport tcpTransport(String name) {
        Transport known = transports.get("tcp " + name);
        if (known == null) {
            Values options = name.isEmpty() ? Values.NONE
                    : definition(Kind.TCP_TRANSPORT, name).orElseThrow(() -> new IllegalArgumentException("servers transport not found " + name));
            known = new Transport(Transport.Http2.NEVER, Transports.of(options.sectionOrNone("tls"), surroundings::pem).tls(),
                    options.duration("dialTimeout").orElse(java.time.Duration.ZERO), java.time.Duration.ZERO);
            transports.put("tcp " + name, known);
        }
        return known;
    }

    private void staleServices(Set<String> changedTransports) {
        staleServices.addAll(change.names(Kind.HTTP_SERVICE));
        staleServices.addAll(failing(Kind.HTTP_SERVICE));
        if (changedTransports.stream().anyMatch(name -> !name.startsWith("tcp "))) {
            defined.get(Kind.HTTP_SERVICE).forEach((name, spec) -> {
                if (spec.section("loadBalancer").map(balancer -> transport(balancer, name)).filter(changedTransports::contains).isPresent()) {
                    staleServices.add(name);
                }
            });
        }
    }

    private static String transport(Values balancer, String user) {
        String wanted = balancer.text("serversTransport");
        return wanted.isEmpty() ? "" : complete(wanted, user);
    }

    private void httpService(String name, Values spec) {
        Function<String, String> complete = part -> complete(part, name);
        Function<String, Optional<LiveService>> others = part -> current.get().service(part);
        try {
            if (name.endsWith("@internal")) {
                internal.apply(name).ifPresent(service -> services = services.with(name, Optional.of(service)));
                return;
            }
            LiveService made = spec.section("loadBalancer").map(balancer -> (LiveService) balancer(name, balancer))
                    .or(() -> spec.section("weighted").map(group -> new GroupServices.Weighted(name, group, false, complete, others)))
                    .or(() -> spec.section("highestRandomWeight").map(group -> new GroupServices.Weighted(name, group, true, complete, others)))
                    .or(() -> spec.section("mirroring").map(group -> new GroupServices.Mirroring(group, complete, others, surroundings)))
                    .or(() -> spec.section("failover").map(group -> new GroupServices.Failover(group, complete, others)))
                    .orElseThrow(() -> new IllegalArgumentException("the service \"" + name + "\" has no type: loadBalancer, weighted, mirroring or failover"));
            services = services.with(name, Optional.of(made));
        } catch (IllegalArgumentException e) {
            fail(Kind.HTTP_SERVICE, name, e.getMessage());
        }
    }

    private LoadBalancer balancer(String name, Values balancer) {
        Optional<LoadBalancer> old = before.services().get(name)
                .flatMap(service -> service instanceof LoadBalancer same ? Optional.of(same) : Optional.empty());
        Transport transport = httpTransport(transport(balancer, name));
        if (old.isPresent() && old.get().options().equals(balancer) && old.get().transport().equals(transport)) {
            return old.get();
        }
        return new LoadBalancer(name, balancer, old, transport, surroundings);
    }

    private void connections() {
        List.of(Kind.TCP_SERVICE, Kind.UDP_SERVICE, Kind.TCP_MIDDLEWARE).forEach(this::clearErrors);
        for (Kind kind : List.of(Kind.TCP_ROUTER, Kind.UDP_ROUTER)) {
            routers.get(kind).forEach((name, router) -> {
                forget(router, kind == Kind.TCP_ROUTER ? Kind.TCP_SERVICE : Kind.UDP_SERVICE);
            });
            routers.put(kind, PrefixTree.empty());
        }
        tcpServices = PrefixTree.empty();
        for (Kind kind : List.of(Kind.TCP_SERVICE, Kind.UDP_SERVICE)) {
            defined.get(kind).forEach((name, spec) -> tcpService(kind, name, spec));
        }
        defined.get(Kind.TCP_ROUTER).forEach(this::tcpRouter);
        defined.get(Kind.UDP_ROUTER).forEach(this::udpRouter);
    }

    private void tcpService(Kind kind, String name, Values spec) {
        try {
            String wanted = spec.sectionOrNone("loadBalancer").text("serversTransport");
            Transport transport = tcpTransport(wanted.isEmpty() ? "" : complete(wanted, name));
            Optional<TcpService> old = before.tcpServices().get(kind + name);
            boolean isSame = old.isPresent() && old.get().spec().equals(spec) && old.get().transport().equals(transport);
            TcpService made = isSame ? old.get() : new TcpService(name, spec, kind.section(), old, transport,
                    part -> kind + complete(part, name), part -> current.get().parts().tcpServices().get(part));
            tcpServices = tcpServices.with(kind + name, Optional.of(made));
        } catch (IllegalArgumentException e) {
            fail(kind, name, e.getMessage());
        }
    }

    private void tcpRouter(String name, Values spec) {
        RouterDraft draft = new RouterDraft(this, Kind.TCP_ROUTER, name, spec);
        Optional<TcpRules> rules = Optional.empty();
        try {
            rules = Optional.of(TcpRules.of(spec.text("rule"), RouterDraft.syntax(config, spec.text("ruleSyntax"))));
            if (rules.get().hasNames() && !spec.has("tls")) {
                draft.errors.add("invalid rule: \"" + spec.text("rule") + "\" , has HostSNI matcher, but no TLS on router");
            }
        } catch (IllegalArgumentException e) {
            draft.errors.add(spec.text("rule").isEmpty() ? "the rule is missing on the router" : RouterDraft.ruleError(spec.text("rule"), e));
        }
        List<TcpMiddleware> chain = new ArrayList<>();
        for (String used : spec.texts("middlewares")) {
            String complete = complete(used, name);
            Optional<Values> options = definition(Kind.TCP_MIDDLEWARE, complete);
            try {
                if (options.isEmpty()) {
                    draft.errors.add("middleware \"" + complete + "\" does not exist");
                } else {
                    chain.add(TcpMiddleware.of(options.get()));
                }
            } catch (IllegalArgumentException e) {
                fail(Kind.TCP_MIDDLEWARE, complete, e.getMessage());
                draft.errors.add("middleware \"" + complete + "\": " + e.getMessage());
            }
        }
        Router router = done(draft, Kind.TCP_ROUTER, Kind.TCP_SERVICE, Kind.TCP_MIDDLEWARE);
        if (router.status() != Status.DISABLED) {
            tcp.add(new TraefikTable.TcpRoute(router, rules.orElseThrow(), List.copyOf(chain), tcpServices.get(Kind.TCP_SERVICE + router.service()).orElseThrow()));
        }
    }

    private void udpRouter(String name, Values spec) {
        Router router = done(new RouterDraft(this, Kind.UDP_ROUTER, name, spec), Kind.UDP_ROUTER, Kind.UDP_SERVICE, Kind.UDP_SERVICE);
        if (router.status() != Status.DISABLED) {
            udp.add(new TraefikTable.UdpRoute(router, tcpServices.get(Kind.UDP_SERVICE + router.service()).orElseThrow()));
        }
    }

    private Router done(RouterDraft draft, Kind kind, Kind service, Kind middleware) {
        Router router = draft.done();
        routers.put(kind, routers.get(kind).with(router.name(), Optional.of(router)));
        use(TraefikTable.user(service, router.service()), router.name(), Optional.of(true));
        router.middlewares().forEach(used -> use(TraefikTable.user(middleware, used), router.name(), Optional.of(true)));
        return router;
    }

    private void forget(Router router, Kind service) {
        use(TraefikTable.user(service, router.service()), router.name(), Optional.empty());
        router.middlewares().forEach(used -> use(TraefikTable.user(Kind.TCP_MIDDLEWARE, used), router.name(), Optional.empty()));
    }

    private void use(String key, String router, Optional<Boolean> isUser) {
        PrefixTree<Boolean> all = users.get(key).orElse(PrefixTree.empty()).with(router, isUser);
        users = users.with(key, all.isEmpty() ? Optional.empty() : Optional.of(all));
    }
}
