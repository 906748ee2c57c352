package muster.lb.exchange;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Counts durations by upper bounds. Holds nothing until the first one. Any thread, no lock. */
public final class Histogram {
    private final long[] boundNanos;
    private final AtomicReference<Filled> filled = new AtomicReference<>();

    private record Filled(AtomicLongArray counts, LongAdder nanos) {}

    /** @param bounds in seconds, ascending */
    public Histogram(double... bounds) {
        this.boundNanos = new long[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            boundNanos[i] = Math.round(bounds[i] * 1e9);
        }
    }

    /** A histogram of the same bounds, empty. */
    public Histogram another() {
        return new Histogram(this);
    }

    private Histogram(Histogram like) {
        this.boundNanos = like.boundNanos;
    }

    /**
     * What was counted.
     *
     * @param cumulative durations up to each bound, the last entry for all
     */
    public record Counts(long[] cumulative, double seconds) {
        public long total() {
            return cumulative[cumulative.length - 1];
        }
    }

    public void add(long nanoseconds) {
        Filled there = filled.get();
        if (there == null) {
            filled.compareAndSet(null, new Filled(new AtomicLongArray(boundNanos.length + 1), new LongAdder()));
            there = filled.get();
        }
        int at = 0;
        while (at < boundNanos.length && nanoseconds > boundNanos[at]) {
            at++;
        }
        there.counts().incrementAndGet(at);
        there.nanos().add(nanoseconds);
    }

    public Counts counts() {
        long[] cumulative = new long[boundNanos.length + 1];
        Filled there = filled.get();
        long sum = 0;
        for (int i = 0; i < cumulative.length; i++) {
            sum += there == null ? 0 : there.counts().get(i);
            cumulative[i] = sum;
        }
        return new Counts(cumulative, there == null ? 0 : there.nanos().sum() / 1e9);
    }
}
