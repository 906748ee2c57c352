package muster.testkit.faults;

import java.util.ArrayList;
import java.util.List;
import muster.testkit.history.KeyModel;
import muster.testkit.history.KeyModel.Input;
import muster.testkit.history.KeyModel.Output;
import muster.testkit.history.Linearizability;
import muster.testkit.history.Operation;

/**
 * What clients of a registry saw, and what of it must not be. Times are those of one clock that never goes back, in nanoseconds.
 * Pure.
 *
 * @param operations reads and writes of keys. A write that was acknowledged and is lost has no place in any order of them.
 * @param held when clients knew that they had the one lock
 * @param seen indexes of the keys' current reads
 */
record Judgement(List<Operation<Input, Output>> operations, List<Held> held, List<Seen> seen) {
    static final long CHECK_STEPS = 20_000_000;

    /** A client was told that it had the lock at {@code from}, and gave it back after {@code to}. */
    record Held(String session, long from, long to) {
        private boolean overlaps(Held other) {
            return from < other.to && other.from < to;
        }
    }

    /** An index that a current read saw, and when it was asked and answered. */
    record Seen(String key, long index, long called, long returned) {}

    Judgement {
        operations = List.copyOf(operations);
        held = List.copyOf(held);
        seen = List.copyOf(seen);
    }

    /** Empty where all is well. */
    List<String> wrong() {
        List<String> wrong = new ArrayList<>();
        wrong.addAll(unexplained(Linearizability.check(new KeyModel(), operations, CHECK_STEPS)));
        for (int i = 0; i < held.size(); i++) {
            for (int j = i + 1; j < held.size(); j++) {
                if (held.get(i).overlaps(held.get(j))) {
                    wrong.add("the lock was held twice: " + held.get(i) + " and " + held.get(j));
                }
            }
        }
        wrong.addAll(wentBack(seen));
        return wrong;
    }

    /** What a search for an order found missing; empty where there is one. */
    static List<String> unexplained(Linearizability.Verdict verdict) {
        return switch (verdict) {
            case Linearizability.Verdict.Linearizable fine -> List.of();
            case Linearizability.Verdict.Undecided undecided -> List.of("not decided after " + undecided.steps() + " steps");
            case Linearizability.Verdict.Violated violated -> List.of("no order explains what clients saw; the longest that does:\n  "
                    + String.join("\n  ", violated.furthest()) + "\nand then one of\n  " + String.join("\n  ", violated.stuck()));
        };
    }

    /** Indexes that are older than what was answered before they were asked for. */
    static List<String> wentBack(List<Seen> seen) {
        List<String> wrong = new ArrayList<>();
        for (Seen one : seen) {
            for (Seen other : seen) {
                if (one.key().equals(other.key()) && one.returned() < other.called() && other.index() < one.index()) {
                    wrong.add("the index of " + one.key() + " went back from " + one.index() + " to " + other.index());
                }
            }
        }
        return wrong;
    }
}
