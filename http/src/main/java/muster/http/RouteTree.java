package muster.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The route list as a tree of segments. Immutable after {@link #of}; pure. */
final class RouteTree {
    /** What a path leads to. */
    sealed interface Found {
        default Map<String, String> parameters() {
            return Map.of();
        }

        record Nothing() implements Found {}

        /** The path lacks the slash at its end that a pattern ending in {@code *name} wants. */
        record Folder() implements Found {}

        record OtherMethods(Set<String> allowed, Map<String, String> parameters) implements Found {}

        record Match(Routes.Route route, Map<String, String> parameters) implements Found {}
    }

    private static final class Branch {
        final Map<String, Branch> literals = new LinkedHashMap<>();
        Branch parameter;
        final Map<String, Routes.Route> here = new TreeMap<>();
        final Map<String, Routes.Route> rest = new TreeMap<>();
    }

    private final Branch root = new Branch();

    private RouteTree() {}

    static RouteTree of(List<Routes.Route> routes) {
        RouteTree tree = new RouteTree();
        for (Routes.Route route : routes) {
            tree.add(route);
        }
        return tree;
    }

    private void add(Routes.Route route) {
        Branch branch = root;
        String[] segments = segments(route.pattern());
        for (int i = 0; i < segments.length; i++) {
            String segment = segments[i];
            if (segment.startsWith("*")) {
                if (i != segments.length - 1) {
                    throw new IllegalArgumentException(route.pattern() + ": * belongs at the end");
                }
                put(branch.rest, route);
                return;
            }
            if (segment.startsWith(":")) {
                if (branch.parameter == null) {
                    branch.parameter = new Branch();
                }
                branch = branch.parameter;
            } else {
                branch = branch.literals.computeIfAbsent(segment, s -> new Branch());
            }
        }
        put(branch.here, route);
    }

    private static void put(Map<String, Routes.Route> routes, Routes.Route route) {
        if (routes.putIfAbsent(route.method(), route) != null) {
            throw new IllegalArgumentException("two routes for " + route.method() + " " + route.pattern());
        }
    }

    private static String[] segments(String path) {
        return path.substring(1).split("/", -1);
    }

    Found find(String method, String path) {
        String[] segments = segments(path);
        Map<String, Routes.Route> routes = search(root, segments, 0);
        if (routes == null) {
            Map<String, Routes.Route> folder = search(root, segments(path + "/"), 0);
            return folder != null && isRest(folder) ? new Found.Folder() : new Found.Nothing();
        }
        Routes.Route route = routes.get(method);
        Routes.Route any = route == null ? routes.values().iterator().next() : route;
        Map<String, String> parameters = parameters(any.pattern(), segments);
        return route == null ? new Found.OtherMethods(routes.keySet(), parameters) : new Found.Match(route, parameters);
    }

    /** Literal before parameter before rest, with a step back where the longer way ends nowhere. */
    private static Map<String, Routes.Route> search(Branch branch, String[] segments, int at) {
        if (at == segments.length) {
            return branch.here.isEmpty() ? null : branch.here;
        }
        Branch literal = branch.literals.get(segments[at]);
        if (literal != null) {
            Map<String, Routes.Route> found = search(literal, segments, at + 1);
            if (found != null) {
                return found;
            }
        }
        if (branch.parameter != null && !segments[at].isEmpty()) {
            Map<String, Routes.Route> found = search(branch.parameter, segments, at + 1);
            if (found != null) {
                return found;
            }
        }
        return branch.rest.isEmpty() ? null : branch.rest;
    }

    private static boolean isRest(Map<String, Routes.Route> routes) {
        String pattern = routes.values().iterator().next().pattern();
        return pattern.lastIndexOf('/') + 1 < pattern.length() && pattern.charAt(pattern.lastIndexOf('/') + 1) == '*';
    }

    private static Map<String, String> parameters(String pattern, String[] segments) {
        Map<String, String> parameters = new LinkedHashMap<>();
        String[] names = segments(pattern);
        for (int i = 0; i < names.length; i++) {
            if (names[i].startsWith("*")) {
                parameters.put(names[i].substring(1), String.join("/", List.of(segments).subList(i, segments.length)));
            } else if (names[i].startsWith(":")) {
                parameters.put(names[i].substring(1), segments[i]);
            }
        }
        return parameters;
    }
}
