package muster.testkit.simulation;

import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;

/** Time that jumps from one event to the next. What is due at the same moment happens in the order in which it was asked for. */
public final class SimulatedTime implements InstantSource {
    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private record Event(long at, long number, Runnable happening) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long count;

    /** Milliseconds since the beginning. */
    public long millis() {
        return now;
    }

    @Override
    public Instant instant() {
        return BEGINNING.plusMillis(now);
    }

    /** Lets something happen after so many milliseconds, at least 0. */
    public void after(long millis, Runnable happening) {
        if (millis < 0) {
            throw new IllegalArgumentException("nothing happens " + -millis + " ms ago");
        }
        events.add(new Event(now + millis, count++, happening));
    }

    /** Lets happen all that is due up to a moment, including what that brings about, and stands there then. */
    public void runUntil(long millis) {
        while (!events.isEmpty() && events.peek().at() <= millis) {
            Event next = events.poll();
            now = next.at();
            next.happening().run();
        }
        now = Math.max(now, millis);
    }
}
