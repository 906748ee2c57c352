package muster.lb.route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a lookup did: the hosts in the order of trial, and under each the paths as far as they say something.
 *
 * @param host as it was compared
 * @param path as it was compared, decoded
 */
public record Explanation(String host, String path, List<Step> steps, Optional<Route> route) {
    /** Paths shown for one host at most. */
    private static final int MAX_PATHS = 12;

    /**
     * One host.
     *
     * @param host the pattern as the routes have it, "" for the routes without host
     * @param tried the nearest paths of this host, in the order of trial, the one that matched last
     * @param others how many more paths the host has
     */
    public record Step(String host, List<Trial> tried, int others, Optional<Route> route) {}

    /** A path and whether the request's path is meant by it. */
    public record Trial(String path, boolean matches) {}

    public Explanation {
        steps = List.copyOf(steps);
    }

    static Step step(String host, PathRoutes paths, String path) {
        Optional<Route> found = paths.first(path);
        List<Route> all = new ArrayList<>();
        paths.forEach(all::add);
        all.sort(Comparator.comparing(Route::path).reversed());
        int end = found.map(route -> all.indexOf(route) + 1).orElse(all.size());
        List<Route> before = new ArrayList<>(all.subList(0, end));
        // Those that share most with the request are the ones a reader compares it with.
        List<Route> near = before.stream()
                .sorted(Comparator.comparingInt((Route route) -> -common(route.path(), path)))
                .limit(MAX_PATHS)
                .toList();
        List<Trial> tried = before.stream()
                .filter(route -> near.contains(route) || found.filter(route::equals).isPresent())
                .map(route -> new Trial(route.path(), route.matches().test(path)))
                .toList();
        return new Step(host, tried, all.size() - tried.size(), found);
    }

    private static int common(String a, String b) {
        int at = 0;
        while (at < a.length() && at < b.length() && a.charAt(at) == b.charAt(at)) {
            at++;
        }
        return at;
    }
}
