package muster.lb.exchange;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests to one target of one route. Any thread; open to those who know more of the target. */
public class Meter {
    /** Made with the first request: in a large table most targets have had none. */
    private volatile Tally tally;

    private static final class Tally {
        final LongAdder started = new LongAdder();
        final LongAdder ended = new LongAdder();
        final LongAdder failed = new LongAdder();
        final LongAdder nanos = new LongAdder();
        final LongAdder[] classes = {new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder()};
    }

    /**
     * The counts at one moment.
     *
     * @param failures attempts without an answer
     * @param byClass answers with 1xx, 2xx, 3xx, 4xx, 5xx
     * @param time of all ended requests together
     */
    public record Counts(long inFlight, long total, long failures, long[] byClass, Duration time) {}

    private Tally tally() {
        Tally there = tally;
        return there == null ? made() : there;
    }

    private synchronized Tally made() {
        if (tally == null) {
            tally = new Tally();
        }
        return tally;
    }

    public void begin() {
        tally().started.increment();
    }

    /** Ends one request; a status of 0 stands for none. */
    public void end(int status, long nanoseconds) {
        Tally all = tally();
        if (status >= 100 && status < 600) {
            all.classes[status / 100 - 1].increment();
        } else {
            all.failed.increment();
        }
        all.nanos.add(nanoseconds);
        all.ended.increment();
    }

    public Counts counts() {
        Tally all = tally;
        long[] byClass = new long[5];
        if (all == null) {
            return new Counts(0, 0, 0, byClass, Duration.ZERO);
        }
        long done = all.ended.sum();
        long begun = all.started.sum();
        for (int i = 0; i < byClass.length; i++) {
            byClass[i] = all.classes[i].sum();
        }
        return new Counts(Math.max(0, begun - done), begun, all.failed.sum(), byClass, Duration.ofNanos(all.nanos.sum()));
    }
}
