package muster.lb.middleware;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.lb.route.AccessRules;

/** One middleware, ready to act (Traefik: "HTTP Middlewares"). */
public sealed interface MiddlewareSpec {
    /** Removes the first of the prefixes that the path has; tells it as X-Forwarded-Prefix. */
    record StripPrefix(List<String> prefixes) implements MiddlewareSpec {}

    /** Removes what the first fitting expression matches at the start of the path. */
    record StripPrefixRegex(List<Pattern> expressions) implements MiddlewareSpec {}

    record AddPrefix(String prefix) implements MiddlewareSpec {}

    /** Replaces the path; tells the old one as X-Replaced-Path. */
    record ReplacePath(String path) implements MiddlewareSpec {}

    record ReplacePathRegex(Pattern expression, String replacement) implements MiddlewareSpec {}

    /** @param port "" for the scheme's own */
    record RedirectScheme(String scheme, String port, boolean isPermanent) implements MiddlewareSpec {}

    /** Works on the whole URL. */
    record RedirectRegex(Pattern expression, String replacement, boolean isPermanent) implements MiddlewareSpec {}

    /** Sets headers; an empty value removes. */
    record Headers(Map<String, String> request, Map<String, String> response) implements MiddlewareSpec {}

    /** Only clients with such an address pass. */
    record IpAllowList(List<AccessRules.Block> blocks, int rejectStatus) implements MiddlewareSpec {}

    /** Several under one name, in order; the names are resolved when a router is built. */
    record Chain(List<String> names) implements MiddlewareSpec {}

    /** Known to Traefik, not to this program, or wrongly set: routers that use it are disabled with this reason. */
    record Unusable(String reason) implements MiddlewareSpec {}

    /** The reason why routers can't use it. */
    default Optional<String> unusable() {
        return this instanceof Unusable unusable ? Optional.of(unusable.reason()) : Optional.empty();
    }
}
