package muster.testkit.history;

import java.util.List;
import java.util.Optional;

/**
 * What one copy of the data does, one operation after the other. Pure; states are values with equals and hashCode.
 *
 * @param <S> the states
 * @param <I> what is asked
 * @param <O> what is answered
 */
public interface Model<S, I, O> {
    S initial();

    /**
     * The state after an operation that answered so, or nothing where it can't have answered so in this state. Without an
     * output: the state if it was done.
     */
    Optional<S> step(S state, I input, Optional<O> output);

    /** Histories that have nothing to do with each other, of different keys for example. Each is checked alone. */
    default List<List<Operation<I, O>>> partitions(List<Operation<I, O>> history) {
        return List.of(history);
    }
}
