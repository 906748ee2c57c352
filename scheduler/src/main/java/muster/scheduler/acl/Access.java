package muster.scheduler.acl;

import java.util.Locale;
import java.util.Optional;

/** How far a rule for a whole resource goes; a right includes those before it, but a denial includes nothing. */
public enum Access {
    DENY, LIST, READ, WRITE;

    static Optional<Access> of(String word, Resource resource) {
        return switch (word) {
            case "deny" -> Optional.of(DENY);
            case "list" -> resource == Resource.PLUGIN ? Optional.of(LIST) : Optional.empty();
            case "read" -> Optional.of(READ);
            case "write" -> resource == Resource.PLUGIN ? Optional.empty() : Optional.of(WRITE);
            default -> Optional.empty();
        };
    }

    /** Of two rules the one that holds: a denial, else the greater. */
    Access and(Access other) {
        return this == DENY || other == DENY ? DENY : compareTo(other) >= 0 ? this : other;
    }

    boolean grants(Access wanted) {
        return this != DENY && compareTo(wanted) >= 0;
    }

    /** Nomad's word. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
