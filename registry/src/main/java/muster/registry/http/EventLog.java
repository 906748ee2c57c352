package muster.registry.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The newest events that reached this agent, oldest first. Not replicated, gone with the process. Any thread may call. */
final class EventLog {
    /** How many events are kept. */
    private static final int KEPT = 256;

    /**
     * An event.
     *
     * @param time a count of events, which orders them
     */
    record Event(
            UUID id, String name, byte[] payload, String nodeFilter, String serviceFilter, String tagFilter, long time) {}

    private final Deque<Event> events = new ArrayDeque<>();
    private final List<CompletableFuture<Void>> waiters = new ArrayList<>();
    private long time;

    /** Keeps the event; its time is set here. */
    void add(Event event) {
        List<CompletableFuture<Void>> woken;
        synchronized (this) {
            if (events.size() == KEPT) {
                events.removeFirst();
            }
            events.addLast(new Event(event.id(), event.name(), event.payload(), event.nodeFilter(),
                    event.serviceFilter(), event.tagFilter(), ++time));
            woken = List.copyOf(waiters);
            waiters.clear();
        }
        woken.forEach(waiter -> waiter.complete(null));
    }

    /** How many events there have been. */
    synchronized long time() {
        return time;
    }

    /** The wanted ones. */
    synchronized List<Event> list(Predicate<Event> wanted) {
        return events.stream().filter(wanted).toList();
    }

    /**
     * Completes once there has been an event after the given count, when the time is over, or when nobody wants to know
     * any more.
     */
    CompletionStage<Void> next(long after, Duration wait, CompletionStage<?> gone) {
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        synchronized (this) {
            if (time > after) {
                return CompletableFuture.completedFuture(null);
            }
            waiters.add(waiter);
        }
        gone.whenComplete((done, failed) -> waiter.complete(null));
        waiter.completeOnTimeout(null, wait.toNanos(), TimeUnit.NANOSECONDS);
        return waiter.whenComplete((done, failed) -> {
            synchronized (this) {
                waiters.remove(waiter);
            }
        });
    }

    /** 64 bits that differ for each event, made of its id as the API's index of a list of events. */
    static long index(UUID id) {
        return id.getMostSignificantBits() ^ id.getLeastSignificantBits();
    }
}
