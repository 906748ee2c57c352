package muster.lb.route;

import java.util.Locale;
import java.util.Optional;

/** How a route's path is compared with a request's decoded path ({@code proxy.matcher}). */
public enum PathMatcher {
    /** The path starts with the route's text. */
    PREFIX,
    /** The same, whatever the case of letters. */
    IPREFIX,
    /** The whole path matches the route's pattern. */
    GLOB;

    /** The matcher of a configuration's word. */
    public static Optional<PathMatcher> of(String word) {
        return switch (word) {
            case "prefix" -> Optional.of(PREFIX);
            case "iprefix" -> Optional.of(IPREFIX);
            case "glob" -> Optional.of(GLOB);
            default -> Optional.empty();
        };
    }

    /** The test for one route's path. */
    java.util.function.Predicate<String> test(String path) {
        return switch (this) {
            case PREFIX -> request -> request.startsWith(path);
            case IPREFIX -> request -> request.regionMatches(true, 0, path, 0, path.length());
            case GLOB -> Glob.isPattern(path) ? Glob.compile(path)::matches : path::equals;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
