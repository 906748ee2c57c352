package muster.registry.local;

import java.util.concurrent.locks.ReentrantLock;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls one listener, on a virtual thread that lives as long as there is something to tell: thousands of quiet watches hold none.
 * A view that was not yet told when a newer one comes is left out, so nothing queues up behind a slow listener.
 */
final class WatchThread<T> {
    private static final Logger LOG = LoggerFactory.getLogger(WatchThread.class);

    private final Query<T> query;
    private final RegistryClient.Listener<T> listener;
    private final ReentrantLock lock = new ReentrantLock();
    /** Held during a call, so that closing from elsewhere waits for its end. */
    private final ReentrantLock calling = new ReentrantLock();
    /** Guarded by the lock, as is the next. */
    private View<T> untold;
    private boolean telling;
    private volatile boolean closed;

    WatchThread(Query<T> query, RegistryClient.Listener<T> listener) {
        this.query = query;
        this.listener = listener;
    }

    void offer(View<T> view) {
        lock.lock();
        try {
            untold = view;
            if (!telling && !closed) {
                telling = true;
                Thread.ofVirtual().name("watch " + query.getClass().getSimpleName()).start(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    /** When this returns the listener is not called any more, unless it is the listener that closes. */
    void close() {
        closed = true;
        calling.lock();
        calling.unlock();
    }

    private void run() {
        View<T> view = next();
        while (view != null) {
            calling.lock();
            try {
                if (!closed) {
                    tell(view);
                }
            } finally {
                calling.unlock();
            }
            view = next();
        }
    }

    /** Null when there is nothing to tell: then the thread ends. */
    private View<T> next() {
        lock.lock();
        try {
            View<T> view = closed ? null : untold;
            untold = null;
            telling = view != null;
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
