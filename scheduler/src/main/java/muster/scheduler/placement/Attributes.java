package muster.scheduler.placement;

import java.util.Optional;
import muster.scheduler.job.Values;
import muster.scheduler.state.Node;

/** The values of a node that constraints, affinities and spreads name ("Runtime variables", node attributes). */
public final class Attributes {
    private Attributes() {}

    /** The value of a target: literal text is itself; empty for an attribute that the node does not have. */
    public static Optional<String> resolve(String target, Node node) {
        if (!target.startsWith("${") || !target.endsWith("}")) {
            return Optional.of(target);
        }
        String name = target.substring(2, target.length() - 1);
        return switch (name) {
            case "node.unique.id" -> Optional.of(node.id());
            case "node.unique.name" -> Optional.of(node.name());
            case "node.datacenter" -> Optional.of(node.datacenter());
            case "node.class" -> Optional.of(node.nodeClass());
            default -> {
                if (name.startsWith("attr.")) {
                    yield Optional.ofNullable(Values.orEmpty(node.attributes()).get(name.substring(5)));
                }
                if (name.startsWith("meta.")) {
                    yield Optional.ofNullable(Values.orEmpty(node.meta()).get(name.substring(5)));
                }
                yield Optional.empty();
            }
        };
    }

    /** Whether a target differs between nodes of the same computed class. */
    static boolean isUnique(String target) {
        return target.startsWith("${") && target.contains("unique.");
    }
}
