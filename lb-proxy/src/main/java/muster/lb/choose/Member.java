package muster.lb.choose;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import muster.lb.choose.Standing.Outcome;
import muster.lb.exchange.Histogram;
import muster.lb.exchange.Meter;

/**
 * One target of one pool while it is there: its counts, its standing, whether it is drained. It outlives the pool it is in: a pool that
 * replaces another takes the members of unchanged targets along. Any thread.
 */
public final class Member extends Meter {
    /** After which a trial that nobody reported on is forgotten. */
    private static final long TRIAL_NANOS = 30_000_000_000L;

    private final String name;
    private final long joinedAt;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicReference<Standing> standing = new AtomicReference<>(Standing.In.FRESH);
    private volatile long backAt;
    private volatile boolean isDraining;
    private volatile Pool pool;
    private final Histogram times;
    /** Made with the first connection that is passed on. */
    private final AtomicReference<Relayed> relayed = new AtomicReference<>();

    private record Relayed(LongAdder received, LongAdder sent) {}

    /**
     * @param name the same for the same target in every process, for consistent hashing: its address
     * @param joinedAt when the target came, on the monotonic clock of all calls here
     */
    public Member(String name, long joinedAt) {
        this(name, joinedAt, new Histogram());
    }

    /** @param times of its answered requests; its own */
    public Member(String name, long joinedAt, Histogram times) {
        this.name = name;
        this.times = times;
        this.joinedAt = joinedAt;
        this.backAt = joinedAt;
    }

    @Override
    public void begin() {
        inFlight.incrementAndGet();
        super.begin();
    }

    @Override
    public void end(int status, long nanoseconds) {
        inFlight.decrementAndGet();
        super.end(status, nanoseconds);
        if (status > 0) {
            times.add(nanoseconds);
        }
    }

    /** Counts bytes of a connection that was passed on: from the client, and to it. */
    public void relayed(long fromClient, long toClient) {
        if (relayed.get() == null) {
            relayed.compareAndSet(null, new Relayed(new LongAdder(), new LongAdder()));
        }
        relayed.get().received().add(fromClient);
        relayed.get().sent().add(toClient);
    }

    /** Bytes of passed on connections from clients. */
    public long bytesReceived() {
        return relayed.get() == null ? 0 : relayed.get().received().sum();
    }

    /** Bytes of passed on connections to clients. */
    public long bytesSent() {
        return relayed.get() == null ? 0 : relayed.get().sent().sum();
    }

    /** How long its answered requests took. */
    public Histogram.Counts times() {
        return times.counts();
    }

    public String name() {
        return name;
    }

    /** Requests in progress. */
    public int inFlight() {
        return inFlight.get();
    }

    public Standing standing() {
        return standing.get();
    }

    /** Whether an operator, or the registry, asked for no more requests to it. */
    public boolean isDraining() {
        return isDraining;
    }

    public void drain(boolean drains) {
        isDraining = drains;
    }

    /** When it came. */
    public long joinedAt() {
        return joinedAt;
    }

    /** When it last began to take requests. */
    long backAt() {
        return backAt;
    }

    void enter(Pool other) {
        pool = other;
    }

    /** Whether it takes requests as usual. */
    boolean isIn() {
        return standing.get() instanceof Standing.In;
    }

    /** Whether its time away is over, or a trial was forgotten. */
    boolean isDueForTrial(long now) {
        return switch (standing.get()) {
            case Standing.In in -> false;
            case Standing.Ejected ejected -> now - ejected.until() >= 0;
            case Standing.Trial trial -> now - trial.since() > TRIAL_NANOS;
        };
    }

    /** Takes the trial, if nobody else was faster. */
    boolean beginTrial(long now) {
        Standing before = standing.get();
        int ejections = switch (before) {
            case Standing.In in -> -1;
            case Standing.Ejected ejected -> now - ejected.until() >= 0 ? ejected.ejections() : -1;
            case Standing.Trial trial -> now - trial.since() > TRIAL_NANOS ? trial.ejections() : -1;
        };
        return ejections >= 0 && standing.compareAndSet(before, new Standing.Trial(now, ejections));
    }

    /** Learns from a request. Returns whether the standing changed in a way worth telling. */
    public boolean record(Outcome outcome, long now) {
        Standing before = standing.get();
        return switch (before) {
            case Standing.In in -> recordIn(in, outcome, now);
            case Standing.Ejected ejected -> false;
            case Standing.Trial trial -> switch (outcome) {
                case GOOD -> {
                    backAt = now;
                    yield standing.compareAndSet(trial, new Standing.In(0, 0, trial.ejections()));
                }
                case UNKNOWN -> {
                    standing.compareAndSet(trial, new Standing.Ejected(now, trial.ejections()));
                    yield false;
                }
                case ERROR, FAILED -> standing.compareAndSet(trial, away(trial.ejections(), now));
            };
        };
    }

    private boolean recordIn(Standing.In in, Outcome outcome, long now) {
        switch (outcome) {
            case UNKNOWN -> {
                return false;
            }
            case GOOD -> {
                boolean isStreakOver = in.failures() + in.errors() > 0;
                boolean isForgiven = in.ejections() > 0 && now - backAt > policy().ejection().longest().toNanos();
                if (isStreakOver || isForgiven) {
                    standing.compareAndSet(in, isForgiven ? Standing.In.FRESH : new Standing.In(0, 0, in.ejections()));
                }
                return false;
            }
            case ERROR, FAILED -> {
                int failures = outcome == Outcome.FAILED ? in.failures() + 1 : 0;
                Standing.In worse = new Standing.In(failures, in.errors() + 1, in.ejections());
                if (!standing.compareAndSet(in, worse)) {
                    return false;
                }
                Policy.Ejection rule = policy().ejection();
                boolean isDead = rule.failures() > 0 && worse.failures() >= rule.failures();
                boolean isBad = rule.errors() > 0 && worse.errors() >= rule.errors();
                Pool its = pool;
                return (isDead || isBad) && its != null && its.mayEject(this, isDead)
                        && standing.compareAndSet(worse, away(in.ejections(), now));
            }
        }
        throw new IllegalStateException("no such outcome: " + outcome);
    }

    private Standing.Ejected away(int ejections, long now) {
        Policy.Ejection rule = policy().ejection();
        long time = rule.first().toNanos() << Math.min(ejections, 20);
        long longest = rule.longest().toNanos();
        return new Standing.Ejected(now + (time <= 0 || time > longest ? longest : time), ejections + 1);
    }

    private Policy policy() {
        Pool in = pool;
        return in == null ? Policy.DEFAULT : in.policy();
    }
}
