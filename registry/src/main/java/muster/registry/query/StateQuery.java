package muster.registry.query;

import java.util.OptionalLong;
import muster.registry.state.State;

/**
 * A read of the state. A value: equal queries give equal answers on one state, so that all who wait for the same thing
 * share one computation. Pure and quick; it may be called by any thread.
 *
 * @param <T> what it answers
 */
public interface StateQuery<T> {
    Answer<T> answer(State state);

    /**
     * As {@link #answer}, for somebody who may have seen answers of before the state was restored from an archive: no index is lower than
     * the restoration's, so that none goes backwards and whoever saw an older state learns of the new one.
     */
    default Answer<T> at(State state) {
        Answer<T> answer = answer(state);
        return answer.index() < state.restoredAt() ? new Answer<>(answer.value(), state.restoredAt(), answer.read()) : answer;
    }

    /**
     * The index that the answer would carry, found without the value, where that costs less. On two states of one history the
     * same index means the same value; where that is not so, or not known, it is empty.
     */
    default OptionalLong index(State state) {
        return OptionalLong.empty();
    }
}
