package muster.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A clock that stands still until it is moved, with timers that go off while it moves. Any thread may call; timers run on
 * the thread that moves the clock, in the order of their times (equal times: in the order they were set), each seeing its
 * own time as now. A timer may set further timers, also for the span that is being passed.
 */
public final class ManualClock implements InstantSource {
    /** A running timer. */
    public interface Timer {
        /** Keeps the timer from going off; does nothing when it already did. */
        void cancel();
    }

    private record Entry(Instant at, long order, Runnable action) {}

    private final Object lock = new Object();
    private final PriorityQueue<Entry> timers =
            new PriorityQueue<>(Comparator.comparing(Entry::at).thenComparingLong(Entry::order));
    private Instant now;
    private long timersSet;

    public ManualClock(Instant start) {
        now = start;
    }

    /** Starts at an instant that is easy to recognise in output: 2030-01-01T00:00:00Z. */
    public ManualClock() {
        this(Instant.parse("2030-01-01T00:00:00Z"));
    }

    @Override
    public Instant instant() {
        synchronized (lock) {
            return now;
        }
    }

    /** Runs the action once the clock has moved that far. */
    public Timer schedule(Duration delay, Runnable action) {
        synchronized (lock) {
            Entry entry = new Entry(now.plus(delay), timersSet++, action);
            timers.add(entry);
            return () -> {
                synchronized (lock) {
                    timers.remove(entry);
                }
            };
        }
    }

    /** Moves the clock and runs what is due on the way. */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("the clock can't go back by " + by);
        }
        Instant end;
        synchronized (lock) {
            end = now.plus(by);
        }
        while (true) {
            Entry due;
            synchronized (lock) {
                due = timers.peek();
                if (due == null || due.at().isAfter(end)) {
                    now = end.isAfter(now) ? end : now;
                    return;
                }
                timers.poll();
                now = due.at().isAfter(now) ? due.at() : now;
            }
            due.action().run();
        }
    }

    /** The times at which timers will go off, soonest first. */
    public List<Instant> pending() {
        synchronized (lock) {
            List<Instant> times = new ArrayList<>();
            timers.forEach(entry -> times.add(entry.at()));
            times.sort(Comparator.naturalOrder());
            return times;
        }
    }
}
