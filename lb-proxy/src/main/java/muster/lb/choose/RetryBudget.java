package muster.lb.choose;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many requests may be sent again, so that retries never multiply an outage: a share of the requests, and some in a row after a quiet
 * time. Every request earns a part of a retry. Any thread, no lock.
 */
public final class RetryBudget {
    private static final long WHOLE = 1000;

    private final long earned;
    private final long most;
    private final AtomicLong left;

    /**
     * @param share retries for each request, 0 to 1; 0 never retries
     * @param reserve retries saved up at most, and there at the start
     */
    public RetryBudget(double share, int reserve) {
        this.earned = Math.round(share * WHOLE);
        this.most = earned == 0 ? 0 : reserve * WHOLE;
        this.left = new AtomicLong(most);
    }

    /** A fifth on top, a hundred saved up: as many as an instance that leaves a busy service breaks off. */
    public static RetryBudget usual() {
        return new RetryBudget(0.2, 100);
    }

    /** A request came. */
    public void earn() {
        if (left.get() < most) {
            left.getAndUpdate(now -> Math.min(most, now + earned));
        }
    }

    /** Whether one more may be sent again; it counts then. */
    public boolean spend() {
        return left.getAndUpdate(now -> now >= WHOLE ? now - WHOLE : now) >= WHOLE;
    }

    /** Retries left at present. */
    public long left() {
        return left.get() / WHOLE;
    }
}
