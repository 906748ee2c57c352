package muster.registry.local;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import muster.registry.Registry;
import muster.registry.acl.Caller;
import muster.registry.acl.DeniedException;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryClient;
import muster.registry.client.View;
import muster.registry.client.WatchStatus;
import muster.registry.query.Answer;
import muster.registry.query.BlockingQueries;

/**
 * One subscription to the state for all watches of equal queries: an answer is computed and translated once. A refused query
 * has a view that says so and no subscription. Called by any thread; the subscription calls on the registry's own.
 */
final class SharedWatch<T> {
    private final Query<T> query;
    private final InstantSource clock;
    private final Supplier<Caller> caller;
    private BlockingQueries.Subscription subscription = () -> {};
    private boolean closed;
    private final List<WatchThread<T>> threads = new ArrayList<>();
    private Optional<View<T>> newest;
    private long index;

    /** @param caller with whose rights; asked for each answer */
    SharedWatch(Query<T> query, Registry registry, InstantSource clock, Supplier<Caller> caller) {
        this.query = query;
        this.caller = caller;
        this.clock = clock;
        Optional<String> refusal = Translation.refusal(query, registry.datacenter());
        newest = refusal.map(message -> new View<>(Optional.empty(), 0, Instant.EPOCH, Optional.of(message)));
        if (refusal.isEmpty()) {
            Translation<?, T> translation = Translation.of(query, registry.datacenter(), registry.access());
            // A server that has just been started knows less than it did: listeners would take for gone what is not read yet.
            registry.settled().thenRun(() -> begin(registry, translation));
        }
    }

    private synchronized void begin(Registry registry, Translation<?, T> translation) {
        if (!closed) {
            subscription = subscribe(registry, translation);
        }
    }

    private <A> BlockingQueries.Subscription subscribe(Registry registry, Translation<A, T> translation) {
        if (!registry.access().isOn()) {
            return registry.subscribe(translation.query(), answer -> changed(translation.reading(answer, Caller.UNRESTRICTED)));
        }
        return registry.subscribe(new Guarded<>(translation.query()), answer -> {
            try {
                changed(translation.reading(new Answer<>(answer.value().value(), answer.index(), answer.read()), caller.get()));
            } catch (DeniedException e) {
                refused(e.getMessage());
            }
        });
    }

    /** What was seen before may no longer be seen. */
    private synchronized void refused(String message) {
        View<T> view = new View<>(Optional.empty(), 0, Instant.EPOCH, Optional.of(message));
        if (newest.filter(view::equals).isEmpty()) {
            newest = Optional.of(view);
            threads.forEach(thread -> thread.offer(view));
        }
    }

    Query<T> query() {
        return query;
    }

    /** Takes in a listener; it hears the newest view at once. */
    synchronized WatchThread<T> add(RegistryClient.Listener<T> listener) {
        WatchThread<T> thread = new WatchThread<>(query, listener);
        threads.add(thread);
        newest.ifPresent(thread::offer);
        return thread;
    }

    /** Whether that was the last; the subscription is then closed. */
    synchronized boolean remove(WatchThread<T> thread) {
        boolean last = threads.remove(thread) && threads.isEmpty();
        if (last) {
            closed = true;
            subscription.close();
        }
        return last;
    }

    /** A moved index with the same value is no change to a client. */
    private synchronized void changed(Reading<T> reading) {
        index = reading.index();
        Optional<T> value = Optional.of(reading.value());
        if (newest.map(View::value).filter(value::equals).isPresent()) {
            return;
        }
        View<T> view = new View<>(value, reading.index(), clock.instant(), Optional.empty());
        newest = Optional.of(view);
        threads.forEach(thread -> thread.offer(view));
    }

    /** What is subscribed to is current, whenever it last changed. */
    synchronized WatchStatus status() {
        Optional<String> failure = newest.flatMap(View::failure);
        boolean known = newest.isPresent() && failure.isEmpty();
        return new WatchStatus(query, known ? index : 0, known ? clock.instant() : Instant.EPOCH, failure);
    }

    void close() {
        List<WatchThread<T>> open;
        synchronized (this) {
            closed = true;
            subscription.close();
            open = List.copyOf(threads);
            threads.clear();
        }
        open.forEach(WatchThread::close);
    }
}
