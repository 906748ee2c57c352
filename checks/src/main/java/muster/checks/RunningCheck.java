package muster.checks;

import java.time.Duration;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A check that runs again and again on a virtual thread of its own until it is stopped.
 */
public final class RunningCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningCheck.class);

    /** How a running check waits; a test puts its own in. */
    @FunctionalInterface
    public interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    private final String id;
    private final Runner runner;
    private final Pace pace;
    private final Duration first;
    private final Pause pause;
    private final Predicate<Outcome> outcomes;
    private volatile boolean stopped;
    private volatile Thread thread;

    /**
     * @param first how long to wait before the first run
     * @param outcomes takes each outcome, on the check's thread, and says whether the check has been passing at any time
     *     since it was registered
     */
    public RunningCheck(
            String id, Runner runner, Pace pace, Duration first, Pause pause, Predicate<Outcome> outcomes) {
        this.id = id;
        this.runner = runner;
        this.pace = pace;
        this.first = first;
        this.pause = pause;
        this.outcomes = outcomes;
    }

    /** Starts it; once only. */
    public RunningCheck start() {
        thread = Thread.ofVirtual().name("check " + id).start(this::loop);
        return this;
    }

    /** Stops it at once: a run under way is interrupted and its outcome dropped. May be called from its own thread. */
    @Override
    public void close() {
        stopped = true;
        Thread running = thread;
        if (running != null && running != Thread.currentThread()) {
            running.interrupt();
        }
    }

    /** Waits for the end of its thread after {@link #close}; whether it ended in time. */
    public boolean join(Duration time) throws InterruptedException {
        Thread running = thread;
        return running == null || running.join(time);
    }

    private void loop() {
        try {
            pause.sleep(first);
            for (int runs = 1; !stopped; runs++) {
                Outcome outcome = look();
                if (stopped) {
                    return;
                }
                boolean everPassed = outcomes.test(outcome);
                pause.sleep(pace.after(runs, everPassed));
            }
        } catch (InterruptedException e) {
            if (!stopped) {
                LOG.warn("check interrupted id={}", id);
            }
        }
    }

    /** A runner's bug is shown as the check's output instead of silently ending the check. */
    private Outcome look() throws InterruptedException {
        try {
            return runner.run();
        } catch (RuntimeException e) {
            LOG.error("check runner failed id={}", id, e);
            return Outcome.critical("the check itself failed: " + e);
        }
    }
}
