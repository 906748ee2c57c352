package muster.registry.acl;

import java.util.Optional;

/** What a rule grants, by its word. */
public enum Level {
    DENY, READ, LIST, WRITE;

    /** The level of a word of the rule language. */
    static Optional<Level> of(String word) {
        return switch (word) {
            case "deny" -> Optional.of(DENY);
            case "read" -> Optional.of(READ);
            case "list" -> Optional.of(LIST);
            case "write" -> Optional.of(WRITE);
            default -> Optional.empty();
        };
    }

    boolean grants(Access access) {
        return switch (this) {
            case DENY -> false;
            case READ -> access == Access.READ;
            case LIST -> access != Access.WRITE;
            case WRITE -> true;
        };
    }

    /** Of two rules for one name the one that holds: a denial, else the greater. */
    Level and(Level other) {
        return this == DENY || other == DENY ? DENY : compareTo(other) >= 0 ? this : other;
    }
}
