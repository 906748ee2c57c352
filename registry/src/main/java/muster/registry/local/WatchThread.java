package muster.registry.local;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls one listener, on a virtual thread of its own. A view that was not yet told when a newer one comes is left out, so
 * nothing queues up behind a slow listener.
 */
final class WatchThread<T> {
    private static final Logger LOG = LoggerFactory.getLogger(WatchThread.class);

    private final Query<T> query;
    private final RegistryClient.Listener<T> listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    /** Held during a call, so that closing from elsewhere waits for its end. */
    private final ReentrantLock calling = new ReentrantLock();
    private final Thread thread;
    private View<T> untold;
    private volatile boolean closed;

    WatchThread(Query<T> query, RegistryClient.Listener<T> listener) {
        this.query = query;
        this.listener = listener;
        thread = Thread.ofVirtual().name("watch " + query.getClass().getSimpleName()).start(this::run);
    }

    void offer(View<T> view) {
        lock.lock();
        try {
            untold = view;
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    /** When this returns the listener is not called any more, unless it is the listener that closes. */
    void close() {
        closed = true;
        offer(null);
        if (Thread.currentThread() != thread) {
            calling.lock();
            calling.unlock();
        }
    }

    private void run() {
        try {
            while (!closed) {
                View<T> view = next();
                calling.lock();
                try {
                    if (!closed && view != null) {
                        tell(view);
                    }
                } finally {
                    calling.unlock();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("watch interrupted query={}", query);
        }
    }

    private View<T> next() throws InterruptedException {
        lock.lock();
        try {
            while (untold == null && !closed) {
                news.await();
            }
            View<T> view = untold;
            untold = null;
            return view;
        } finally {
            lock.unlock();
        }
    }

    private void tell(View<T> view) {
        try {
            listener.changed(view);
        } catch (RuntimeException e) {
            LOG.warn("watch listener failed query={}", query, e);
        }
    }
}
