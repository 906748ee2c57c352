package muster.lb.fabio;

import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import muster.lb.exchange.Dispatcher.Ended;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes access log lines from a thread of its own, so that a slow reader of the log does not hold up requests; lines that find
 * the queue full are dropped, counted, and told at the end.
 */
final class AccessLog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AccessLog.class);
    private static final int MAX_WAITING = 10_000;

    private final PrintStream out;
    private final AccessFormat format;
    private final InstantSource clock;
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final LongAdder dropped = new LongAdder();
    private final Thread writer = Thread.ofVirtual().name("access-log").unstarted(this::write);

    private AccessLog(PrintStream out, AccessFormat format, InstantSource clock) {
        this.out = out;
        this.format = format;
        this.clock = clock;
    }

    /** A log that has begun to write. */
    static AccessLog to(PrintStream out, AccessFormat format, InstantSource clock) {
        AccessLog started = new AccessLog(out, format, clock);
        started.writer.start();
        return started;
    }

    /** Adds a request. Any thread; never waits. */
    void add(Ended ended) {
        if (!waiting.offer(format.line(ended, clock.instant()))) {
            dropped.increment();
        }
    }

    /** Writes what is waiting and ends. */
    @Override
    public void close() {
        writer.interrupt();
        try {
            writer.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (dropped.sum() > 0) {
            log.warn("access log lines dropped count={}", dropped.sum());
        }
    }

    private void write() {
        try {
            while (true) {
                out.println(waiting.take());
                if (waiting.isEmpty()) {
                    out.flush();
                }
            }
        } catch (InterruptedException e) {
            waiting.forEach(out::println);
            out.flush();
        }
    }
}
