package muster.registry.agent;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import muster.wire.JsonException;

/**
 * Definitions in a configuration tree, where a block of the HCL form may be a list of one map.
 * Pure. Throws {@link RefusedException} with the definition's name in front.
 */
final class Configured {
    /** Fields that hold one table, by their names without underscores. */
    private static final Set<String> TABLES = Set.of("check", "weights", "meta", "proxy", "connect", "taggedaddresses", "header", "config",
            "meshgateway", "expose", "lan", "wan", "lanipv4", "wanipv4", "lanipv6", "wanipv6", "sidecarservice");
    /** Fields that hold several values. */
    private static final Set<String> LISTS = Set.of("checks", "tags", "args", "scriptargs", "upstreams", "paths");

    private Configured() {}

    /** Services and, of those that ask for one, their sidecars: each gets a port that neither the state nor one before it has. */
    static List<Registration> services(Definitions definitions, List<Map<String, Object>> trees, LocalState state, Instant now) {
        List<Registration> all = new ArrayList<>();
        LocalState next = state;
        for (Map<String, Object> tree : trees) {
            try {
                Bodies.ServiceBody body = Bodies.fromTree(Bodies.ServiceBody.class, unwrapped(tree));
                Registration service = definitions.service(Sidecars.alone(body), now);
                all.add(service);
                next = next.with(service, false, now);
                Optional<Registration> sidecar = Sidecars.of(body, next).map(own -> definitions.service(own, now));
                if (sidecar.isPresent()) {
                    all.add(sidecar.get());
                    next = next.with(sidecar.get(), false, now);
                }
            } catch (JsonException | RefusedException e) {
                throw refused("service", tree, e);
            }
        }
        return all;
    }

    static LocalCheck check(Definitions definitions, Map<String, Object> tree, Instant now) {
        try {
            return definitions.check(Bodies.fromTree(Bodies.CheckBody.class, unwrapped(tree)), now);
        } catch (JsonException | RefusedException e) {
            throw refused("check", tree, e);
        }
    }

    /** The token of a definition, "" for none. */
    static String token(Map<String, Object> tree) {
        return tree.get("token") instanceof String token ? token : "";
    }

    private static RefusedException refused(String what, Map<String, Object> tree, RuntimeException e) {
        Object name = tree.getOrDefault("name", tree.getOrDefault("id", "without a name"));
        return new RefusedException(400, what + " " + name + ": " + e.getMessage());
    }

    /** What the reading of a definition says is wrong. */
    static Optional<String> problem(Supplier<?> reading) {
        try {
            reading.get();
            return Optional.empty();
        } catch (RefusedException e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * The tree in the form of a request's body: what is one table there may be a list of one here, what is a list may be a table or a
     * word, and several blocks named {@code check} are a list of checks.
     */
    private static Map<String, Object> unwrapped(Map<String, Object> tree) {
        Map<String, Object> plain = new LinkedHashMap<>();
        tree.forEach((key, value) -> {
            String name = key.replace("_", "").toLowerCase(Locale.ROOT);
            if (name.equals("check") && value instanceof List<?> several && several.size() != 1) {
                plain.put("checks", all("checks", several));
            } else if (TABLES.contains(name)) {
                Object only = value instanceof List<?> list && list.size() == 1 ? list.getFirst() : value;
                plain.put(key, nested(name, only));
            } else if (LISTS.contains(name) && value != null && !(value instanceof List<?>)) {
                plain.put(key, List.of(nested(name, value)));
            } else {
                plain.put(key, value instanceof List<?> list ? all(name, list) : value);
            }
        });
        return plain;
    }

    private static List<Object> all(String name, List<?> items) {
        List<Object> nested = new ArrayList<>();
        items.forEach(item -> nested.add(nested(name, item)));
        return nested;
    }

    @SuppressWarnings("unchecked")
    private static Object nested(String name, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        if (name.equals("header")) {
            Map<String, Object> fields = new LinkedHashMap<>();
            map.forEach((field, values) -> fields.put(String.valueOf(field), values instanceof String ? List.of(values) : values));
            return fields;
        }
        return name.equals("meta") || name.equals("config") ? map : unwrapped((Map<String, Object>) map);
    }
}
