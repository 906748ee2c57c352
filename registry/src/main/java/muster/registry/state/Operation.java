package muster.registry.state;

import java.util.Locale;

/** One step of a transaction. */
public sealed interface Operation {
    /** On the KV store. */
    record OnKey(KeyOperation operation) implements Operation {}

    /** On a node; {@code cas} and {@code delete-cas} compare the node's ModifyIndex. */
    record OnNode(Verb verb, Node node) implements Operation {}

    /** On a service of an existing node. */
    record OnService(Verb verb, Service service) implements Operation {}

    /** On a check of an existing node. */
    record OnCheck(Verb verb, Check check) implements Operation {}

    /** Verbs for rows of the catalog. */
    enum Verb {
        SET, CAS, GET, DELETE, DELETE_CAS;

        /** The word in a transaction. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Whether it leaves the state as it is. */
    default boolean readsOnly() {
        return switch (this) {
            case OnKey key -> key.operation().verb().readsOnly();
            case OnNode node -> node.verb() == Verb.GET;
            case OnService service -> service.verb() == Verb.GET;
            case OnCheck check -> check.verb() == Verb.GET;
        };
    }
}
