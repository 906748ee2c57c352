package muster.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Notes operations while they happen. Thread-safe. */
public final class History<I, O> {
    private final LongSupplier clock;
    private final List<Operation<I, O>> operations = new ArrayList<>();

    /** @param clock one that all clients share and that never goes back */
    public History(LongSupplier clock) {
        this.clock = clock;
    }

    /** An operation that was asked and is not answered yet. Close it by one of its methods. */
    public final class Pending {
        private final int client;
        private final I input;
        private final long called = clock.getAsLong();

        private Pending(int client, I input) {
            this.client = client;
            this.input = input;
        }

        public void answered(O output) {
            add(new Operation<>(client, input, Optional.of(output), called, clock.getAsLong()));
        }

        /** Nobody knows whether it was done. The client must ask nothing more under the same number. */
        public void unknown() {
            add(new Operation<>(client, input, Optional.empty(), called, Operation.NEVER));
        }

        /** It was refused and certainly not done: nothing to remember. */
        public void refused() {}
    }

    /** Call this before the operation begins. */
    public Pending call(int client, I input) {
        return new Pending(client, input);
    }

    private synchronized void add(Operation<I, O> operation) {
        operations.add(operation);
    }

    public synchronized List<Operation<I, O>> operations() {
        return List.copyOf(operations);
    }
}
