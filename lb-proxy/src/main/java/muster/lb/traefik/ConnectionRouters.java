package muster.lb.traefik;

import static muster.lb.traefik.RouterDraft.complete;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import muster.lb.exchange.Transport;
import muster.lb.route.PrefixTree;
import muster.lb.traefik.TraefikTable.ConnectionRoute;
import muster.lb.traefik.TraefikTable.Router;
import muster.lb.traefik.TraefikTable.Status;
import muster.lb.traefik.TraefikTable.TcpRoute;
import muster.lb.traefik.TraefikTable.UdpRoute;
import muster.lb.tree.Values;

/**
 * Makes the services and routers for TCP and UDP that a change concerns: its own, and those that use what it changes. The others stay. One use,
 * one thread.
 */
final class ConnectionRouters {
    private static final Comparator<ConnectionRoute> ORDER = Comparator.<ConnectionRoute>comparingLong(route -> route.router().priority()).reversed()
            .thenComparing(route -> route.router().name());

    private final RouterDraft.Known known;
    private final TraefikTable.Parts before;
    private final UsedTransports transports;
    private final Errors errors;
    private final Users users;
    private final Function<String, Optional<TcpService>> inForce;
    private final Map<Kind, PrefixTree<Router>> routers = new EnumMap<>(Kind.class);
    private final Set<String> staleServices = new HashSet<>();
    private final Lists<TcpRoute> tcp;
    private final Lists<UdpRoute> udp;
    private PrefixTree<TcpService> services;

    /** The working routers by entry point, in the order of trial. */
    private static final class Lists<R extends ConnectionRoute> {
        private final Map<String, List<R>> before;
        private final Set<Router> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Map<String, List<R>> come = new HashMap<>();
        private final Set<String> touched = new HashSet<>();

        Lists(Map<String, List<R>> before) {
            this.before = before;
        }

        void remove(Router router) {
            gone.add(router);
            touched.addAll(router.using());
        }

        void add(R route) {
            for (String entry : route.router().using()) {
                come.computeIfAbsent(entry, e -> new ArrayList<>()).add(route);
                touched.add(entry);
            }
        }

        Map<String, List<R>> now() {
            if (touched.isEmpty()) {
                return before;
            }
            Map<String, List<R>> next = new HashMap<>(before);
            for (String entry : touched) {
                List<R> all = new ArrayList<>(before.getOrDefault(entry, List.of()));
                all.removeIf(route -> gone.contains(route.router()));
                all.addAll(come.getOrDefault(entry, List.of()));
                all.sort(ORDER);
                if (all.isEmpty()) {
                    next.remove(entry);
                } else {
                    next.put(entry, List.copyOf(all));
                }
            }
            return next;
        }
    }

    /** @param inForce services of the table that is in force when a connection comes, by kind and complete name */
    ConnectionRouters(RouterDraft.Known known, TraefikTable.Parts before, UsedTransports transports, Errors errors, Users users,
            Function<String, Optional<TcpService>> inForce) {
        this.known = known;
        this.before = before;
        this.transports = transports;
        this.errors = errors;
        this.users = users;
        this.inForce = inForce;
        this.services = before.tcpServices();
        this.tcp = new Lists<>(before.tcp());
        this.udp = new Lists<>(before.udp());
        for (Kind kind : List.of(Kind.TCP_ROUTER, Kind.UDP_ROUTER)) {
            routers.put(kind, before.routers().getOrDefault(kind, PrefixTree.empty()));
        }
    }

    void change(Change change, Set<String> changedTransports) {
        Set<String> tcpRouters = new TreeSet<>(change.names(Kind.TCP_ROUTER));
        Set<String> udpRouters = new TreeSet<>(change.names(Kind.UDP_ROUTER));
        services(Kind.TCP_SERVICE, change, changedTransports, tcpRouters);
        services(Kind.UDP_SERVICE, change, changedTransports, udpRouters);
        change.names(Kind.TCP_MIDDLEWARE).forEach(name -> {
            errors.clear(Kind.TCP_MIDDLEWARE, name);
            users.addTo(tcpRouters, TraefikTable.user(Kind.TCP_MIDDLEWARE, name));
        });
        if (!change.names(Kind.TLS_OPTIONS).isEmpty()) {
            routers.get(Kind.TCP_ROUTER).forEach((name, router) -> {
                if (!router.spec().sectionOrNone("tls").text("options").isEmpty()) {
                    tcpRouters.add(name);
                }
            });
        }
        tcpRouters.forEach(name -> {
            forget(Kind.TCP_ROUTER, name);
            known.definition(Kind.TCP_ROUTER, name).ifPresent(spec -> tcpRouter(name, spec));
        });
        udpRouters.forEach(name -> {
            forget(Kind.UDP_ROUTER, name);
            known.definition(Kind.UDP_ROUTER, name).ifPresent(spec -> udpRouter(name, spec));
        });
        // A middleware's mistake shows when somebody uses it.
        errors.failing(Kind.TCP_MIDDLEWARE).stream().filter(name -> !users.has(TraefikTable.user(Kind.TCP_MIDDLEWARE, name)))
                .forEach(name -> errors.clear(Kind.TCP_MIDDLEWARE, name));
    }

