package muster.lb.middleware;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import muster.lb.route.AccessRules;

/**
 * A middleware out of the options that a tag sets (Traefik: "HTTP Middlewares").
 *
 * @param type in Traefik's letters, {@code stripPrefix}
 * @param options as the API shows them
 */
public record MiddlewareOptions(String type, Map<String, Object> options, MiddlewareSpec spec) {
    private enum Kind {
        TEXT, LIST, FLAG, NUMBER, MAP
    }

    private static final Map<String, Map<String, Kind>> SUPPORTED = Map.ofEntries(
            Map.entry("stripPrefix", Map.of("prefixes", Kind.LIST, "forceSlash", Kind.FLAG)),
            Map.entry("stripPrefixRegex", Map.of("regex", Kind.LIST)),
            Map.entry("addPrefix", Map.of("prefix", Kind.TEXT)),
            Map.entry("replacePath", Map.of("path", Kind.TEXT)),
            Map.entry("replacePathRegex", Map.of("regex", Kind.TEXT, "replacement", Kind.TEXT)),
            Map.entry("redirectScheme", Map.of("scheme", Kind.TEXT, "port", Kind.TEXT, "permanent", Kind.FLAG)),
            Map.entry("redirectRegex", Map.of("regex", Kind.TEXT, "replacement", Kind.TEXT, "permanent", Kind.FLAG)),
            Map.entry("headers", Map.of("customRequestHeaders", Kind.MAP, "customResponseHeaders", Kind.MAP)),
            Map.entry("ipAllowList", Map.of("sourceRange", Kind.LIST, "rejectStatusCode", Kind.NUMBER)),
            Map.entry("ipWhiteList", Map.of("sourceRange", Kind.LIST)),
            Map.entry("chain", Map.of("middlewares", Kind.LIST)));

    private static final Set<String> KNOWN = Set.of("basicAuth", "digestAuth", "forwardAuth", "rateLimit", "inFlightReq", "retry",
            "circuitBreaker", "compress", "buffering", "errors", "contentType", "passTLSClientCert", "grpcWeb", "plugin");

    /**
     * Reads what tags set. Throws {@link IllegalArgumentException} for a type, option or value that Traefik does not know; what it
     * knows and this program does not becomes {@link MiddlewareSpec.Unusable}.
     *
     * @param type in any letter case
     * @param values by lower-case dotted name ({@code customrequestheaders.X-A} keeps the header's letters)
     */
    public static MiddlewareOptions of(String type, Map<String, String> values) {
        Optional<String> supported = inItsLetters(SUPPORTED.keySet(), type);
        if (supported.isEmpty()) {
            String known = inItsLetters(KNOWN, type).orElseThrow(() -> new IllegalArgumentException("there is no middleware " + type));
            return new MiddlewareOptions(known, new TreeMap<>(values), new MiddlewareSpec.Unusable("the middleware type " + known + " is not supported"));
        }
        Map<String, Object> options = new LinkedHashMap<>();
        List<String> unsupported = new ArrayList<>();
        values.forEach((name, value) -> read(supported.get(), name, value, options, unsupported));
        MiddlewareSpec spec = unsupported.isEmpty()
                ? spec(supported.get(), options)
                : new MiddlewareSpec.Unusable("the option " + String.join(", ", unsupported) + " of " + supported.get() + " is not supported");
        return new MiddlewareOptions(supported.get(), options, spec);
    }

    private static Optional<String> inItsLetters(Set<String> names, String name) {
        return names.stream().filter(name::equalsIgnoreCase).findFirst();
    }

    private static void read(String type, String name, String value, Map<String, Object> options, List<String> unsupported) {
        int dot = name.indexOf('.');
        String head = dot < 0 ? name.replaceFirst("\\[\\d+\\]$", "") : name.substring(0, dot);
        Map<String, Kind> known = SUPPORTED.get(type);
        Optional<String> option = inItsLetters(known.keySet(), head);
        if (option.isEmpty()) {
            if (type.equals("headers") || type.startsWith("ip") && head.equalsIgnoreCase("ipstrategy")) {
                unsupported.add(head);
                return;
            }
            throw new IllegalArgumentException(type + " has no option " + head);
        }
        switch (known.get(option.get())) {
            case TEXT -> options.put(option.get(), value);
            case FLAG -> options.put(option.get(), flag(type, option.get(), value));
            case NUMBER -> options.put(option.get(), number(type, option.get(), value));
            case LIST -> {
                List<Object> list = new ArrayList<>((List<?>) options.getOrDefault(option.get(), List.of()));
                list.addAll(list(value));
                options.put(option.get(), list);
            }
            case MAP -> {
                Map<String, Object> map = new LinkedHashMap<>();
                ((Map<?, ?>) options.getOrDefault(option.get(), Map.of())).forEach((k, v) -> map.put((String) k, v));
                map.put(dot < 0 ? "" : name.substring(dot + 1), value);
                options.put(option.get(), map);
            }
        }
    }

