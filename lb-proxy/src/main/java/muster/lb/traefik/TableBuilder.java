package muster.lb.traefik;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import muster.lb.exchange.RequestHead;
import muster.lb.exchange.Transport;
import muster.lb.middleware.Middleware;
import muster.lb.middleware.MiddlewareType;
import muster.lb.middleware.Surroundings;
import muster.lb.route.Problem;
import muster.lb.traefik.TraefikTable.Item;
import muster.lb.traefik.TraefikTable.Router;
import muster.lb.traefik.TraefikTable.Status;
import muster.lb.tree.Values;

/**
 * Makes a table of what the providers define. What is defined as in the table before is taken along with its state: counters, buckets,
 * checks. One use, one thread.
 */
final class TableBuilder {
    private static final int MAX_CHAIN = 20;
    private static final long MAX_PRIORITY = Long.MAX_VALUE - 1000;

    private final TraefikConfig config;
    private final Surroundings surroundings;
    private final Function<String, Optional<LiveService>> internal;
    private final Supplier<TraefikTable> current;
    private final Optional<TraefikTable.Parts> before;
    private final Map<Kind, SortedMap<String, Values>> defined = new EnumMap<>(Kind.class);
    private final List<Problem> problems = new ArrayList<>();
    private final Map<Kind, SortedMap<String, Router>> routers = new EnumMap<>(Kind.class);
    private final Map<Kind, SortedMap<String, Item>> items = new EnumMap<>(Kind.class);
    private final Map<String, LiveService> services = new HashMap<>();
    private final Map<String, TcpService> tcpServices = new HashMap<>();
    private final Map<String, String> serviceErrors = new HashMap<>();
    private final Map<String, Middleware> middlewares = new HashMap<>();
    private final Map<String, String> middlewareErrors = new HashMap<>();
    private final List<TraefikTable.HttpRoute> http = new ArrayList<>();
    private final List<TraefikTable.TcpRoute> tcp = new ArrayList<>();
    private final List<TraefikTable.UdpRoute> udp = new ArrayList<>();

    /**
     * @param internal the services of the program itself, by complete name
     * @param current the table in force when a request comes; groups of services look their parts up there
     */
    TableBuilder(TraefikConfig config, Surroundings surroundings, Function<String, Optional<LiveService>> internal, Supplier<TraefikTable> current,
            Optional<TraefikTable> before) {
        this.config = config;
        this.surroundings = surroundings;
        this.internal = internal;
        this.current = current;
        this.before = before.map(TraefikTable::parts);
    }

    /** Makes the table; its new services still have to be started. */
    TraefikTable build(Map<String, DynamicConfig> providers) {
        for (Kind kind : Kind.values()) {
            defined.put(kind, new TreeMap<>());
            routers.put(kind, new TreeMap<>());
            items.put(kind, new TreeMap<>());
        }
        providers.forEach((provider, dynamic) -> {
            dynamic.items().forEach((kind, found) -> found.forEach((name, spec) -> defined.get(kind).put(name + "@" + provider, spec)));
            problems.addAll(dynamic.problems());
        });
        defined.get(Kind.HTTP_SERVICE).forEach(this::httpService);
        for (Kind kind : List.of(Kind.TCP_SERVICE, Kind.UDP_SERVICE)) {
            defined.get(kind).forEach((name, spec) -> tcpService(kind, name, spec));
        }
        defined.get(Kind.HTTP_ROUTER).forEach(this::httpRouter);
        defined.get(Kind.TCP_ROUTER).forEach(this::tcpRouter);
        defined.get(Kind.UDP_ROUTER).forEach(this::udpRouter);
        for (Kind kind : List.of(Kind.HTTP_SERVICE, Kind.TCP_SERVICE, Kind.UDP_SERVICE)) {
            defined.get(kind).forEach((name, spec) -> items.get(kind).put(name, item(kind, name, spec, serviceErrors.get(kind + name))));
        }
        for (Kind kind : List.of(Kind.HTTP_MIDDLEWARE, Kind.TCP_MIDDLEWARE)) {
            defined.get(kind).forEach((name, spec) -> items.get(kind).put(name, item(kind, name, spec, middlewareErrors.get(kind + name))));
        }
        Set<String> encrypted = config.entryPoints().stream().filter(entry -> entry.tls().isPresent()).map(TraefikConfig.EntryPoint::name)
                .collect(Collectors.toSet());
        return new TraefikTable(new TraefikTable.Parts(routers, items, http, tcp, udp, encrypted, services, tcpServices, middlewares, List.copyOf(problems)));
    }

