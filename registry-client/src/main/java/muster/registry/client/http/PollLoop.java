package muster.registry.client.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryException;
import muster.registry.client.View;
import muster.registry.client.WatchStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one query's answer current for all who watch it: a virtual thread that sends one blocking query after another.
 *
 * <p>The rules for the index (Consul HTTP API: blocking queries): an answer with a smaller index than the last means that
 * the server's state was replaced, so the next request asks without an index; 0 is never sent to wait; after a failure the
 * next request asks without an index too, since the server that comes back may be another. A wake-up is no promise of a
 * change: what is equal to the last value is not handed on. What can't be waited for is read again after a pause.
 *
 * <p>The loop's thread owns the index and the pauses; the view and the subscriptions are under the lock.
 */
final class PollLoop<T> {
    private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);

    private final Query<T> query;
    private final Exchange exchange;
    private final HttpRegistrySettings.Pace pace;
    private final Pauses pauses;
    private final InstantSource clock;
    private final Object lock = new Object();
    private final List<Subscription<T>> subscriptions = new ArrayList<>();
    private final Thread thread;
    private View<T> view = new View<>(Optional.empty(), 0, Instant.EPOCH, Optional.empty());

    PollLoop(Query<T> query, Exchange exchange, HttpRegistrySettings.Pace pace, Pauses pauses, InstantSource clock) {
        this.query = query;
        this.exchange = exchange;
        this.pace = pace;
        this.pauses = pauses;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("watch " + query).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Ends the request under way and the thread, soon. */
    void close() {
        thread.interrupt();
    }

    void add(Subscription<T> subscription) {
        synchronized (lock) {
            subscriptions.add(subscription);
            if (view.value().isPresent() || view.failure().isPresent()) {
                subscription.offer(view);
            }
        }
    }

    /** Returns whether that was the last one. */
    boolean remove(Subscription<?> subscription) {
        synchronized (lock) {
            return subscriptions.remove(subscription) && subscriptions.isEmpty();
        }
    }

    WatchStatus status() {
        synchronized (lock) {
            return new WatchStatus(query, view.index(), view.readAt(), view.failure());
        }
    }

    private void run() {
        long index = 0;
        ListMemory memory = new ListMemory();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Duration pause;
                try {
                    Exchange.Fetched<T> fetched = exchange.read(query, index, memory);
                    Reading<T> reading = fetched.reading();
                    index = Long.compareUnsigned(reading.index(), index) < 0 ? 0 : reading.index();
                    answered(reading);
                    Duration least = pauses.afterAnswer(System.nanoTime());
                    pause = fetched.blocks() ? least : pace.poll();
                } catch (RegistryException e) {
                    index = 0;
                    failed(e);
                    pause = pauses.afterFailure();
                }
                if (!pause.isZero()) {
                    Thread.sleep(pause);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("watch ended query={}", query);
        }
    }

    private void answered(Reading<T> reading) {
        synchronized (lock) {
            View<T> old = view;
            view = new View<>(Optional.of(reading.value()), reading.index(), clock.instant(), Optional.empty());
            if (old.failure().isPresent()) {
                LOG.info("watch recovered query={}", query);
            }
            handOn(old);
        }
    }

    private void failed(RegistryException failure) {
        synchronized (lock) {
            View<T> old = view;
            view = new View<>(old.value(), old.index(), old.readAt(), Optional.of(failure.getMessage()));
            if (old.failure().isEmpty()) {
                LOG.warn("watch keeps its last value query={} reason={}", query, failure.getMessage());
            }
            handOn(old);
        }
    }

    private void handOn(View<T> old) {
        if (!old.value().equals(view.value()) || !old.failure().equals(view.failure())) {
            subscriptions.forEach(subscription -> subscription.offer(view));
        }
    }
}
