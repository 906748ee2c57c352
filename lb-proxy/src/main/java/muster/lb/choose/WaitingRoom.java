package muster.lb.choose;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Where requests wait for a target that is expected: each for one subject, such as a route, bounded in number and time. Any thread.
 */
public final class WaitingRoom {
    private final int seats;
    private final AtomicInteger taken = new AtomicInteger();
    private final LongAdder served = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Map<String, Set<CompletableFuture<Boolean>>> waiting = new ConcurrentHashMap<>();

    /** Requests that wait at present, and how the waits ended so far. */
    public record Counts(int waiting, long served, long expired, long refused) {}

    /** @param seats requests that may wait at once */
    public WaitingRoom(int seats) {
        this.seats = seats;
    }

    /**
     * Waits for a change of the subject. The stage completes with true after a change and with false when the time is over; empty when the
     * room is full.
     */
    public Optional<CompletionStage<Boolean>> enter(String subject, Duration atMost) {
        if (taken.incrementAndGet() > seats) {
            taken.decrementAndGet();
            refused.increment();
            return Optional.empty();
        }
        CompletableFuture<Boolean> seat = new CompletableFuture<>();
        waiting.compute(subject, (name, others) -> {
            Set<CompletableFuture<Boolean>> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            all.add(seat);
            return all;
        });
        CompletionStage<Boolean> left = seat.completeOnTimeout(false, atMost.toMillis(), TimeUnit.MILLISECONDS).thenApply(isChanged -> {
            taken.decrementAndGet();
            (isChanged ? served : expired).increment();
            waiting.computeIfPresent(subject, (name, others) -> {
                others.remove(seat);
                return others.isEmpty() ? null : others;
            });
            return isChanged;
        });
        return Optional.of(left);
    }

    /** Whether anybody waits. */
    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Lets those go on who wait for the subject. */
    public void changed(String subject) {
        Set<CompletableFuture<Boolean>> there = waiting.get(subject);
        if (there != null) {
            Set.copyOf(there).forEach(seat -> seat.complete(true));
        }
    }

    public Counts counts() {
        return new Counts(taken.get(), served.sum(), expired.sum(), refused.sum());
    }
}
