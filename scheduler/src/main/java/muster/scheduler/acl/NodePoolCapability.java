package muster.scheduler.acl;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a rule about a node pool lets a caller do with it. (Nomad: ACL policy specification, node pool rules) */
public enum NodePoolCapability {
    DELETE, DENY, READ, WRITE;

    static Optional<NodePoolCapability> of(String word) {
        return Set.of(values()).stream().filter(capability -> capability.toString().equals(word)).findFirst();
    }

    /** Those that one word stands for. */
    static Optional<Set<NodePoolCapability>> ofPolicy(String word) {
        return switch (word) {
            case "deny" -> Optional.of(EnumSet.of(DENY));
            case "read" -> Optional.of(EnumSet.of(READ));
            case "write" -> Optional.of(EnumSet.of(DELETE, READ, WRITE));
            default -> Optional.empty();
        };
    }

    /** Nomad's word. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
