package muster.testkit.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keys as the registry's KV store keeps them, each for itself: a value with the index of its last change, which grows, and
 * changes that may depend on the index. A change's answer doesn't tell its index, so it is unknown until a read shows it.
 */
public final class KeyModel implements Model<KeyModel.State, KeyModel.Input, KeyModel.Output> {
    /** What is asked of a key. */
    public sealed interface Input {
        String key();

        record Get(String key) implements Input {}

        record Put(String key, String value) implements Input {}

        record Delete(String key) implements Input {}

        /** Puts where the key's index is the given one, 0 for a key that is not there. */
        record Cas(String key, String value, long index) implements Input {}
    }

    /** What is answered. */
    public sealed interface Output {
        /** @param value empty where there is no such key; the index is 0 then */
        record Value(Optional<String> value, long index) implements Output {}

        /** Whether a change was made. */
        record Changed(boolean done) implements Output {}
    }

    /**
     * @param value empty where there is no such key
     * @param index of the last change; {@link #UNKNOWN} until a read shows it
     * @param above the index is greater than this
     */
    public record State(Optional<String> value, long index, long above) {
        static final long UNKNOWN = -1;

        private State changed(Optional<String> newValue) {
            return new State(newValue, newValue.isEmpty() ? 0 : UNKNOWN, Math.max(above, index));
        }

        /** The state if the index is the given one, or nothing where it can't be. */
        private Optional<State> at(long seen) {
            if (index != UNKNOWN) {
                return index == seen ? Optional.of(this) : Optional.empty();
            }
            return seen > above ? Optional.of(new State(value, seen, above)) : Optional.empty();
        }
    }

    @Override
    public State initial() {
        return new State(Optional.empty(), 0, 0);
    }

    @Override
    public Optional<State> step(State state, Input input, Optional<Output> output) {
        return switch (input) {
            case Input.Get get -> output.isEmpty() ? Optional.of(state) : read(state, (Output.Value) output.get());
            case Input.Put put -> Optional.of(state.changed(Optional.of(put.value())));
            case Input.Delete delete -> Optional.of(state.changed(Optional.empty()));
            case Input.Cas cas -> {
                boolean done = output.map(answer -> ((Output.Changed) answer).done()).orElse(true);
                Optional<State> matching = state.at(cas.index());
                if (done) {
                    yield matching.map(same -> same.changed(Optional.of(cas.value())));
                }
                yield matching.isPresent() && state.index() != State.UNKNOWN ? Optional.empty() : Optional.of(state);
            }
        };
    }

    private static Optional<State> read(State state, Output.Value seen) {
        return state.value().equals(seen.value()) ? state.at(seen.index()) : Optional.empty();
    }

    @Override
    public List<List<Operation<Input, Output>>> partitions(List<Operation<Input, Output>> history) {
        Map<String, List<Operation<Input, Output>>> byKey = new LinkedHashMap<>();
        history.forEach(operation ->
                byKey.computeIfAbsent(operation.input().key(), key -> new ArrayList<>()).add(operation));
        return List.copyOf(byKey.values());
    }
}
