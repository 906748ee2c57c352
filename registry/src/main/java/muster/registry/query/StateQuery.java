package muster.registry.query;

import muster.registry.state.State;

/**
 * A read of the state. A value: equal queries give equal answers on one state, so that all who wait for the same thing
 * share one computation. Pure and quick; it may be called by any thread.
 *
 * @param <T> what it answers
 */
public interface StateQuery<T> {
    Answer<T> answer(State state);
}
