package muster.registry.mesh;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a service's name leads to instances, through routes, splits, redirects and failovers. (Consul: Discovery Chain)
 *
 * @param customization tells chains apart that askers changed; "" for what is configured
 * @param start the key of the first node
 */
public record DiscoveryChain(
        String service, String datacenter, String customization, String protocol, String start, Map<String, Node> nodes,
        Map<String, Target> targets) {
    /** A step. */
    public sealed interface Node {
        /** The service, or the target, that it is about. */
        String name();

        /** As it is found in the chain. */
        default String key() {
            return switch (this) {
                case Router router -> "router:" + name();
                case Splitter splitter -> "splitter:" + name();
                case Resolver resolver -> "resolver:" + name();
            };
        }
    }

    public record Router(String name, List<Route> routes) implements Node {}

    /** @param definition the entry's own, by its fields */
    public record Route(Map<String, Object> definition, String next) {}

    public record Splitter(String name, List<Split> splits) implements Node {}

    /** @param weight in percent */
    public record Split(Map<String, Object> definition, double weight, String next) {}

    /**
     * @param isDefault no entry says anything about it
     * @param failover targets to be tried one after the other; empty for none
     * @param loadBalancer as in the entry; empty for none
     */
    public record Resolver(
            String name, boolean isDefault, Duration connectTimeout, Duration requestTimeout, String target,
            List<String> failover, Map<String, Object> loadBalancer) implements Node {}

    /** Where traffic ends. */
    public record Target(
            String id, String service, String subset, String datacenter, String meshGateway, String filter, boolean onlyPassing,
            Optional<String> externalSni, String serverName, Duration connectTimeout) {}

    /** The first node. */
    public Node first() {
        return nodes.get(start);
    }

    /** Fails for entries that lead nowhere, in a circle, or through services of several protocols. */
    public static final class ChainException extends RuntimeException {
        ChainException(String message) {
            super(message, null, false, false);
        }
    }

    /** Adjacent splitters made one: their weights multiplied. Returns the splits of the given ones. */
    static List<Split> flattened(List<Split> splits, Map<String, Node> nodes, int depth) {
        List<Split> flat = new ArrayList<>();
        for (Split split : splits) {
            if (depth > 0 && nodes.get(split.next()) instanceof Splitter inner) {
                for (Split part : flattened(inner.splits(), nodes, depth - 1)) {
                    flat.add(new Split(part.definition(), Math.round(split.weight() * part.weight()) / 100.0, part.next()));
                }
            } else {
                flat.add(split);
            }
        }
        return flat;
    }
}
