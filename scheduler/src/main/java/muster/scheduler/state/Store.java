package muster.scheduler.state;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import muster.raft.StateMachine;

/**
 * The scheduler's state machine. The log's thread applies and publishes; any thread reads the published state. Listeners
 * are called on the log's thread after each publication, in the order of the log, and must not block or propose and wait.
 */
public final class Store implements StateMachine<Command, Store.Result> {
    /** What a command answers: for a job its modify index, for others the index at which it took effect; 0: no effect. */
    public record Result(long value) {}

    /** Hears of every publication. */
    public interface Listener {
        /**
         * @param changes none where a whole other state came
         * @param topics what was touched since the last publication, {@link Topic#EVERYTHING} among it where that was the case
         */
        void published(State state, List<Change> changes, Set<String> topics);
    }

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private final Set<String> topics = new LinkedHashSet<>();
    private State current = State.EMPTY;
    private volatile State published = State.EMPTY;

    /** The newest published state. */
    public State state() {
        return published;
    }

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    public void unlisten(Listener listener) {
        listeners.remove(listener);
    }

    @Override
    public Result apply(long index, Command command) {
        Edit edit = new Edit(current, index, CommandNames.eventType(command));
        long value = Applier.apply(edit, current, command);
        current = edit.done();
        changes.addAll(edit.touched.changes());
        edit.touched.tell(topics);
        return new Result(value);
    }

    @Override
    public void published(long index) {
        published = current;
        List<Change> told = List.copyOf(changes);
        Set<String> touched = Set.copyOf(topics);
        changes.clear();
        topics.clear();
        for (Listener listener : listeners) {
            listener.published(published, told, touched);
        }
    }

    @Override
    public Held held() {
        State then = current;
        return out -> SavedState.write(then, out);
    }

    @Override
    public void restore(InputStream in) throws IOException {
        current = SavedState.read(in);
        published = current;
        changes.clear();
        topics.clear();
        // Published with the next batch, which is empty where nothing follows.
        topics.add(Topic.EVERYTHING);
    }
}
