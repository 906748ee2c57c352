package muster.registry.agent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's one thread of its own: pushes changes at once, compares everything from time to time, and lets time pass
 * for TTLs and held back outputs. After a failure it tries again with pauses that grow to fifteen seconds.
 */
public final class AgentLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentLoop.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(15);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final LocalAgent agent;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private boolean hasWork;
    private boolean isUrgent;
    private boolean wantsFull;
    private volatile boolean stopped;
    private Thread thread;

    public AgentLoop(LocalAgent agent, InstantSource clock, RandomGenerator random) {
        this.agent = agent;
        this.clock = clock;
        this.random = random;
        agent.onWork(() -> wake(false));
    }

    /**
     * Makes the first full comparison, so that what the agent holds is in the catalog when this returns, and goes on in the
     * background. Where the first one fails, for lack of a leader, the background makes it up.
     */
    public void start() throws InterruptedException {
        try {
            agent.push(true);
        } catch (CatalogLink.CatalogUnavailableException e) {
            LOG.warn("first sync put off reason={}", e.getMessage());
            wake(true);
        }
        thread = Thread.ofVirtual().name("agent-sync").start(this::run);
        agent.followed(true);
    }

    /** Makes the next round a full comparison, now: after a leader was found, or on an operator's wish. */
    public void syncNow() {
        lock.lock();
        try {
            isUrgent = true;
        } finally {
            lock.unlock();
        }
        wake(true);
    }

    private void wake(boolean full) {
        lock.lock();
        try {
            hasWork = true;
            wantsFull |= full;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Instant nextFull = clock.instant().plus(staggered(agent.fullSyncInterval()));
        Duration retry = FIRST_RETRY;
        try {
            while (!stopped) {
                boolean full = await(nextFull) || !clock.instant().isBefore(nextFull);
                try {
                    agent.push(full);
                    retry = FIRST_RETRY;
                    if (full) {
                        nextFull = clock.instant().plus(staggered(agent.fullSyncInterval()));
                    }
                } catch (RuntimeException e) {
                    LOG.warn("catalog sync failed retryIn={} full={}", retry, full, e);
                    pause(retry);
                    retry = retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
                    wake(full);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("agent loop ended");
        }
    }

    /** Waits for work or for the next moment at which something is due; whether a full comparison is wanted. */
    private boolean await(Instant nextFull) throws InterruptedException {
        lock.lock();
        try {
            if (!hasWork) {
                Instant due = agent.state().nextEvent().filter(event -> event.isBefore(nextFull)).orElse(nextFull);
                Duration wait = Duration.between(clock.instant(), due);
                work.await(Math.clamp(wait.toNanos(), 1, LONGEST_WAIT.toNanos()), TimeUnit.NANOSECONDS);
            }
            boolean full = wantsFull;
            hasWork = false;
            wantsFull = false;
            isUrgent = false;
            return full;
        } finally {
            lock.unlock();
        }
    }

    /** After a failure: changes do not end it, or each of them would be a further attempt; an operator's wish does. */
    private void pause(Duration time) throws InterruptedException {
        lock.lock();
        try {
            long left = time.toNanos();
            while (left > 0 && !isUrgent) {
                left = work.awaitNanos(left);
            }
            isUrgent = false;
        } finally {
            lock.unlock();
        }
    }

    private Duration staggered(Duration interval) {
        return interval.plusNanos(random.nextLong(Math.max(interval.toNanos() / 16, 1)));
    }

    /** Ends the thread; a push under way is interrupted. */
    @Override
    public void close() throws InterruptedException {
        stopped = true;
        agent.followed(false);
        if (thread != null) {
            thread.interrupt();
            thread.join(Duration.ofSeconds(5));
        }
    }
}
