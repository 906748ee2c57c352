package muster.lb.traefik;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import muster.lb.exchange.RequestHead;
import muster.lb.middleware.MiddlewareOptions;
import muster.lb.middleware.MiddlewareSpec;
import muster.lb.route.Problem;
import muster.lb.route.TargetUrl;

/**
 * Routers, services and middlewares in force, as one immutable value; names are complete, {@code NAME@consulcatalog}. A router that
 * can't work is kept with the reasons and takes no requests; the others are not touched. Lookup tries an entry point's routers by
 * descending priority, which is the length of the rule unless set.
 */
final class TraefikTable {
    static final String PROVIDER = "@consulcatalog";
    private static final int MAX_CHAIN = 20;

    /** How well something works. */
    enum Status {
        ENABLED, WARNING, DISABLED;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * A router.
     *
     * @param entryPoints as asked for, or the default ones
     * @param using those of them that exist
     * @param service its complete name
     * @param matches never asked when disabled
     */
    record Router(
            String name, DynamicConfig.Router spec, int priority, List<String> entryPoints, List<String> using, String service,
            List<String> middlewares, Predicate<RequestHead> matches, List<MiddlewareSpec> chain, Status status, List<String> errors) {}

    record Service(String name, DynamicConfig.Service spec, List<TargetUrl> servers, Status status, List<String> errors, List<String> usedBy) {}

    record Middleware(String name, MiddlewareOptions options, Status status, List<String> errors, List<String> usedBy) {}

    private final SortedMap<String, Router> routers;
    private final SortedMap<String, Service> services;
    private final SortedMap<String, Middleware> middlewares;
    private final Map<String, List<Router>> byEntryPoint;
    private final List<Problem> problems;

    private TraefikTable(
            SortedMap<String, Router> routers, SortedMap<String, Service> services, SortedMap<String, Middleware> middlewares,
            List<Problem> problems) {
        this.routers = routers;
        this.services = services;
        this.middlewares = middlewares;
        this.problems = problems;
        this.byEntryPoint = new TreeMap<>();
        routers.values().stream()
                .filter(router -> router.status() != Status.DISABLED)
                .sorted(Comparator.comparingInt(Router::priority).reversed().thenComparing(Router::name))
                .forEach(router -> router.using().forEach(entry -> byEntryPoint.computeIfAbsent(entry, e -> new ArrayList<>()).add(router)));
    }

    /** Makes the table of what tags define. */
    static TraefikTable of(DynamicConfig dynamic, TraefikConfig config) {
        Draft draft = new Draft(dynamic, config);
        SortedMap<String, Router> routers = new TreeMap<>();
        dynamic.routers().forEach((name, spec) -> routers.put(name + PROVIDER, draft.router(name, spec)));
        SortedMap<String, Service> services = new TreeMap<>();
        dynamic.services().forEach((name, spec) -> services.put(name + PROVIDER, service(name, spec, routers)));
        SortedMap<String, Middleware> middlewares = new TreeMap<>();
        dynamic.middlewares().forEach((name, options) -> middlewares.put(name + PROVIDER, middleware(name, options, routers)));
        return new TraefikTable(routers, services, middlewares, dynamic.problems());
    }

    /** The router of a request. */
    Optional<Router> lookup(RequestHead head) {
        for (Router router : byEntryPoint.getOrDefault(head.peer().entryPoint(), List.of())) {
            if (router.matches().test(head)) {
                return Optional.of(router);
            }
        }
        return Optional.empty();
    }

    SortedMap<String, Router> routers() {
        return routers;
    }

    SortedMap<String, Service> services() {
        return services;
    }

    SortedMap<String, Middleware> middlewares() {
        return middlewares;
    }

    List<Problem> problems() {
        return problems;
    }

    private static Service service(String name, DynamicConfig.Service spec, SortedMap<String, Router> routers) {
        List<String> usedBy = routers.values().stream().filter(r -> r.service().equals(name + PROVIDER)).map(Router::name).toList();
        List<String> errors = new ArrayList<>();
        spec.unsupported().forEach(option -> errors.add("loadBalancer." + option + " is not supported and does nothing"));
        if (!spec.error().isEmpty()) {
            errors.add(spec.error());
        }
        Status status = !spec.error().isEmpty() ? Status.DISABLED : errors.isEmpty() ? Status.ENABLED : Status.WARNING;
        return new Service(name + PROVIDER, spec, spec.servers().stream().map(TargetUrl::parse).toList(), status, List.copyOf(errors), usedBy);
    }

