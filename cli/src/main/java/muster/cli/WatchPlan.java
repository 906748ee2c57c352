package muster.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.wire.GoDuration;

/**
 * What a watch looks at and what it does with what it sees, as {@code consul watch} and the {@code watches} of an agent's
 * configuration say it. Pure. (Consul: Watches)
 *
 * @param target path and query of the read, without an index
 * @param token "" for none
 */
public record WatchPlan(Type type, String target, String token, Handler handler) {
    /** The kinds of watch, by their words. */
    public enum Type {
        KEY, KEYPREFIX, SERVICES, NODES, SERVICE, CHECKS, EVENT, CONNECT_ROOTS, CONNECT_LEAF, AGENT_SERVICE;

        static Optional<Type> of(String word) {
            for (Type type : values()) {
                if (type.name().toLowerCase(java.util.Locale.ROOT).equals(word)) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }

    /** Who is told. */
    public sealed interface Handler {
        /** Nobody: the caller prints. */
        record None() implements Handler {}

        /** A line for a shell. */
        record Shell(String line) implements Handler {}

        /** A program and its arguments. */
        record Program(List<String> args) implements Handler {
            public Program {
                args = List.copyOf(args);
            }
        }

        /** An address that gets the JSON as a request's body. */
        record Http(String url, String method, Map<String, List<String>> header, Duration timeout, boolean tlsSkipVerify) implements Handler {}
    }

    /** Made of parameters under the configuration's names; throws {@link IllegalArgumentException} saying what is wrong. */
    public static WatchPlan of(Map<String, Object> parameters) {
        Map<String, Object> left = new LinkedHashMap<>(parameters);
        String word = text(left, "type");
        if (word.isEmpty()) {
            throw new IllegalArgumentException("Watch type must be specified");
        }
        Type type = Type.of(word).orElseThrow(() -> new IllegalArgumentException("Unsupported watch type: " + word));
        List<String> query = new ArrayList<>();
        String datacenter = text(left, "datacenter");
        if (!datacenter.isEmpty()) {
            query.add("dc=" + encode(datacenter));
        }
        if (on(left, "stale")) {
            query.add("stale");
        }
        String path = path(type, left, query);
        String token = text(left, "token");
        Handler handler = handler(left);
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("Invalid parameters: " + List.copyOf(left.keySet()));
        }
        return new WatchPlan(type, path + (query.isEmpty() ? "" : "?" + String.join("&", query)), token, handler);
    }

    private static String path(Type type, Map<String, Object> left, List<String> query) {
        return switch (type) {
            case KEY -> "/v1/kv/" + path(required(left, "key"));
            case KEYPREFIX -> {
                query.add("recurse");
                yield "/v1/kv/" + path(required(left, "prefix"));
            }
            case SERVICES -> "/v1/catalog/services";
            case NODES -> "/v1/catalog/nodes";
            case SERVICE -> {
                String service = required(left, "service");
                texts(left, "tag").forEach(tag -> query.add("tag=" + encode(tag)));
                if (on(left, "passingonly")) {
                    query.add("passing");
                }
                yield "/v1/health/service/" + path(service);
            }
            case CHECKS -> {
                String service = text(left, "service");
                String state = text(left, "state");
                if (!service.isEmpty() && !state.isEmpty()) {
                    throw new IllegalArgumentException("Cannot specify service and state");
                }
                yield service.isEmpty() ? "/v1/health/state/" + path(state.isEmpty() ? "any" : state) : "/v1/health/checks/" + path(service);
            }
            case EVENT -> {
                String name = text(left, "name");
                if (!name.isEmpty()) {
                    query.add("name=" + encode(name));
                }
                yield "/v1/event/list";
            }
            case CONNECT_ROOTS -> "/v1/agent/connect/ca/roots";
            case CONNECT_LEAF -> "/v1/agent/connect/ca/leaf/" + path(required(left, "service"));
            case AGENT_SERVICE -> "/v1/agent/service/" + path(required(left, "service_id"));
        };
    }

    private static Handler handler(Map<String, Object> left) {
        String kind = text(left, "handler_type");
        String line = text(left, "handler");
        List<String> args = texts(left, "args");
        Object http = left.remove("http_handler_config");
        if (!line.isEmpty() && !args.isEmpty()) {
            throw new IllegalArgumentException("Cannot specify both args and handler");
        }
        return switch (kind) {
            case "", "script" -> !args.isEmpty() ? new Handler.Program(args) : line.isEmpty() ? new Handler.None() : new Handler.Shell(line);
            case "http" -> http(http);
            default -> throw new IllegalArgumentException("Handler type '" + kind + "' not recognized");
        };
    }

    private static Handler http(Object given) {
        Object only = given instanceof List<?> list && list.size() == 1 ? list.getFirst() : given;
        if (!(only instanceof Map<?, ?> config)) {
            throw new IllegalArgumentException("Handler type 'http' requires 'http_handler_config' to be set");
        }
        Map<String, Object> left = new LinkedHashMap<>();
        config.forEach((key, value) -> left.put(String.valueOf(key), value));
        String url = text(left, "path");
        if (url.isEmpty()) {
            throw new IllegalArgumentException("Requires 'path' to be set");
        }
        if (!url.startsWith("http://") && !url.startsWith("https://") || host(url).isEmpty()) {
            throw new IllegalArgumentException("'path' has to be an http or https address (found \"" + url + "\")");
        }
        String method = text(left, "method");
        String time = text(left, "timeout");
        Duration timeout = time.isEmpty() ? Duration.ofSeconds(10)
                : GoDuration.tryParse(time).orElseThrow(() -> new IllegalArgumentException("Failed to parse timeout: " + time));
        Map<String, List<String>> header = new LinkedHashMap<>();
        if (left.remove("header") instanceof Map<?, ?> fields) {
            fields.forEach((name, values) -> header.put(String.valueOf(name), values instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList() : List.of(String.valueOf(values))));
        }
        boolean skip = on(left, "tls_skip_verify");
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("Invalid parameters of http_handler_config: " + List.copyOf(left.keySet()));
        }
        return new Handler.Http(url, method.isEmpty() ? "POST" : method, header, timeout, skip);
    }

    private static String host(String url) {
        try {
            String host = java.net.URI.create(url).getHost();
            return host == null ? "" : host;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static String required(Map<String, Object> left, String name) {
        String value = text(left, name);
        if (value.isEmpty()) {
            throw new IllegalArgumentException("Must specify a single " + name + " to watch");
        }
        return value;
    }

    private static String text(Map<String, Object> left, String name) {
        Object value = left.remove(name);
        if (value != null && !(value instanceof String)) {
            throw new IllegalArgumentException("Expecting " + name + " to be a string");
        }
        return value == null ? "" : (String) value;
    }

    private static boolean on(Map<String, Object> left, String name) {
        Object value = left.remove(name);
        if (value != null && !(value instanceof Boolean)) {
            throw new IllegalArgumentException("Expecting " + name + " to be a boolean");
        }
        return Boolean.TRUE.equals(value);
    }

    private static List<String> texts(Map<String, Object> left, String name) {
        Object value = left.remove(name);
        return switch (value) {
            case null -> List.of();
            case String one -> List.of(one);
            case List<?> many when many.stream().allMatch(String.class::isInstance) -> many.stream().map(String::valueOf).toList();
            default -> throw new IllegalArgumentException("Expecting " + name + " to be a string or a list of strings");
        };
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String path(String text) {
        return encode(text).replace("+", "%20").replace("%2F", "/");
    }
}
