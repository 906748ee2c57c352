package muster.scheduler.broker;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import muster.scheduler.state.Change;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.scheduler.state.Topic;

/** Who waits for which topic. Publications wake exactly those; any thread may wait. */
public final class Watches implements Store.Listener {
    private final Store store;
    private final Map<String, Set<CompletableFuture<Void>>> waiting = new HashMap<>();

    public Watches(Store store) {
        this.store = store;
        store.listen(this);
    }

    @Override
    public void published(State state, List<Change> changes, Set<String> topics) {
        Set<CompletableFuture<Void>> woken = new HashSet<>();
        synchronized (waiting) {
            if (topics.contains(Topic.EVERYTHING)) {
                waiting.values().forEach(woken::addAll);
                waiting.clear();
            }
            for (String topic : topics) {
                Set<CompletableFuture<Void>> own = waiting.remove(topic);
                if (own != null) {
                    woken.addAll(own);
                }
            }
        }
        woken.forEach(future -> future.complete(null));
    }

    /** A future that completes at the next publication that touches the topic; {@link #forget} it when it is not needed. */
    public CompletableFuture<Void> watch(String topic) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        watch(topic, future);
        return future;
    }

    private void watch(String topic, CompletableFuture<Void> future) {
        synchronized (waiting) {
            waiting.computeIfAbsent(topic, t -> new HashSet<>()).add(future);
        }
    }

    public void forget(String topic, CompletableFuture<Void> future) {
        synchronized (waiting) {
            waiting.computeIfPresent(topic, (t, own) -> {
                own.remove(future);
                return own.isEmpty() ? null : own;
            });
        }
    }

    /** Waits until the index of the topics is greater than the given one or the time is over; returns the index it then has. */
    public long await(List<String> topics, long index, Duration wait, ToLongFunction<State> indexOf) throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            CompletableFuture<Void> change = new CompletableFuture<>();
            topics.forEach(topic -> watch(topic, change));
            try {
                long now = indexOf.applyAsLong(store.state());
                long left = deadline - System.nanoTime();
                if (now > index || left <= 0) {
                    return now;
                }
                change.get(left, TimeUnit.NANOSECONDS);
            } catch (java.util.concurrent.TimeoutException e) {
                return indexOf.applyAsLong(store.state());
            } catch (java.util.concurrent.ExecutionException e) {
                throw new IllegalStateException(e);
            } finally {
                topics.forEach(topic -> forget(topic, change));
            }
        }
    }
}
