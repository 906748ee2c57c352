package muster.scheduler.placement;

import java.util.Optional;
import muster.scheduler.job.Values;
import muster.scheduler.state.Node;

/** One side of a constraint, affinity or spread, taken apart once for many nodes. Literal text is itself on every node. */
record Target(Kind kind, String name) {
    enum Kind {
        LITERAL, ID, NAME, DATACENTER, CLASS, ATTRIBUTE, META, UNKNOWN
    }

    static Target of(String text) {
        if (!text.startsWith("${") || !text.endsWith("}")) {
            return new Target(Kind.LITERAL, text);
        }
        String name = text.substring(2, text.length() - 1);
        return switch (name) {
            case "node.unique.id" -> new Target(Kind.ID, name);
            case "node.unique.name" -> new Target(Kind.NAME, name);
            case "node.datacenter" -> new Target(Kind.DATACENTER, name);
            case "node.class" -> new Target(Kind.CLASS, name);
            default -> name.startsWith("attr.") ? new Target(Kind.ATTRIBUTE, name.substring(5))
                    : name.startsWith("meta.") ? new Target(Kind.META, name.substring(5)) : new Target(Kind.UNKNOWN, name);
        };
    }

    /** Empty for what the node does not have. */
    Optional<String> on(Node node) {
        return switch (kind) {
            case LITERAL -> Optional.of(name);
            case ID -> Optional.of(node.id());
            case NAME -> Optional.of(node.name());
            case DATACENTER -> Optional.of(node.datacenter());
            case CLASS -> Optional.of(node.nodeClass());
            case ATTRIBUTE -> Optional.ofNullable(Values.orEmpty(node.attributes()).get(name));
            case META -> Optional.ofNullable(Values.orEmpty(node.meta()).get(name));
            case UNKNOWN -> Optional.empty();
        };
    }

    /** Whether nodes of one computed class may differ in it. */
    boolean isUnique() {
        return kind == Kind.ID || kind == Kind.NAME || (kind == Kind.ATTRIBUTE || kind == Kind.META) && name.contains("unique.");
    }
}
