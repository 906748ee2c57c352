package muster.raft;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Tells the other servers soon how far the log is committed, so that who waits there for a change sees it. The engine tells
 * them with the next entry, or else with the next heartbeat, which may be hundreds of milliseconds away. So when an entry was
 * applied and none follows within {@value #PAUSE_MILLIS} ms, the leader asks for a round of heartbeats. Thread-safe.
 */
final class CommitNews implements AutoCloseable {
    private static final long PAUSE_MILLIS = 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final BooleanSupplier quiet;
    private final Runnable heartbeat;
    private boolean news;
    private boolean closed;
    private Thread thread;

    /**
     * @param quiet whether no entry is under way that would carry the news
     * @param heartbeat asks for a round of heartbeats; must not block
     */
    CommitNews(BooleanSupplier quiet, Runnable heartbeat) {
        this.quiet = quiet;
        this.heartbeat = heartbeat;
    }

    void start() {
        thread = Thread.ofPlatform().name("log-commit-news").daemon().start(this::run);
    }

    /** An entry was applied on this server, which leads. */
    void committed() {
        lock.lock();
        try {
            if (!news) {
                news = true;
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (true) {
            lock.lock();
            try {
                while (!news && !closed) {
                    changed.await();
                }
                if (closed) {
                    return;
                }
                news = false;
            } catch (InterruptedException e) {
                return;
            } finally {
                lock.unlock();
            }
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
            if (quiet.getAsBoolean()) {
                heartbeat.run();
            }
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}
