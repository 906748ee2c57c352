package muster.testkit.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A disk that forgets what was not synced: a crash keeps some beginning of the writes that were under way, in their order,
 * and loses the rest.
 *
 * @param <S> what is on it, as a value
 */
public final class SimulatedDisk<S> {
    private record Write<S>(UnaryOperator<S> change, Runnable synced) {}

    private final SimulatedTime time;
    private final RandomGenerator chance;
    private final int maxSyncMillis;
    private final Deque<Write<S>> writes = new ArrayDeque<>();
    private S content;
    private boolean syncing;
    private int life;

    /** @param maxSyncMillis how long a sync takes at most */
    public SimulatedDisk(SimulatedTime time, RandomGenerator chance, int maxSyncMillis, S content) {
        this.time = time;
        this.chance = chance;
        this.maxSyncMillis = maxSyncMillis;
        this.content = content;
    }

    /** What a restart would find. */
    public S content() {
        return content;
    }

    /** Writes, and tells when it is safe; never, where a crash comes before. */
    public void write(UnaryOperator<S> change, Runnable synced) {
        writes.add(new Write<>(change, synced));
        if (!syncing) {
            syncing = true;
            sync();
        }
    }

    /** Writes what is safe at once, after all that was written before. */
    public void writeThrough(UnaryOperator<S> change) {
        writes.add(new Write<>(change, () -> {}));
        complete(writes.size());
    }

    /** The machine loses power. */
    public void crash() {
        int kept = writes.isEmpty() ? 0 : chance.nextInt(writes.size() + 1);
        for (int i = 0; i < kept; i++) {
            content = writes.remove().change().apply(content);
        }
        writes.clear();
        syncing = false;
        life++;
    }

    private void sync() {
        int now = life;
        int taken = writes.size();
        time.after(chance.nextInt(maxSyncMillis + 1), () -> {
            if (now != life) {
                return;
            }
            complete(Math.min(taken, writes.size()));
            if (writes.isEmpty()) {
                syncing = false;
            } else {
                sync();
            }
        });
    }

    private void complete(int count) {
        Deque<Runnable> told = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            Write<S> write = writes.remove();
            content = write.change().apply(content);
            told.add(write.synced());
        }
        told.forEach(Runnable::run);
    }
}
