package muster.registry.query;

import java.util.Iterator;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import muster.registry.state.State;

/**
 * Answers that still hold, so that a read of what has not changed costs a look at its index: the same object is given as long
 * as the answer is the same, and who makes something of it - its bytes - can keep that with it. Any thread may call.
 */
public final class HeldAnswers {
    static final int MOST = 8_192;

    private record Held(int history, long index, Answer<?> answer) {}

    private final Supplier<State> snapshot;
    private final IntSupplier history;
    private final ConcurrentHashMap<StateQuery<?>, Held> held = new ConcurrentHashMap<>();

    /**
     * @param snapshot the newest published state
     * @param history another number for each history of states: what a restored snapshot begins. It changes after the state does
     */
    public HeldAnswers(Supplier<State> snapshot, IntSupplier history) {
        this.snapshot = snapshot;
        this.history = history;
    }

    /** The answer on the newest state. */
    @SuppressWarnings("unchecked") // an answer is only ever held under its own query
    public <T> Answer<T> answer(StateQuery<T> query) {
        // Before the state: what is held under an older history than its state's is not found again.
        int before = history.getAsInt();
        State state = snapshot.get();
        OptionalLong index = query.index(state);
        if (index.isEmpty()) {
            return query.at(state);
        }
        Held known = held.get(query);
        if (known != null && known.history == before && known.index == index.getAsLong()) {
            return (Answer<T>) known.answer;
        }
        Answer<T> answer = query.at(state);
        held.put(query, new Held(before, index.getAsLong(), answer));
        if (held.size() > MOST) {
            makeRoom();
        }
        return answer;
    }

    /** Whether answers of this kind are held at all. */
    public boolean holds(StateQuery<?> query) {
        return query.index(snapshot.get()).isPresent();
    }

    int size() {
        return held.size();
    }

    /** Whichever comes first goes: what is asked for often is soon here again. */
    private void makeRoom() {
        Iterator<StateQuery<?>> queries = held.keySet().iterator();
        while (queries.hasNext() && held.size() > MOST) {
            held.remove(queries.next());
        }
    }
}
