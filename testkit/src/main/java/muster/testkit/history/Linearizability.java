package muster.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a history is linearizable: whether its operations can be put into an order in which the model answers the same, and
 * in which none comes before one that had returned before it was called.
 *
 * <p>The search is that of Wing and Gong with the memory of Lowe ("Testing for linearizability", 2017), as Porcupine does it:
 * take any operation that no other one has to precede, step the model, go on, and go back where nothing fits; a set of taken
 * operations with the state it led to is never tried twice. The problem is NP-complete, so the search has a limit.
 */
public final class Linearizability {
    /** What was found. */
    public sealed interface Verdict {
        record Linearizable() implements Verdict {}

        /** @param furthest the longest beginning for which there was an order, then those that could have come next */
        record Violated(List<String> furthest, List<String> stuck) implements Verdict {}

        /** The search ended at its limit; the history should be made shorter or be of fewer clients. */
        record Undecided(long steps) implements Verdict {}
    }

    private Linearizability() {}

    /** @param limit how many steps of the model are made at most */
    public static <S, I, O> Verdict check(Model<S, I, O> model, List<Operation<I, O>> history, long limit) {
        long left = limit;
        for (List<Operation<I, O>> partition : model.partitions(history)) {
            Search<S, I, O> search = new Search<>(model, partition, left);
            Verdict verdict = search.run();
            if (!(verdict instanceof Verdict.Linearizable)) {
                return verdict;
            }
            left = search.left;
        }
        return new Verdict.Linearizable();
    }

    /** A call or a return in the order of time. A doubly linked list of those that are not taken yet. */
    private static final class Event {
        final int operation;
        final long time;
        Event match;
        Event before;
        Event after;

        Event(int operation, long time) {
            this.operation = operation;
            this.time = time;
        }

        boolean isCall() {
            return match != null;
        }

        void unlink() {
            before.after = after;
            if (after != null) {
                after.before = before;
            }
        }

        void relink() {
            before.after = this;
            if (after != null) {
                after.before = this;
            }
        }
    }

    private record Taken<S>(Event call, S stateBefore) {}

    private record Tried<S>(BitSet taken, S state) {}

    private static final class Search<S, I, O> {
        private final Model<S, I, O> model;
        private final List<Operation<I, O>> operations;
        private final Event head = new Event(-1, Long.MIN_VALUE);
        private final int answered;
        private final long limit;
        private long left;

        Search(Model<S, I, O> model, List<Operation<I, O>> operations, long limit) {
            this.model = model;
            this.operations = operations;
            this.limit = limit;
            this.left = limit;
            this.answered = (int) operations.stream().filter(operation -> operation.output().isPresent()).count();
            link();
        }

        private void link() {
            List<Event> events = new ArrayList<>(2 * operations.size());
            for (int i = 0; i < operations.size(); i++) {
                Event call = new Event(i, operations.get(i).called());
                call.match = new Event(i, operations.get(i).returned());
                events.add(call);
                events.add(call.match);
            }
            // Of the same moment, calls come first: the two operations may have overlapped.
            events.sort(Comparator.comparingLong((Event event) -> event.time).thenComparing(event -> !event.isCall()));
            Event last = head;
            for (Event event : events) {
                last.after = event;
                event.before = last;
                last = event;
            }
        }

        Verdict run() {
            S state = model.initial();
            BitSet taken = new BitSet(operations.size());
            Set<Tried<S>> tried = new HashSet<>();
            ArrayDeque<Taken<S>> stack = new ArrayDeque<>();
            List<Integer> furthest = List.of();
            int answersTaken = 0;
            Event event = head.after;
            while (answersTaken < answered) {
                if (event != null && event.isCall()) {
                    if (left == 0) {
                        return new Verdict.Undecided(limit);
                    }
                    left--;
                    Operation<I, O> operation = operations.get(event.operation);
                    Optional<S> next = model.step(state, operation.input(), operation.output());
                    if (next.isPresent()) {
                        taken.set(event.operation);
                        if (tried.add(new Tried<>((BitSet) taken.clone(), next.get()))) {
                            stack.push(new Taken<>(event, state));
                            state = next.get();
                            answersTaken += operation.output().isPresent() ? 1 : 0;
                            event.unlink();
                            event.match.unlink();
                            event = head.after;
                            continue;
                        }
                        taken.clear(event.operation);
                    }
                    event = event.after;
                    continue;
                }
                // A return: whatever comes next would have to come before it. Or the end: only unanswered ones are left.
                if (stack.size() > furthest.size()) {
                    furthest = stack.reversed().stream().map(step -> step.call().operation).toList();
                }
                if (stack.isEmpty()) {
                    return violated(furthest);
                }
                Taken<S> back = stack.pop();
                state = back.stateBefore();
                taken.clear(back.call().operation);
                answersTaken -= operations.get(back.call().operation).output().isPresent() ? 1 : 0;
                back.call().match.relink();
                back.call().relink();
                event = back.call().after;
            }
            return new Verdict.Linearizable();
        }

        private Verdict violated(List<Integer> furthest) {
            BitSet taken = new BitSet();
            furthest.forEach(taken::set);
            long firstReturn = Operation.NEVER;
            for (int i = taken.nextClearBit(0); i < operations.size(); i = taken.nextClearBit(i + 1)) {
                firstReturn = Math.min(firstReturn, operations.get(i).returned());
            }
            List<String> stuck = new ArrayList<>();
            for (int i = 0; i < operations.size(); i++) {
                if (!taken.get(i) && operations.get(i).called() <= firstReturn) {
                    stuck.add(operations.get(i).toString());
                }
            }
            return new Verdict.Violated(furthest.stream().map(i -> operations.get(i).toString()).toList(), stuck);
        }
    }
}
