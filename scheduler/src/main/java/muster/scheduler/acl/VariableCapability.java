package muster.scheduler.acl;

import java.util.Locale;
import java.util.Optional;

/** What can be allowed with the variables of a path. (Nomad: ACL policy specification, variables rules) */
public enum VariableCapability {
    DENY, LIST, READ, WRITE, DESTROY;

    static Optional<VariableCapability> of(String word) {
        for (VariableCapability capability : values()) {
            if (capability.toString().equals(word)) {
                return Optional.of(capability);
            }
        }
        return Optional.empty();
    }

    /** Nomad's word. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
