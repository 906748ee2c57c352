package muster.registry.state;

import java.util.List;

/** What became of a command. */
public sealed interface Result {
    /** It was done. */
    record Done() implements Result {}

    /** A conditional command: whether its condition held and it was done. */
    record Decided(boolean held) implements Result {}

    /** The state refuses it and is unchanged; the message is Consul's. */
    record Refused(String message) implements Result {}

    /** A transaction was committed; the rows that its operations answer, in their order. */
    record Committed(List<Row> rows) implements Result {
        public Committed {
            rows = List.copyOf(rows);
        }
    }

    /** A transaction changed nothing, because of these operations. */
    record Failed(List<Failure> failures) implements Result {
        public Failed {
            failures = List.copyOf(failures);
        }
    }

    /** An operation that failed, by its place in the transaction. */
    record Failure(int operation, String message) {}

    /** A row in the answer of a transaction. */
    sealed interface Row {
        /** @param withValue whether the operation read it, so that the answer shows its value */
        record OfKey(KeyValue entry, boolean withValue) implements Row {}

        record OfNode(Node node) implements Row {}

        record OfService(Service service) implements Row {}

        record OfCheck(Check check) implements Row {}
    }
}
