package muster.lb.route;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All routes, as one immutable value: readers take a reference and never lock, a change makes a new table.
 *
 * <p>Lookup (Fabio: "Routing"). All host patterns that match the request's host are tried, the most specific first, which is
 * the order of their reversed texts from the highest down; then the routes without host. Under a host the paths are tried in
 * descending byte order, so that of two prefixes the longer comes first. A host whose paths do not match leaves the request to
 * the next one. The port 80 of a plain request's host, and 443 over TLS, is dropped on both sides.
 */
public final class RouteTable {
    public static final RouteTable EMPTY = build(List.of(), PathMatcher.PREFIX, true).table();

    private final List<Route> routes;
    private final HostIndex plain;
    private final HostIndex tls;

    /** A table and what could not become part of it. */
    public record Built(RouteTable table, List<Problem> problems) {}

    private RouteTable(List<Route> routes, boolean globs) {
        this.routes = List.copyOf(routes);
        this.plain = new HostIndex(this.routes, ":80", globs);
        this.tls = new HostIndex(this.routes, ":443", globs);
    }

    /** Carries out the commands in order. A command that can't be carried out is reported and changes nothing. */
    public static Built build(Collection<RouteCommand> commands, PathMatcher matcher, boolean hostGlobs) {
        Draft draft = new Draft(hostGlobs);
        commands.forEach(draft::apply);
        List<Route> routes = new ArrayList<>();
        draft.hosts.descendingMap().forEach((host, paths) -> paths.descendingMap().forEach((path, targets) -> {
            try {
                List<Target> weighed = Weights.shares(targets);
                Ring ring = Ring.of(weighed.stream().mapToDouble(Target::weight).toArray());
                routes.add(new Route(routes.size(), host, path, weighed, ring, matcher.test(path)));
            } catch (IllegalArgumentException e) {
                draft.problems.add(new Problem("route " + host + path, e.getMessage()));
            }
        }));
        return new Built(new RouteTable(routes, hostGlobs), List.copyOf(draft.problems));
    }

    /** Hosts from z to a, the routes without host last, paths from z to a. */
    public List<Route> routes() {
        return routes;
    }

    /**
     * The route of a request.
     *
     * @param host as the client sent it, with its port; "" when it sent none
     * @param path decoded, without query
     */
    public Optional<Route> lookup(String host, String path, boolean isTls) {
        return (isTls ? tls : plain).lookup(host.toLowerCase(Locale.ROOT), path);
    }

    /** The route of a listener's port, {@code :PORT}, or of a TLS server name. */
    public Optional<Route> lookupHost(String host) {
        return plain.lookup(host.toLowerCase(Locale.ROOT), host.startsWith(":") ? "" : "/");
    }

    /** The table as commands, which make the same table again. */
    public String text() {
        StringBuilder out = new StringBuilder();
        for (Route route : routes) {
            for (Target target : route.targets()) {
                RouteCommand.Add add = target.command();
                out.append(new RouteCommand.Add(add.service(), route.source(), add.target(), target.fixedWeight(), add.tags(),
                        add.options()).text()).append('\n');
            }
        }
        return out.toString();
    }

    /** A source cut into host and path. */
    static String[] hostAndPath(String source) {
        if (source.startsWith(":")) {
            return new String[] {source, ""};
        }
        int slash = source.indexOf('/');
        return slash < 0
                ? new String[] {source, "/"}
                : new String[] {source.substring(0, slash), source.substring(slash)};
    }

    /** A table in the making: host, path, targets. Used by one build. */
    private static final class Draft {
        private final boolean globs;
        private final TreeMap<String, TreeMap<String, List<Target>>> hosts = new TreeMap<>();
        private final List<Problem> problems = new ArrayList<>();

        Draft(boolean globs) {
            this.globs = globs;
        }

        void apply(RouteCommand command) {
            try {
                switch (command) {
                    case RouteCommand.Add add -> add(add);
                    case RouteCommand.Delete delete -> delete(delete);
                    case RouteCommand.Weigh weigh -> weigh(weigh);
                }
            } catch (IllegalArgumentException e) {
                problems.add(new Problem(command.text(), e.getMessage()));
            }
        }

        private void add(RouteCommand.Add add) {
            String[] source = hostAndPath(add.source());
            String host = source[0].toLowerCase(Locale.ROOT);
            if (globs && Glob.isPattern(host)) {
                Glob.compile(host);
            }
            TargetOptions options = TargetOptions.of(add.options());
            if (options.access().isEmpty() && (add.options().containsKey("allow") || add.options().containsKey("deny"))) {
                problems.add(new Problem(add.text(), "its access rules are not applied: either allow or deny, each a list of"
                        + " ip:ADDRESS or ip:ADDRESS/BITS"));
            }
            double fixed = Math.max(0, add.weight());
            Target target = new Target(add, TargetUrl.parse(add.target()), fixed, 0, options);
            List<Target> targets = hosts.computeIfAbsent(host, h -> new TreeMap<>()).computeIfAbsent(source[1], p -> new ArrayList<>());
            if (targets.stream().noneMatch(target::isSameAs)) {
                targets.add(target);
            }
        }

