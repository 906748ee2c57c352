package muster.lb.exchange;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests to one target of one route. Any thread; open to those who know more of the target. */
public class Meter {
    private final LongAdder started = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder[] classes = {new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder()};

    /**
     * The counts at one moment.
     *
     * @param failures attempts without an answer
     * @param byClass answers with 1xx, 2xx, 3xx, 4xx, 5xx
     * @param time of all ended requests together
     */
    public record Counts(long inFlight, long total, long failures, long[] byClass, Duration time) {}

    public void begin() {
        started.increment();
    }

    /** Ends one request; a status of 0 stands for none. */
    public void end(int status, long nanoseconds) {
        if (status >= 100 && status < 600) {
            classes[status / 100 - 1].increment();
        } else {
            failed.increment();
        }
        nanos.add(nanoseconds);
        ended.increment();
    }

    public Counts counts() {
        long done = ended.sum();
        long all = started.sum();
        long[] byClass = new long[classes.length];
        for (int i = 0; i < byClass.length; i++) {
            byClass[i] = classes[i].sum();
        }
        return new Counts(Math.max(0, all - done), all, failed.sum(), byClass, Duration.ofNanos(nanos.sum()));
    }
}
