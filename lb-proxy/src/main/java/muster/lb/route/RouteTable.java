package muster.lb.route;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All routes, as one immutable value: readers take a reference and never lock. A change makes a new table that shares what did not change, so
 * that it costs as much in a table of ten routes as in one of fifty thousand.
 *
 * <p>Lookup (Fabio: "Routing"). All host patterns that match the request's host are tried, the most specific first, which is
 * the order of their reversed texts from the highest down; then the routes without host. Under a host the paths are tried in
 * descending byte order, so that of two prefixes the longer comes first. A host whose paths do not match leaves the request to
 * the next one. The port 80 of a plain request's host, and 443 over TLS, is dropped on both sides; a
 * route that names the port is tried before one that does not.
 */
public final class RouteTable {
    private static final String PLAIN_PORT = ":80";
    private static final String TLS_PORT = ":443";
    private static final Comparator<Route> LAST_FIRST =
            Comparator.comparing(Route::host).reversed().thenComparing(Comparator.comparing(Route::path).reversed());

    private final PathMatcher matcher;
    private final boolean globs;
    private final int size;
    /** Hosts without special characters, by their text as in the route, port included. */
    private final PrefixTree<HostRoutes> literal;
    /** Host patterns, by their literal end reversed: a request's host reversed leads along all that can match. */
    private final PrefixTree<List<HostRoutes>> patterns;
    private final PathRoutes anyHost;

    /** A table and what could not become part of it. */
    public record Built(RouteTable table, List<Problem> problems) {}

    private RouteTable(
            PathMatcher matcher, boolean globs, int size, PrefixTree<HostRoutes> literal, PrefixTree<List<HostRoutes>> patterns,
            PathRoutes anyHost) {
        this.matcher = matcher;
        this.globs = globs;
        this.size = size;
        this.literal = literal;
        this.patterns = patterns;
        this.anyHost = anyHost;
    }

    /** A table without routes. */
    public static RouteTable empty(PathMatcher matcher, boolean hostGlobs) {
        return new RouteTable(matcher, hostGlobs, 0, PrefixTree.empty(), PrefixTree.empty(), PathRoutes.none(matcher));
    }

    /** Carries out the commands in order. A command that can't be carried out is reported and changes nothing. */
    public static Built build(Collection<? extends RouteCommand> commands, PathMatcher matcher, boolean hostGlobs) {
        Map<String, List<RouteCommand>> bySource = new LinkedHashMap<>();
        for (RouteCommand command : commands) {
            switch (command) {
                case RouteCommand.Add add -> bySource.computeIfAbsent(RouteMaker.normal(add.source()), s -> new ArrayList<>()).add(add);
                case RouteCommand.Weigh weigh ->
                        bySource.computeIfAbsent(RouteMaker.normal(weigh.source()), s -> new ArrayList<>()).add(weigh);
                case RouteCommand.Delete delete -> bySource.forEach((source, list) -> {
                    if (delete.source().isEmpty() || RouteMaker.normal(delete.source()).equals(source)) {
                        list.add(delete);
                    }
                });
            }
        }
        RouteMaker maker = new RouteMaker(matcher, hostGlobs);
        RouteTable table = empty(matcher, hostGlobs);
        List<Problem> problems = new ArrayList<>();
        for (Map.Entry<String, List<RouteCommand>> entry : bySource.entrySet()) {
            RouteMaker.Made made = maker.make(entry.getKey(), entry.getValue());
            problems.addAll(made.problems());
            table = table.with(entry.getKey(), made.route());
        }
        return new Built(table, List.copyOf(problems));
    }

