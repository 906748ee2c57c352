package muster.lb.source;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a task on one virtual thread after each change, several changes in close succession once: after a change it waits until
 * none came for {@link #QUIET}, at most {@link #LONGEST} in all.
 */
public final class ChangeLoop implements AutoCloseable {
    static final Duration QUIET = Duration.ofMillis(2);
    static final Duration LONGEST = Duration.ofMillis(20);

    private static final Logger log = LoggerFactory.getLogger(ChangeLoop.class);

    private final Semaphore changes = new Semaphore(0);
    private final Runnable task;
    private final Thread thread;

    public ChangeLoop(String name, Runnable task) {
        this.task = task;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Says that something changed. Any thread; returns at once. */
    public void changed() {
        changes.release();
    }

    /** Ends the loop and waits until a running task is over, at most a second. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                changes.acquire();
                long end = System.nanoTime() + LONGEST.toNanos();
                boolean more = true;
                while (more && System.nanoTime() < end) {
                    changes.drainPermits();
                    more = changes.tryAcquire(QUIET.toMillis(), TimeUnit.MILLISECONDS);
                }
                runTask();
            }
        } catch (InterruptedException e) {
            log.debug("loop ends name={}", thread.getName());
        }
    }

    /** A failing task is a bug; the loop outlives it, so that the next change is still seen. */
    private void runTask() {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("change not applied loop={}", thread.getName(), e);
        }
    }
}