        private void delete(RouteCommand.Delete delete) {
            String[] source = hostAndPath(delete.source());
            hosts.forEach((host, paths) -> paths.forEach((path, targets) -> {
                if (delete.source().isEmpty() || host.equals(source[0].toLowerCase(Locale.ROOT)) && path.equals(source[1])) {
                    targets.removeIf(target -> (delete.service().isEmpty() || target.service().equals(delete.service()))
                            && (delete.target().isEmpty() || target.url().text().equals(delete.target()))
                            && target.tags().containsAll(delete.tags()));
                }
            }));
            hosts.values().forEach(paths -> paths.values().removeIf(List::isEmpty));
            hosts.values().removeIf(Map::isEmpty);
        }

        private void weigh(RouteCommand.Weigh weigh) {
            String[] source = hostAndPath(weigh.source());
            List<Target> targets = hosts.getOrDefault(source[0].toLowerCase(Locale.ROOT), new TreeMap<>()).getOrDefault(source[1], List.of());
            List<Target> meant = targets.stream()
                    .filter(target -> (weigh.service().isEmpty() || target.service().equals(weigh.service()))
                            && target.tags().containsAll(weigh.tags()))
                    .toList();
            if (meant.isEmpty()) {
                throw new IllegalArgumentException("matches no target, so it was passed over");
            }
            double share = Math.max(0, weigh.weight()) / meant.size();
            targets.replaceAll(target -> meant.contains(target) ? target.withFixedWeight(share) : target);
        }
    }

    /** The routes by host for one kind of listener. */
    private static final class HostIndex {
        /** A host pattern, its routes, and its place in the order of trial. */
        private record Host(String pattern, int rank, Optional<Glob> glob, List<Route> routes) {}

        private final Map<String, Host> literal = new java.util.HashMap<>();
        private final List<Host> globs = new ArrayList<>();
        private final List<Route> anyHost = new ArrayList<>();

        HostIndex(List<Route> routes, String droppedPort, boolean useGlobs) {
            this.droppedPort = droppedPort;
            Map<String, List<Route>> byHost = new TreeMap<>(Comparator.comparing(HostIndex::reversed).reversed());
            for (Route route : routes) {
                if (route.host().isEmpty()) {
                    anyHost.add(route);
                } else {
                    byHost.computeIfAbsent(withoutPort(route.host()), h -> new ArrayList<>()).add(route);
                }
            }
            int rank = 0;
            for (Map.Entry<String, List<Route>> entry : byHost.entrySet()) {
                entry.getValue().sort(Comparator.comparing(Route::path).reversed());
                Optional<Glob> glob = useGlobs && Glob.isPattern(entry.getKey())
                        ? Optional.of(Glob.compile(entry.getKey()))
                        : Optional.empty();
                Host host = new Host(entry.getKey(), rank++, glob, List.copyOf(entry.getValue()));
                if (glob.isPresent()) {
                    globs.add(host);
                } else {
                    literal.put(host.pattern(), host);
                }
            }
        }

        private final String droppedPort;

        Optional<Route> lookup(String requestHost, String path) {
            String host = withoutPort(requestHost);
            Host exact = literal.get(host);
            for (Host pattern : globs) {
                if (exact != null && exact.rank() < pattern.rank()) {
                    Optional<Route> route = first(exact.routes(), path);
                    if (route.isPresent()) {
                        return route;
                    }
                    exact = null;
                }
                if (pattern.glob().orElseThrow().matches(host)) {
                    Optional<Route> route = first(pattern.routes(), path);
                    if (route.isPresent()) {
                        return route;
                    }
                }
            }
            Optional<Route> route = exact == null ? Optional.empty() : first(exact.routes(), path);
            return route.isPresent() ? route : first(anyHost, path);
        }

        private static Optional<Route> first(List<Route> routes, String path) {
            for (Route route : routes) {
                if (route.matches().test(path)) {
                    return Optional.of(route);
                }
            }
            return Optional.empty();
        }

        private String withoutPort(String host) {
            return host.length() > droppedPort.length() && host.endsWith(droppedPort)
                    ? host.substring(0, host.length() - droppedPort.length())
                    : host;
        }

        private static String reversed(String text) {
            return new StringBuilder(text).reverse().toString();
        }
    }
}