    private static Middleware middleware(String name, MiddlewareOptions options, SortedMap<String, Router> routers) {
        List<String> usedBy = routers.values().stream().filter(r -> r.middlewares().contains(name + PROVIDER)).map(Router::name).toList();
        Optional<String> unusable = options.spec().unusable();
        return new Middleware(name + PROVIDER, options, unusable.isPresent() ? Status.DISABLED : Status.ENABLED,
                unusable.stream().toList(), usedBy);
    }

    /** Resolves the names of one table in the making. */
    private static final class Draft {
        private final DynamicConfig dynamic;
        private final TraefikConfig config;
        private final List<String> known;
        private final List<String> defaults;

        Draft(DynamicConfig dynamic, TraefikConfig config) {
            this.dynamic = dynamic;
            this.config = config;
            List<TraefikConfig.EntryPoint> all = config.entryPoints().stream().filter(entry -> entry.protocol().equals("tcp")).toList();
            this.known = all.stream().map(TraefikConfig.EntryPoint::name).toList();
            List<String> chosen = all.stream().filter(TraefikConfig.EntryPoint::isDefault).map(TraefikConfig.EntryPoint::name).toList();
            this.defaults = (chosen.isEmpty() ? known.stream().filter(name -> !name.equals(TraefikConfig.INTERNAL)).toList() : chosen)
                    .stream().sorted().toList();
        }

        Router router(String name, DynamicConfig.Router spec) {
            List<String> errors = new ArrayList<>();
            List<String> warnings = new ArrayList<>();
            List<String> entryPoints = spec.entryPoints().isEmpty() ? defaults : spec.entryPoints();
            List<String> using = entryPoints.stream().filter(known::contains).toList();
            entryPoints.stream().filter(entry -> !known.contains(entry)).forEach(entry ->
                    warnings.add("entryPoint \"" + entry + "\" doesn't exist"));
            if (using.isEmpty()) {
                errors.add("no valid entryPoint for this router");
            }
            String service = complete(spec.service());
            DynamicConfig.Service target = dynamic.services().get(bare(service));
            if (target == null || !service.endsWith(PROVIDER)) {
                errors.add("the service \"" + service + "\" does not exist");
            } else if (!target.error().isEmpty()) {
                errors.add(target.error());
            }
            spec.unsupported().forEach(option -> errors.add("the option " + option + " is not supported"));
            Predicate<RequestHead> matches = head -> false;
            try {
                matches = RuleMatcher.of(spec.rule(), syntax(spec.syntax()));
            } catch (IllegalArgumentException e) {
                errors.add(e.getMessage().startsWith("error while parsing rule") ? e.getMessage()
                        : "error while adding rule " + spec.rule() + ": " + e.getMessage());
            }
            List<MiddlewareSpec> chain = new ArrayList<>();
            Set<String> seen = new LinkedHashSet<>();
            spec.middlewares().forEach(used -> resolve(used, chain, errors, seen));
            Status status = !errors.isEmpty() ? Status.DISABLED : warnings.isEmpty() ? Status.ENABLED : Status.WARNING;
            warnings.addAll(errors);
            return new Router(name + PROVIDER, spec, spec.priority() == 0 ? spec.rule().length() : spec.priority(), entryPoints, using,
                    service, spec.middlewares().stream().map(Draft::complete).toList(), matches, List.copyOf(chain), status,
                    List.copyOf(warnings));
        }

        private RuleMatcher.Syntax syntax(String own) {
            boolean isOld = own.isEmpty() ? config.ruleSyntax() == TraefikConfig.RuleSyntax.V2 : own.equals("v2");
            return isOld ? RuleMatcher.Syntax.V2 : RuleMatcher.Syntax.V3;
        }

        private void resolve(String name, List<MiddlewareSpec> chain, List<String> errors, Set<String> seen) {
            String complete = complete(name);
            MiddlewareOptions options = complete.endsWith(PROVIDER) ? dynamic.middlewares().get(bare(complete)) : null;
            if (options == null) {
                errors.add("middleware \"" + complete + "\" does not exist");
                return;
            }
            if (options.spec() instanceof MiddlewareSpec.Chain inner) {
                if (!seen.add(complete) || seen.size() > MAX_CHAIN) {
                    errors.add("could not instantiate middleware " + complete + ": recursion detected in " + String.join("->", seen));
                    return;
                }
                inner.names().forEach(used -> resolve(used, chain, errors, seen));
                seen.remove(complete);
            } else if (options.spec().unusable().isPresent()) {
                errors.add("middleware \"" + complete + "\": " + options.spec().unusable().get());
            } else {
                chain.add(options.spec());
            }
        }

        private static String complete(String name) {
            return name.indexOf('@') < 0 ? name + PROVIDER : name;
        }

        private static String bare(String complete) {
            return complete.substring(0, complete.indexOf('@'));
        }
    }
}