    private Item item(Kind kind, String name, Values spec, String error) {
        Kind user = kind.section().equals("http") ? Kind.HTTP_ROUTER : kind.section().equals("tcp") ? Kind.TCP_ROUTER : Kind.UDP_ROUTER;
        List<String> usedBy = routers.get(user).values().stream()
                .filter(router -> router.service().equals(name) || router.middlewares().contains(name))
                .map(Router::name)
                .toList();
        return new Item(kind, name, spec, error == null ? Status.ENABLED : Status.DISABLED, error == null ? List.of() : List.of(error), usedBy);
    }

    private void httpService(String name, Values spec) {
        Function<String, String> complete = part -> complete(part, name);
        Function<String, Optional<LiveService>> others = part -> current.get().service(part);
        try {
            if (name.endsWith("@internal")) {
                internal.apply(name).ifPresent(service -> services.put(name, service));
                return;
            }
            services.put(name, spec.section("loadBalancer").map(balancer -> (LiveService) balancer(name, balancer))
                    .or(() -> spec.section("weighted").map(group -> new GroupServices.Weighted(name, group, false, complete, others)))
                    .or(() -> spec.section("highestRandomWeight").map(group -> new GroupServices.Weighted(name, group, true, complete, others)))
                    .or(() -> spec.section("mirroring").map(group -> new GroupServices.Mirroring(group, complete, others, surroundings)))
                    .or(() -> spec.section("failover").map(group -> new GroupServices.Failover(group, complete, others)))
                    .orElseThrow(() -> new IllegalArgumentException("the service \"" + name + "\" has no type: loadBalancer, weighted, mirroring or failover")));
        } catch (IllegalArgumentException e) {
            serviceErrors.put(Kind.HTTP_SERVICE + name, e.getMessage());
        }
    }

    private LoadBalancer balancer(String name, Values balancer) {
        Optional<LoadBalancer> old = before.map(parts -> parts.services().get(name))
                .flatMap(service -> service instanceof LoadBalancer same ? Optional.of(same) : Optional.empty());
        String wanted = balancer.text("serversTransport");
        Values options = config.transport();
        if (!wanted.isEmpty()) {
            options = defined.get(Kind.HTTP_TRANSPORT).get(complete(wanted, name));
            if (options == null) {
                throw new IllegalArgumentException("servers transport not found " + complete(wanted, name));
            }
        }
        Transport transport = Transports.of(options, surroundings::pem);
        if (old.isPresent() && old.get().options().equals(balancer) && old.get().transport().equals(transport)) {
            return old.get();
        }
        return new LoadBalancer(name, balancer, old, transport, surroundings);
    }

    private void tcpService(Kind kind, String name, Values spec) {
        try {
            String wanted = spec.sectionOrNone("loadBalancer").text("serversTransport");
            Values options = wanted.isEmpty() ? Values.NONE : defined.get(Kind.TCP_TRANSPORT).get(complete(wanted, name));
            if (options == null) {
                throw new IllegalArgumentException("servers transport not found " + complete(wanted, name));
            }
            Transport transport = new Transport(Transport.Http2.NEVER, Transports.of(options.sectionOrNone("tls"), surroundings::pem).tls(),
                    options.duration("dialTimeout").orElse(java.time.Duration.ZERO), java.time.Duration.ZERO);
            tcpServices.put(kind + name, new TcpService(name, spec, kind.section(), before.map(parts -> parts.tcpServices().get(kind + name)),
                    transport, part -> kind + complete(part, name), part -> Optional.ofNullable(current.get().parts().tcpServices().get(part))));
        } catch (IllegalArgumentException e) {
            serviceErrors.put(kind + name, e.getMessage());
        }
    }

    /** A router in the making: what it uses, and what is wrong with it. */
    private final class Draft {
        private final Kind kind;
        private final String name;
        private final Values spec;
        private final List<String> errors = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private final List<String> entryPoints;
        private final List<String> using;
        private final String service;

