package muster.registry.agent;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.JsonException;

/**
 * Definitions in a configuration tree. A block of the HCL form is a list of one map there; it counts as the map.
 * Pure. Throws {@link RefusedException} with the definition's name in front.
 */
final class Configured {
    private Configured() {}

    static Registration service(Definitions definitions, Map<String, Object> tree, Instant now) {
        try {
            return definitions.service(Bodies.fromTree(Bodies.ServiceBody.class, unwrapped(tree)), now);
        } catch (JsonException | RefusedException e) {
            throw refused("service", tree, e);
        }
    }

    static LocalCheck check(Definitions definitions, Map<String, Object> tree, Instant now) {
        try {
            return definitions.check(Bodies.fromTree(Bodies.CheckBody.class, unwrapped(tree)), now);
        } catch (JsonException | RefusedException e) {
            throw refused("check", tree, e);
        }
    }

    private static RefusedException refused(String what, Map<String, Object> tree, RuntimeException e) {
        Object name = tree.getOrDefault("name", tree.getOrDefault("id", "without a name"));
        return new RefusedException(400, what + " " + name + ": " + e.getMessage());
    }

    private static Map<String, Object> unwrapped(Map<String, Object> tree) {
        Map<String, Object> plain = new LinkedHashMap<>();
        tree.forEach((key, value) -> plain.put(key, isBlock(key) && value instanceof List<?> list && list.size() == 1
                ? list.getFirst() : value));
        return plain;
    }

    private static boolean isBlock(String key) {
        return List.of("check", "weights", "meta", "proxy", "connect", "tagged_addresses", "header").contains(key);
    }
}
