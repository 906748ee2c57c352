package muster.lb.traefik;

import static muster.lb.traefik.RouterDraft.complete;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import muster.lb.exchange.RequestHead;
import muster.lb.middleware.Middleware;
import muster.lb.middleware.MiddlewareType;
import muster.lb.middleware.Surroundings;
import muster.lb.route.PrefixTree;
import muster.lb.traefik.TraefikTable.HttpRoute;
import muster.lb.traefik.TraefikTable.Router;
import muster.lb.traefik.TraefikTable.Status;
import muster.lb.tree.Values;

/**
 * Makes the routers for HTTP that a change concerns: its own, those that use what it changes, and those with a middleware that could not be made.
 * The others stay, with their middlewares' state. One use, one thread.
 */
final class HttpRouters {
    private static final int MAX_CHAIN = 20;
    /** The key of those that have a middleware that could not be made, perhaps for want of a file. */
    private static final String TRY_AGAIN = "try again";

    private final RouterDraft.Known known;
    private final Surroundings surroundings;
    private final TraefikTable.Parts before;
    private final PrefixTree<LiveService> services;
    private final Users users;
    private final Map<String, String> middlewareErrors = new HashMap<>();
    private final Map<String, List<HttpRoute>> gone = new HashMap<>();
    private final Map<String, List<HttpRoute>> come = new HashMap<>();
    private final Set<String> encryptedEntries;
    private PrefixTree<Router> routers;
    private PrefixTree<HttpRoute> http;
    private PrefixTree<List<String>> uses;

    HttpRouters(RouterDraft.Known known, Surroundings surroundings, TraefikTable.Parts before, PrefixTree<LiveService> services, Users users) {
        this.known = known;
        this.surroundings = surroundings;
        this.before = before;
        this.services = services;
        this.routers = before.routers().getOrDefault(Kind.HTTP_ROUTER, PrefixTree.empty());
        this.http = before.http();
        this.users = users;
        this.uses = before.uses();
        this.encryptedEntries = known.config().entryPoints().stream().filter(entry -> entry.tls().isPresent()).map(TraefikConfig.EntryPoint::name)
                .collect(Collectors.toSet());
    }

    /** @param staleServices those that were made anew, or are gone */
    void change(Change change, Set<String> staleServices) {
        for (String name : stale(change, staleServices)) {
            forget(name);
            known.definition(Kind.HTTP_ROUTER, name).ifPresent(spec -> make(name, spec));
        }
    }

    private Set<String> stale(Change change, Set<String> staleServices) {
        Set<String> stale = new TreeSet<>(change.names(Kind.HTTP_ROUTER));
        staleServices.forEach(service -> users.addTo(stale, TraefikTable.user(Kind.HTTP_SERVICE, service)));
        change.names(Kind.HTTP_MIDDLEWARE).forEach(middleware -> users.addTo(stale, within(middleware)));
        users.addTo(stale, TRY_AGAIN);
        if (!change.names(Kind.TLS_OPTIONS).isEmpty()) {
            routers.forEach((name, router) -> {
                if (!router.spec().sectionOrNone("tls").text("options").isEmpty()) {
                    stale.add(name);
                }
            });
        }
        return stale;
    }

    /** The key of those that a middleware works for, perhaps within a chain. */
    private static String within(String middleware) {
        return "within " + middleware;
    }

    private void forget(String name) {
        routers.get(name).ifPresent(router -> keys(router, uses.get(name).orElse(List.of())).forEach(key -> users.remove(key, name)));
        uses = uses.with(name, Optional.empty());
        http.get(name).ifPresent(route -> each(route, entry -> gone.computeIfAbsent(entry, e -> new ArrayList<>()).add(route)));
        http = http.with(name, Optional.empty());
        routers = routers.with(name, Optional.empty());
    }

    private interface Each {
        void of(String entry);
    }

    private void each(HttpRoute route, Each each) {
        route.ways().keySet().forEach(entry -> each.of((route.router().isTls() || encryptedEntries.contains(entry) ? "s " : "p ") + entry));
    }

    private void make(String name, Values spec) {
        RouterDraft draft = new RouterDraft(known, Kind.HTTP_ROUTER, name, spec);
        Predicate<RequestHead> matches = head -> false;
        Optional<Set<String>> hosts = Optional.empty();
        List<String> names = List.of();
        try {
            RuleNode rule = RuleParser.parse(spec.text("rule"));
            matches = RuleMatcher.of(rule, RouterDraft.syntax(known.config(), spec.text("ruleSyntax")));
            hosts = RuleMatcher.requiredHosts(rule).map(Set::copyOf);
            names = List.copyOf(RuleMatcher.hosts(rule).stream().map(host -> host.toLowerCase(java.util.Locale.ROOT)).toList());
        } catch (IllegalArgumentException e) {
            draft.errors.add(RouterDraft.ruleError(spec.text("rule"), e));
        }
        boolean hasFailed = false;
        Chain own = new Chain(name, draft.errors);
        spec.texts("middlewares").forEach(used -> own.add(complete(used, name)));
        Map<String, Middleware.Next> ways = new LinkedHashMap<>();
        for (String entry : draft.using) {
            Chain all = new Chain(name, draft.errors);
            known.config().entryPoint(entry).filter(point -> !name.endsWith("@internal")).ifPresent(point -> point.middlewares().forEach(all::add));
            all.links.addAll(own.links);
            own.made.putAll(all.made);
            own.within.addAll(all.within);
            hasFailed |= all.hasFailed;
            ways.put(entry, way(all.links, services.get(draft.service)));
        }
        Router router = draft.done();
        routers = routers.with(name, Optional.of(router));
        register(router, own.within, hasFailed || own.hasFailed);
        if (router.status() != Status.DISABLED) {
            HttpRoute route = new HttpRoute(router, matches, Map.copyOf(ways), hosts, names, Map.copyOf(own.made));
            http = http.with(name, Optional.of(route));
            each(route, entry -> come.computeIfAbsent(entry, e -> new ArrayList<>()).add(route));
        }
    }