    /** Makes services anew; whose routers have to be, is added to those that are known already. */
    private void services(Kind kind, Change change, Set<String> changedTransports, Set<String> stale) {
        Set<String> names = new TreeSet<>(change.names(kind));
        names.addAll(errors.failing(kind));
        if (changedTransports.stream().anyMatch(key -> key.startsWith(UsedTransports.TCP))) {
            known.definitions(kind).forEach((name, spec) -> {
                if (changedTransports.contains(UsedTransports.TCP + UsedTransports.name(spec.sectionOrNone("loadBalancer"), name))) {
                    names.add(name);
                }
            });
        }
        for (String name : names) {
            staleServices.add(kind + name);
            services = services.with(kind + name, Optional.empty());
            errors.clear(kind, name);
            known.definition(kind, name).ifPresent(spec -> service(kind, name, spec));
            users.addTo(stale, TraefikTable.user(kind, name));
        }
    }

    private void service(Kind kind, String name, Values spec) {
        try {
            Transport transport = transports.tcp(UsedTransports.name(spec.sectionOrNone("loadBalancer"), name));
            Optional<TcpService> old = before.tcpServices().get(kind + name);
            boolean isSame = old.isPresent() && old.get().spec().equals(spec) && old.get().transport().equals(transport);
            services = services.with(kind + name, isSame ? old
                    : Optional.of(new TcpService(name, spec, kind.section(), old, transport, part -> kind + complete(part, name), inForce)));
        } catch (IllegalArgumentException e) {
            errors.put(kind, name, e.getMessage());
        }
    }

    private void forget(Kind kind, String name) {
        routers.get(kind).get(name).ifPresent(router -> {
            keys(kind, router).forEach(key -> users.remove(key, name));
            (kind == Kind.TCP_ROUTER ? tcp : udp).remove(router);
            routers.put(kind, routers.get(kind).with(name, Optional.empty()));
        });
    }

    private void tcpRouter(String name, Values spec) {
        RouterDraft draft = new RouterDraft(known, Kind.TCP_ROUTER, name, spec);
        Optional<TcpRules> rules = Optional.empty();
        try {
            rules = Optional.of(TcpRules.of(spec.text("rule"), RouterDraft.syntax(known.config(), spec.text("ruleSyntax"))));
            if (rules.get().hasNames() && !spec.has("tls")) {
                draft.errors.add("invalid rule: \"" + spec.text("rule") + "\" , has HostSNI matcher, but no TLS on router");
            }
        } catch (IllegalArgumentException e) {
            draft.errors.add(spec.text("rule").isEmpty() ? "the rule is missing on the router" : RouterDraft.ruleError(spec.text("rule"), e));
        }
        List<TcpMiddleware> chain = chain(name, spec, draft);
        Router router = done(Kind.TCP_ROUTER, draft);
        if (router.status() != Status.DISABLED) {
            tcp.add(new TcpRoute(router, rules.orElseThrow(), List.copyOf(chain), services.get(Kind.TCP_SERVICE + router.service()).orElseThrow()));
        }
    }

    private List<TcpMiddleware> chain(String name, Values spec, RouterDraft draft) {
        List<TcpMiddleware> chain = new ArrayList<>();
        for (String used : spec.texts("middlewares")) {
            String complete = complete(used, name);
            Optional<Values> options = known.definition(Kind.TCP_MIDDLEWARE, complete);
            try {
                if (options.isEmpty()) {
                    draft.errors.add("middleware \"" + complete + "\" does not exist");
                } else {
                    chain.add(TcpMiddleware.of(options.get()));
                }
            } catch (IllegalArgumentException e) {
                errors.put(Kind.TCP_MIDDLEWARE, complete, e.getMessage());
                draft.errors.add("middleware \"" + complete + "\": " + e.getMessage());
            }
        }
        return chain;
    }

    private void udpRouter(String name, Values spec) {
        Router router = done(Kind.UDP_ROUTER, new RouterDraft(known, Kind.UDP_ROUTER, name, spec));
        if (router.status() != Status.DISABLED) {
            udp.add(new UdpRoute(router, services.get(Kind.UDP_SERVICE + router.service()).orElseThrow()));
        }
    }

    private Router done(Kind kind, RouterDraft draft) {
        Router router = draft.done();
        routers.put(kind, routers.get(kind).with(router.name(), Optional.of(router)));
        keys(kind, router).forEach(key -> users.add(key, router.name()));
        return router;
    }

    /** The keys under which a router is a user. */
    private static Set<String> keys(Kind kind, Router router) {
        Set<String> keys = new HashSet<>();
        keys.add(TraefikTable.user(kind == Kind.TCP_ROUTER ? Kind.TCP_SERVICE : Kind.UDP_SERVICE, router.service()));
        if (kind == Kind.TCP_ROUTER) {
            router.middlewares().forEach(used -> keys.add(TraefikTable.user(Kind.TCP_MIDDLEWARE, used)));
        }
        return keys;
    }

    Map<Kind, PrefixTree<Router>> routers() {
        return routers;
    }

    PrefixTree<TcpService> services() {
        return services;
    }

    /** Those that are there for the first time. */
    List<TcpService> beginning() {
        return differing(services, before.tcpServices());
    }

    /** Those that are no longer there as they were. */
    List<TcpService> ending() {
        return differing(before.tcpServices(), services);
    }

    private List<TcpService> differing(PrefixTree<TcpService> there, PrefixTree<TcpService> elsewhere) {
        List<TcpService> differing = new ArrayList<>();
        for (String name : staleServices) {
            there.get(name).filter(service -> elsewhere.get(name).filter(other -> other == service).isEmpty()).ifPresent(differing::add);
        }
        return differing;
    }

    Map<String, List<TcpRoute>> tcp() {
        return tcp.now();
    }

    Map<String, List<UdpRoute>> udp() {
        return udp.now();
    }
}
