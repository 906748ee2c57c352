package muster.registry.replication;

import java.util.ArrayList;
import java.util.List;
import muster.registry.state.Command;
import muster.registry.state.KeyOperation;
import muster.registry.state.KeyOperation.Verb;
import muster.registry.state.KeyValue;
import muster.registry.state.KeyValues;
import muster.registry.state.Operation;

/**
 * What there may be a million of, as bytes of its own in the place of JSON: keys, their tombstones, what is done with them, and pieces
 * of a whole state. The forms of version 2 in snapshots and commands. Reading throws {@link IllegalArgumentException} saying what is wrong.
 */
final class KeyForms {
    static final int VERSION = 2;
    /** By their number in the log; new ones come at the end. */
    private static final List<Verb> VERBS = List.of(Verb.SET, Verb.CAS, Verb.LOCK, Verb.UNLOCK, Verb.GET, Verb.GET_TREE, Verb.CHECK_INDEX,
            Verb.CHECK_SESSION, Verb.CHECK_NOT_EXISTS, Verb.DELETE, Verb.DELETE_TREE, Verb.DELETE_CAS);

    private KeyForms() {}

    static void write(FieldWriter out, KeyValue entry) {
        out.text(entry.key());
        out.bytes(entry.value());
        out.number(entry.flags());
        out.text(entry.session());
        out.number(entry.lockIndex());
        out.number(entry.createIndex());
        // Most keys are written once or not long after: the difference is short.
        out.number(entry.modifyIndex() - entry.createIndex());
    }

    static KeyValue entry(FieldReader in) {
        String key = in.text();
        byte[] value = in.bytes();
        long flags = in.number();
        String session = in.text();
        long locks = in.number();
        long created = in.number();
        long modified = created + in.number();
        in.end();
        return new KeyValue(key, value, flags, session, locks, created, modified);
    }

    static void write(FieldWriter out, KeyValues.Tombstone tombstone) {
        out.text(tombstone.key());
        out.number(tombstone.deletedAt());
    }

    static KeyValues.Tombstone tombstone(FieldReader in) {
        KeyValues.Tombstone tombstone = new KeyValues.Tombstone(in.text(), in.number());
        in.end();
        return tombstone;
    }

    static void write(FieldWriter out, KeyOperation operation) {
        out.octet(VERBS.indexOf(operation.verb()));
        out.text(operation.key());
        out.bytes(operation.value());
        out.number(operation.flags());
        out.number(operation.index());
        out.text(operation.session());
    }

    /** One of several: what is behind it stays. */
    static KeyOperation operation(FieldReader in) {
        int verb = in.octet();
        if (verb >= VERBS.size()) {
            throw new IllegalArgumentException("the verb " + verb + " is unknown");
        }
        return new KeyOperation(VERBS.get(verb), in.text(), in.bytes(), in.number(), in.number(), in.text());
    }

    /** Whether {@link #write(FieldWriter, List)} can write a transaction's steps. */
    static boolean areOfKeys(List<Operation> steps) {
        return steps.stream().allMatch(Operation.OnKey.class::isInstance);
    }

    static void write(FieldWriter out, List<Operation> steps) {
        out.number(steps.size());
        for (Operation step : steps) {
            write(out, ((Operation.OnKey) step).operation());
        }
    }

    static List<Operation> operations(FieldReader in) {
        int count = in.count();
        List<Operation> steps = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            steps.add(new Operation.OnKey(operation(in)));
        }
        in.end();
        return steps;
    }

    static void write(FieldWriter out, Command.RestorePiece piece) {
        out.text(piece.id());
        out.number(piece.number());
        out.octet(piece.last() ? 1 : 0);
        out.raw(piece.bytes());
    }

    static Command.RestorePiece piece(FieldReader in) {
        return new Command.RestorePiece(in.text(), (int) in.number(), in.octet() == 1, in.rest());
    }
}