    private void register(Router router, Set<String> within, boolean hasFailed) {
        List<String> more = new ArrayList<>();
        within.forEach(middleware -> more.add(within(middleware)));
        if (hasFailed) {
            more.add(TRY_AGAIN);
        }
        keys(router, more).forEach(key -> users.add(key, router.name()));
        uses = uses.with(router.name(), more.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(more)));
    }

    /** The keys under which a router is a user. */
    private static Set<String> keys(Router router, List<String> more) {
        Set<String> keys = new LinkedHashSet<>(more);
        keys.add(TraefikTable.user(Kind.HTTP_SERVICE, router.service()));
        router.middlewares().forEach(middleware -> keys.add(TraefikTable.user(Kind.HTTP_MIDDLEWARE, middleware)));
        return keys;
    }

    private static Middleware.Next way(List<Middleware> chain, Optional<LiveService> service) {
        Middleware.Next next = head -> service.orElseThrow().handle(head);
        for (Middleware middleware : chain.reversed()) {
            Middleware.Next behind = next;
            next = head -> middleware.handle(head, behind);
        }
        return next;
    }

    /** The middlewares of one router; each router has instances of its own, so that limits are the router's. */
    private final class Chain {
        private final String router;
        private final List<String> errors;
        private final List<Middleware> links = new ArrayList<>();
        private final Map<String, Middleware> made = new HashMap<>();
        private final Set<String> within = new LinkedHashSet<>();
        private boolean hasFailed;

        Chain(String router, List<String> errors) {
            this.router = router;
            this.errors = errors;
        }

        void add(String name) {
            add(name, new LinkedHashSet<>());
        }

        /** Adds the middleware, or those of a chain. */
        private void add(String name, Set<String> seen) {
            within.add(name);
            Optional<Values> spec = known.definition(Kind.HTTP_MIDDLEWARE, name);
            if (spec.isEmpty()) {
                errors.add("middleware \"" + name + "\" does not exist");
                return;
            }
            Optional<MiddlewareType> type = MiddlewareType.of(spec.get());
            if (type.isEmpty()) {
                errors.add("invalid middleware \"" + name + "\" configuration: invalid middleware type or middleware does not exist");
                return;
            }
            Values options = type.get().options(spec.get());
            if (type.get() == MiddlewareType.CHAIN) {
                if (!seen.add(name) || seen.size() > MAX_CHAIN) {
                    errors.add("could not instantiate middleware " + name + ": recursion detected in " + String.join("->", seen) + "->" + name);
                    return;
                }
                options.texts("middlewares").forEach(used -> add(complete(used, name), seen));
                seen.remove(name);
                return;
            }
            String key = name + " " + type.get() + " " + options;
            Optional<Middleware> old = before.http().get(router).map(route -> route.middlewares().get(key));
            try {
                Values ready = type.get() == MiddlewareType.ERRORS ? options.with("service", complete(options.text("service"), name)) : options;
                Middleware one = Optional.ofNullable(made.get(key)).or(() -> old).orElseGet(() -> type.get().make(ready, surroundings));
                made.put(key, one);
                links.add(one);
            } catch (IllegalArgumentException e) {
                hasFailed = true;
                middlewareErrors.put(name, e.getMessage());
                errors.add("middleware \"" + name + "\": " + e.getMessage());
            }
        }
    }

    PrefixTree<Router> routers() {
        return routers;
    }

    PrefixTree<HttpRoute> http() {
        return http;
    }

    PrefixTree<List<String>> uses() {
        return uses;
    }

    /** Why middlewares could not be made, by name: all routers that have such a one were made again. */
    Map<String, String> middlewareErrors() {
        return middlewareErrors;
    }

    Map<String, RouteIndex> plain() {
        return indexes("p ", before.plain());
    }

    Map<String, RouteIndex> encrypted() {
        return indexes("s ", before.encrypted());
    }

    private Map<String, RouteIndex> indexes(String prefix, Map<String, RouteIndex> old) {
        Map<String, RouteIndex> next = new HashMap<>(old);
        Set<String> keys = new TreeSet<>(gone.keySet());
        keys.addAll(come.keySet());
        keys.stream().filter(key -> key.startsWith(prefix)).forEach(key -> next.compute(key.substring(prefix.length()), (entry, index) ->
                (index == null ? RouteIndex.EMPTY : index).with(gone.getOrDefault(key, List.of()), come.getOrDefault(key, List.of()))));
        return next;
    }
}
