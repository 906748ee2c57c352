package muster.registry.state;

/**
 * A part of the state that a query can have read and a change can have touched. A query that read parts A and B has to be
 * run again after a change that touched A or B, and after no other.
 */
public sealed interface Part {
    /** One key, whether it exists or not. */
    record Key(String key) implements Part {}

    /** All keys under a prefix. Read only: a change touches keys, and with each of them all its prefixes. */
    record Prefix(String prefix) implements Part {}

    /** The instances of a service with their nodes and checks. */
    record ServiceNamed(String name) implements Part {
        public ServiceNamed {
            name = Rows.fold(name);
        }
    }

    /** A node with its services and checks. */
    record NodeNamed(String name) implements Part {
        public NodeNamed {
            name = Rows.fold(name);
        }
    }

    /** A session. */
    record SessionOf(String id) implements Part {}

    /** A whole table. */
    record Whole(Table table) implements Part {}

    /** The tables. */
    enum Table {
        KEYS, NODES, SERVICES, CHECKS, SESSIONS, AUTOPILOT, ACL, QUERIES, CONFIG_ENTRIES, INTENTIONS, COORDINATES, AUTHORITY
    }
}
