package muster.lb.route;

import java.util.Optional;

/**
 * The routes of one host as it stands in them, port included; immutable.
 *
 * @param glob the host as a pattern, for plain requests and for those over TLS, which leave out different ports; empty for a literal host
 */
record HostRoutes(String host, Optional<Globs> glob, PathRoutes paths) {
    record Globs(Glob plain, Glob tls) {}

    static HostRoutes of(String host, PathMatcher matcher, boolean isPattern) {
        return new HostRoutes(host,
                isPattern
                        ? Optional.of(new Globs(Glob.compile(RouteTable.withoutPort(host, false)), Glob.compile(RouteTable.withoutPort(host, true))))
                        : Optional.empty(),
                PathRoutes.none(matcher));
    }

    HostRoutes with(String path, Optional<Route> route) {
        return new HostRoutes(host, glob, paths.with(path, route));
    }

    boolean matches(String name, boolean isTls) {
        return glob.map(globs -> (isTls ? globs.tls() : globs.plain()).matches(name)).orElse(true);
    }

    /** What orders hosts: the most specific has the highest. */
    String rank(boolean isTls) {
        return new StringBuilder(RouteTable.withoutPort(host, isTls)).reverse().toString();
    }

    /** The pattern's literal end, reversed; with a port that may be left out nothing is certain. */
    static String suffixKey(String host) {
        String suffix = Glob.literalSuffix(host);
        boolean hasPort = suffix.endsWith(":80") || suffix.endsWith(":443");
        return hasPort ? "" : new StringBuilder(suffix).reverse().toString();
    }
}
