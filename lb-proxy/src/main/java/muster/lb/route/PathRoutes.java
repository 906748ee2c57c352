package muster.lb.route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The routes of one host, immutable. A route is found by the walk along a request's path: routes are kept under the text their path has to
 * begin with, so that only those are tested that can match, from the last in byte order to the first.
 */
final class PathRoutes {
    private static final Comparator<Route> LAST_FIRST = Comparator.comparing(Route::path).reversed();

    private final PathMatcher matcher;
    private final PrefixTree<List<Route>> tree;

    private PathRoutes(PathMatcher matcher, PrefixTree<List<Route>> tree) {
        this.matcher = matcher;
        this.tree = tree;
    }

    static PathRoutes none(PathMatcher matcher) {
        return new PathRoutes(matcher, PrefixTree.empty());
    }

    boolean isEmpty() {
        return tree.isEmpty();
    }

    /** The same with another route for the path, or with none. */
    PathRoutes with(String path, Optional<Route> route) {
        String key = key(path);
        List<Route> there = new ArrayList<>(tree.get(key).orElse(List.of()));
        there.removeIf(other -> other.path().equals(path));
        route.ifPresent(there::add);
        there.sort(LAST_FIRST);
        return new PathRoutes(matcher, tree.with(key, there.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(there))));
    }

    Optional<Route> at(String path) {
        return tree.get(key(path)).orElse(List.of()).stream().filter(route -> route.path().equals(path)).findFirst();
    }

    /** The first in the order of trial that matches. */
    Optional<Route> first(String path) {
        return switch (matcher) {
            // Of two prefixes of one text the longer is the later in byte order.
            case PREFIX -> tree.longest(path).map(List::getFirst);
            case IPREFIX -> last(path.toLowerCase(Locale.ROOT), path);
            case GLOB -> last(path, path);
        };
    }

    private Optional<Route> last(String walked, String path) {
        List<Route> candidates = new ArrayList<>();
        tree.along(walked, candidates::addAll);
        candidates.sort(LAST_FIRST);
        for (Route route : candidates) {
            if (route.matches().test(path)) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }

    void forEach(Consumer<Route> each) {
        tree.forEach(routes -> routes.forEach(each));
    }

    /** What a path has to begin with to be meant. */
    private String key(String path) {
        return switch (matcher) {
            case PREFIX -> path;
            case IPREFIX -> path.toLowerCase(Locale.ROOT);
            case GLOB -> Glob.literalPrefix(path);
        };
    }
}