    private static MiddlewareSpec spec(String type, Map<String, Object> options) {
        try {
            return switch (type) {
                case "stripPrefix" -> new MiddlewareSpec.StripPrefix(texts(options, "prefixes"));
                case "stripPrefixRegex" ->
                    new MiddlewareSpec.StripPrefixRegex(texts(options, "regex").stream().map(Pattern::compile).toList());
                case "addPrefix" -> new MiddlewareSpec.AddPrefix(required(options, "prefix"));
                case "replacePath" -> new MiddlewareSpec.ReplacePath(required(options, "path"));
                case "replacePathRegex" -> new MiddlewareSpec.ReplacePathRegex(
                        Pattern.compile(required(options, "regex")), text(options, "replacement"));
                case "redirectScheme" -> new MiddlewareSpec.RedirectScheme(
                        required(options, "scheme"), text(options, "port"), Boolean.TRUE.equals(options.get("permanent")));
                case "redirectRegex" -> new MiddlewareSpec.RedirectRegex(
                        Pattern.compile(required(options, "regex")), text(options, "replacement"), Boolean.TRUE.equals(options.get("permanent")));
                case "headers" -> new MiddlewareSpec.Headers(map(options, "customRequestHeaders"), map(options, "customResponseHeaders"));
                case "ipAllowList", "ipWhiteList" -> allowList(options);
                case "chain" -> new MiddlewareSpec.Chain(texts(options, "middlewares"));
                default -> throw new IllegalStateException("no spec for " + type);
            };
        } catch (PatternSyntaxException e) {
            return new MiddlewareSpec.Unusable(e.getMessage());
        } catch (IllegalArgumentException e) {
            return new MiddlewareSpec.Unusable(e.getMessage());
        }
    }

    private static MiddlewareSpec allowList(Map<String, Object> options) {
        List<String> ranges = texts(options, "sourceRange");
        if (ranges.isEmpty()) {
            throw new IllegalArgumentException("sourceRange is empty");
        }
        return new MiddlewareSpec.IpAllowList(
                ranges.stream()
                        .map(range -> AccessRules.block(range).orElseThrow(() -> new IllegalArgumentException(
                                "\"" + range + "\" is no address: ADDRESS or ADDRESS/BITS is right")))
                        .toList(),
                options.get("rejectStatusCode") instanceof Long status ? status.intValue() : 403);
    }

    private static String required(Map<String, Object> options, String name) {
        String value = text(options, name);
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + " cannot be empty");
        }
        return value;
    }

    private static String text(Map<String, Object> options, String name) {
        return (String) options.getOrDefault(name, "");
    }

    private static List<String> texts(Map<String, Object> options, String name) {
        return ((List<?>) options.getOrDefault(name, List.of())).stream().map(String.class::cast).toList();
    }

    private static Map<String, String> map(Map<String, Object> options, String name) {
        Map<String, String> map = new LinkedHashMap<>();
        ((Map<?, ?>) options.getOrDefault(name, Map.of())).forEach((k, v) -> map.put((String) k, (String) v));
        return map;
    }

    /** A list in a tag: commas, blanks trimmed. */
    public static List<String> list(String value) {
        return java.util.Arrays.stream(value.split(",")).map(String::strip).filter(part -> !part.isEmpty()).toList();
    }

    /** A boolean as Go reads it; throws {@link IllegalArgumentException} naming the option. */
    public static boolean flag(String owner, String name, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "t", "1" -> true;
            case "false", "f", "0" -> false;
            default -> throw new IllegalArgumentException(owner + "." + name + ": \"" + value + "\" is no boolean: true or false");
        };
    }

    /** A whole number; throws {@link IllegalArgumentException} naming the option. */
    public static long number(String owner, String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(owner + "." + name + ": \"" + value + "\" is no number", e);
        }
    }
}
