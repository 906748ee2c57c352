package muster.registry.event;

import com.google.re2j.PatternSyntaxException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import muster.registry.state.Service;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest events that reached this agent, oldest first: those for its node, which its API lists, and all, which it tells other
 * agents. Each is taken once, from wherever it comes. Gone with the process. Any thread may call.
 */
public final class Events {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    /** How many events are kept for the node, and how many to be told. */
    private static final int KEPT = 256;
    /** Of how many more it is known that they were here. */
    private static final int SEEN = 4 * KEPT;

    /** All of another agent's that are newer than a position, and the position after them. */
    public record Told(long position, List<Event> events) {}

    private record Arrived(long number, Event event) {}

    private final String node;
    private final Supplier<Collection<Service>> services;
    private final Deque<Event> own = new ArrayDeque<>();
    private final Deque<Arrived> all = new ArrayDeque<>();
    private final Set<String> seen = Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > SEEN;
        }
    });
    private final Set<CompletableFuture<Void>> waiters = new HashSet<>();
    private long arrivals;
    private long clock;

    /** @param services of this node at present; quick */
    public Events(String node, Supplier<Collection<Service>> services) {
        this.node = node;
        this.services = services;
    }

    /** Takes a new event; its time is set here. Throws {@link PatternSyntaxException} for a filter that is no regular expression. */
    public Event fire(Event event) {
        boolean mine = event.isFor(node, services.get());
        Event timed;
        List<CompletableFuture<Void>> woken;
        synchronized (this) {
            timed = event.at(++clock);
            seen.add(timed.id());
            woken = add(timed, mine);
        }
        woken.forEach(waiter -> waiter.complete(null));
        return timed;
    }

    /** Takes events that another agent told, once each. */
    public void take(List<Event> told) {
        for (Event event : told) {
            boolean mine = isMine(event);
            List<CompletableFuture<Void>> woken = List.of();
            synchronized (this) {
                if (seen.add(event.id())) {
                    clock = Math.max(clock, event.time());
                    woken = add(event, mine);
                }
            }
            woken.forEach(waiter -> waiter.complete(null));
        }
    }

    /** Remembers events as known without taking them: they were fired before this agent came. */
    public synchronized void skip(List<Event> told) {
        for (Event event : told) {
            seen.add(event.id());
            clock = Math.max(clock, event.time());
        }
    }

    private boolean isMine(Event event) {
        try {
            return event.isFor(node, services.get());
        } catch (PatternSyntaxException e) {
            LOG.warn("event left out id={} reason=\"a filter is no regular expression: {}\"", event.id(), e.getMessage());
            return false;
        }
    }

    /** Under the lock. Returns whom to wake without it. */
    private List<CompletableFuture<Void>> add(Event event, boolean mine) {
        if (all.size() == KEPT) {
            all.removeFirst();
        }
        all.addLast(new Arrived(++arrivals, event));
        if (mine) {
            if (own.size() == KEPT) {
                own.removeFirst();
            }
            own.addLast(event);
        }
        List<CompletableFuture<Void>> woken = new ArrayList<>(waiters);
        waiters.clear();
        return woken;
    }

    /** How many events there have been. */
    public synchronized long position() {
        return arrivals;
    }

    /** The wanted ones of those for this node. */
    public synchronized List<Event> list(Predicate<Event> wanted) {
        return own.stream().filter(wanted).toList();
    }

    /** What arrived after a position, as far as it is still kept. */
    public synchronized Told since(long position) {
        return new Told(arrivals, all.stream().filter(arrived -> arrived.number() > position).map(Arrived::event).toList());
    }

    /** Completes once an event arrived after the position, when the time is over, or when nobody wants to know any more. */
    public CompletionStage<Void> next(long after, Duration wait, CompletionStage<?> gone) {
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        synchronized (this) {
            if (arrivals > after) {
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
}