    /** The same with another route for a source in normal form, or with none. */
    public RouteTable with(String source, Optional<Route> route) {
        String[] parts = RouteMaker.hostAndPath(source);
        String host = parts[0];
        String path = parts[1];
        int change = (route.isPresent() ? 1 : 0) - (at(source).isPresent() ? 1 : 0);
        if (host.isEmpty()) {
            return new RouteTable(matcher, globs, size + change, literal, patterns, anyHost.with(path, route));
        }
        if (!globs || !Glob.isPattern(host)) {
            HostRoutes next = literal.get(host).orElseGet(() -> HostRoutes.of(host, matcher, false)).with(path, route);
            return new RouteTable(matcher, globs, size + change,
                    literal.with(host, next.paths().isEmpty() ? Optional.empty() : Optional.of(next)), patterns, anyHost);
        }
        String key = HostRoutes.suffixKey(host);
        List<HostRoutes> there = new ArrayList<>(patterns.get(key).orElse(List.of()));
        HostRoutes next = there.stream().filter(other -> other.host().equals(host)).findFirst()
                .orElseGet(() -> HostRoutes.of(host, matcher, true)).with(path, route);
        there.removeIf(other -> other.host().equals(host));
        if (!next.paths().isEmpty()) {
            there.add(next);
        }
        return new RouteTable(matcher, globs, size + change, literal,
                patterns.with(key, there.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(there))), anyHost);
    }

    /** How many routes there are. */
    public int size() {
        return size;
    }

    /** Hosts from z to a, the routes without host last, paths from z to a. Costs as much as there are routes. */
    public List<Route> routes() {
        List<Route> all = new ArrayList<>(size);
        literal.forEach(host -> host.paths().forEach(all::add));
        patterns.forEach(hosts -> hosts.forEach(host -> host.paths().forEach(all::add)));
        anyHost.forEach(all::add);
        all.sort(LAST_FIRST);
        return List.copyOf(all);
    }

    /** The route of exactly this source, in normal form. */
    public Optional<Route> at(String source) {
        String[] parts = RouteMaker.hostAndPath(source);
        if (parts[0].isEmpty()) {
            return anyHost.at(parts[1]);
        }
        Optional<HostRoutes> host = globs && Glob.isPattern(parts[0])
                ? patterns.get(HostRoutes.suffixKey(parts[0])).orElse(List.of()).stream().filter(h -> h.host().equals(parts[0])).findFirst()
                : literal.get(parts[0]);
        return host.flatMap(routes -> routes.paths().at(parts[1]));
    }

    /**
     * The route of a request.
     *
     * @param host as the client sent it, with its port; "" when it sent none
     * @param path decoded, without query
     */
    public Optional<Route> lookup(String host, String path, boolean isTls) {
        String name = withoutPort(host.toLowerCase(Locale.ROOT), isTls);
        if (patterns.isEmpty() && !isPortGiven(name, isTls)) {
            Optional<Route> route = literal.get(name).flatMap(routes -> routes.paths().first(path));
            return route.isPresent() ? route : anyHost.first(path);
        }
        for (HostRoutes routes : candidates(name, isTls)) {
            Optional<Route> route = routes.paths().first(path);
            if (route.isPresent()) {
                return route;
            }
        }
        return anyHost.first(path);
    }

    /** The route of a listener's port, {@code :PORT}, or of a TLS server name. */
    public Optional<Route> lookupHost(String host) {
        return host.startsWith(":") ? at(host) : lookup(host, "/", false);
    }

    /** Tells what {@link #lookup} does with a request, step by step. */
    public Explanation explain(String host, String path, boolean isTls) {
        String name = withoutPort(host.toLowerCase(Locale.ROOT), isTls);
        List<Explanation.Step> steps = new ArrayList<>();
        List<HostRoutes> hosts = new ArrayList<>(candidates(name, isTls));
        for (HostRoutes routes : hosts) {
            Explanation.Step step = Explanation.step(routes.host(), routes.paths(), path);
            steps.add(step);
            if (step.route().isPresent()) {
                return new Explanation(name, path, steps, step.route());
            }
        }
        Explanation.Step last = Explanation.step("", anyHost, path);
        steps.add(last);
        return new Explanation(name, path, steps, last.route());
    }

    /** The table as commands, which make the same table again. */
    public String text() {
        StringBuilder out = new StringBuilder();
        for (Route route : routes()) {
            for (Target target : route.targets()) {
                if (target.weight() > 0) {
                    RouteCommand.Add add = target.command();
                    out.append(new RouteCommand.Add(add.service(), route.source(), add.target(), target.fixedWeight(), add.tags(),
                            add.options()).text()).append('\n');
                }
            }
        }
        return out.toString();
    }

    /** The hosts that match, most specific first. */
    private List<HostRoutes> candidates(String name, boolean isTls) {
        List<HostRoutes> found = new ArrayList<>(4);
        literal.get(name).ifPresent(found::add);
        literal.get(name + (isTls ? TLS_PORT : PLAIN_PORT)).ifPresent(found::add);
        if (!patterns.isEmpty()) {
            patterns.along(new StringBuilder(name).reverse().toString(), hosts -> {
                for (HostRoutes host : hosts) {
                    if (host.matches(name, isTls)) {
                        found.add(host);
                    }
                }
            });
        }
        found.sort(Comparator.comparing((HostRoutes host) -> host.rank(isTls)).thenComparing(HostRoutes::host).reversed());
        return found;
    }

    /** Whether a route names the same host with the port that a request need not name. */
    private boolean isPortGiven(String name, boolean isTls) {
        return literal.get(name + (isTls ? TLS_PORT : PLAIN_PORT)).isPresent();
    }

    static String withoutPort(String host, boolean isTls) {
        String port = isTls ? TLS_PORT : PLAIN_PORT;
        return host.length() > port.length() && host.endsWith(port) ? host.substring(0, host.length() - port.length()) : host;
    }
}