        Draft(Kind kind, String name, Values spec, String protocol) {
            this.kind = kind;
            this.name = name;
            this.spec = spec;
            List<String> known = config.entryPoints().stream().filter(entry -> entry.protocol().equals(protocol)).map(TraefikConfig.EntryPoint::name).toList();
            this.entryPoints = spec.texts("entryPoints").isEmpty() ? defaults(protocol) : spec.texts("entryPoints");
            this.using = entryPoints.stream().filter(known::contains).toList();
            entryPoints.stream().filter(entry -> !known.contains(entry)).forEach(entry -> warnings.add("entryPoint \"" + entry + "\" doesn't exist"));
            if (using.isEmpty()) {
                errors.add("no valid entryPoint for this router");
            }
            this.service = complete(spec.text("service"), name);
            Kind target = kind == Kind.HTTP_ROUTER ? Kind.HTTP_SERVICE : kind == Kind.TCP_ROUTER ? Kind.TCP_SERVICE : Kind.UDP_SERVICE;
            if (spec.text("service").isEmpty()) {
                errors.add("the service is missing on the router");
            } else if (!defined.get(target).containsKey(service)) {
                errors.add("the " + (target == Kind.HTTP_SERVICE ? "" : target.section() + " ") + "service \"" + service + "\" does not exist");
            } else if (serviceErrors.containsKey(target + service)) {
                errors.add(serviceErrors.get(target + service));
            }
            if (spec.whole("priority") > MAX_PRIORITY && !name.endsWith("@internal")) {
                errors.add("the router priority " + spec.whole("priority") + " exceeds the max user-defined priority " + MAX_PRIORITY);
            }
            String resolver = spec.sectionOrNone("tls").text("certResolver");
            if (!resolver.isEmpty()) {
                warnings.add("router uses a nonexistent certificate resolver: " + resolver + "; certificates come from files here, ACME is not supported");
            }
            String options = spec.sectionOrNone("tls").text("options");
            if (!options.isEmpty() && !options.equals("default") && !defined.get(Kind.TLS_OPTIONS).containsKey(complete(options, name))) {
                errors.add("unknown TLS options: " + complete(options, name));
            }
        }

        Router done() {
            Status status = !errors.isEmpty() ? Status.DISABLED : warnings.isEmpty() ? Status.ENABLED : Status.WARNING;
            List<String> told = new ArrayList<>(warnings);
            told.addAll(errors);
            long priority = spec.whole("priority") == 0 ? spec.text("rule").length() : spec.whole("priority");
            Router router = new Router(kind, name, spec, priority, entryPoints, using, service,
                    spec.texts("middlewares").stream().map(used -> complete(used, name)).toList(), status, List.copyOf(told));
            routers.get(kind).put(name, router);
            return router;
        }
    }

    private List<String> defaults(String protocol) {
        List<TraefikConfig.EntryPoint> all = config.entryPoints().stream().filter(entry -> entry.protocol().equals(protocol)).toList();
        List<String> chosen = all.stream().filter(TraefikConfig.EntryPoint::isDefault).map(TraefikConfig.EntryPoint::name).sorted().toList();
        return !chosen.isEmpty() ? chosen
                : all.stream().map(TraefikConfig.EntryPoint::name).filter(entry -> !entry.equals(TraefikConfig.INTERNAL)).sorted().toList();
    }

    private void httpRouter(String name, Values spec) {
        Draft draft = new Draft(Kind.HTTP_ROUTER, name, spec, "tcp");
        Predicate<RequestHead> matches = head -> false;
        try {
            matches = RuleMatcher.of(spec.text("rule"), syntax(spec.text("ruleSyntax")));
        } catch (IllegalArgumentException e) {
            draft.errors.add(ruleError(spec.text("rule"), e));
        }
        List<Middleware> own = new ArrayList<>();
        spec.texts("middlewares").forEach(used -> resolve(complete(used, name), name, own, draft.errors, new LinkedHashSet<>()));
        Map<String, Middleware.Next> ways = new LinkedHashMap<>();
        for (String entry : draft.using) {
            List<Middleware> all = new ArrayList<>();
            config.entryPoint(entry).ifPresent(point -> {
                if (!name.endsWith("@internal")) {
                    point.middlewares().forEach(used -> resolve(used, name, all, draft.errors, new LinkedHashSet<>()));
                }
            });
            all.addAll(own);
            ways.put(entry, way(all, Optional.ofNullable(services.get(draft.service))));
        }
        Router router = draft.done();
        if (router.status() != Status.DISABLED) {
            http.add(new TraefikTable.HttpRoute(router, matches, ways));
        }
    }

    private static String ruleError(String rule, IllegalArgumentException e) {
        return e.getMessage().startsWith("error while parsing rule") ? e.getMessage() : "error while adding rule " + rule + ": " + e.getMessage();
    }

    private static Middleware.Next way(List<Middleware> chain, Optional<LiveService> service) {
        Middleware.Next next = head -> service.orElseThrow().handle(head);
        for (Middleware middleware : chain.reversed()) {
            Middleware.Next behind = next;
            next = head -> middleware.handle(head, behind);
        }
        return next;
    }

    /** Adds the middleware, or those of a chain; each router has instances of its own, so that limits are the router's. */
    private void resolve(String name, String router, List<Middleware> chain, List<String> errors, Set<String> seen) {
        Values spec = defined.get(Kind.HTTP_MIDDLEWARE).get(name);
        if (spec == null) {
            errors.add("middleware \"" + name + "\" does not exist");
            return;
        }
        Optional<MiddlewareType> type = MiddlewareType.of(spec);
        if (type.isEmpty()) {
            errors.add("invalid middleware \"" + name + "\" configuration: invalid middleware type or middleware does not exist");
            return;
        }
        if (type.get() == MiddlewareType.CHAIN) {
            if (!seen.add(name) || seen.size() > MAX_CHAIN) {
                errors.add("could not instantiate middleware " + name + ": recursion detected in " + String.join("->", seen) + "->" + name);
                return;
            }
            type.get().options(spec).texts("middlewares").forEach(used -> resolve(complete(used, name), router, chain, errors, seen));
            seen.remove(name);
            return;
        }
        String key = router + " " + name + " " + type.get() + " " + type.get().options(spec);
        Optional<Middleware> known = before.map(parts -> parts.middlewares().get(key));
        try {
            Values options = type.get().options(spec);
            Values ready = type.get() == MiddlewareType.ERRORS ? options.with("service", complete(options.text("service"), name)) : options;
            Middleware made = known.orElseGet(() -> type.get().make(ready, surroundings));
            middlewares.put(key, made);
            chain.add(made);
        } catch (IllegalArgumentException e) {
            middlewareErrors.put(Kind.HTTP_MIDDLEWARE + name, e.getMessage());
            errors.add("middleware \"" + name + "\": " + e.getMessage());
        }
    }

    private void tcpRouter(String name, Values spec) {
        Draft draft = new Draft(Kind.TCP_ROUTER, name, spec, "tcp");
        Optional<TcpRules> rules = Optional.empty();
        try {
            rules = Optional.of(TcpRules.of(spec.text("rule"), syntax(spec.text("ruleSyntax"))));
            if (rules.get().hasNames() && !spec.has("tls")) {
                draft.errors.add("invalid rule: \"" + spec.text("rule") + "\" , has HostSNI matcher, but no TLS on router");
            }
        } catch (IllegalArgumentException e) {
            draft.errors.add(spec.text("rule").isEmpty() ? "the rule is missing on the router" : ruleError(spec.text("rule"), e));
        }
        List<TcpMiddleware> chain = new ArrayList<>();
        for (String used : spec.texts("middlewares")) {
            String complete = complete(used, name);
            Values options = defined.get(Kind.TCP_MIDDLEWARE).get(complete);
            try {
                if (options == null) {
                    draft.errors.add("middleware \"" + complete + "\" does not exist");
                } else {
                    chain.add(TcpMiddleware.of(options));
                }
            } catch (IllegalArgumentException e) {
                middlewareErrors.put(Kind.TCP_MIDDLEWARE + complete, e.getMessage());
                draft.errors.add("middleware \"" + complete + "\": " + e.getMessage());
            }
        }
        Router router = draft.done();
        if (router.status() != Status.DISABLED) {
            tcp.add(new TraefikTable.TcpRoute(router, rules.orElseThrow(), List.copyOf(chain), tcpServices.get(Kind.TCP_SERVICE + router.service())));
        }
    }

    private void udpRouter(String name, Values spec) {
        Draft draft = new Draft(Kind.UDP_ROUTER, name, spec, "udp");
        Router router = draft.done();
        if (router.status() != Status.DISABLED) {
            udp.add(new TraefikTable.UdpRoute(router, tcpServices.get(Kind.UDP_SERVICE + router.service())));
        }
    }

    private RuleMatcher.Syntax syntax(String own) {
        boolean isOld = own.isEmpty() ? config.ruleSyntax() == TraefikConfig.RuleSyntax.V2 : own.equals("v2");
        return isOld ? RuleMatcher.Syntax.V2 : RuleMatcher.Syntax.V3;
    }

    /** A name with its provider: its own, or that of who names it. */
    private static String complete(String name, String user) {
        return name.indexOf('@') >= 0 ? name : name + user.substring(user.lastIndexOf('@'));
    }
}
