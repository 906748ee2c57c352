package muster.registry.client.http;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import muster.registry.client.RegistryClient;
import muster.registry.client.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener and the virtual thread that calls it, so that a slow listener delays neither the watch nor other listeners.
 * It holds only the newest view: a listener that is slower than the changes skips states, as it would with blocking queries.
 */
final class Subscription<T> implements RegistryClient.Watch {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    private final RegistryClient.Listener<T> listener;
    private final Consumer<Subscription<T>> whenClosed;
    /** Held while the listener runs, so that close can wait for it; a listener that closes its own watch holds it already. */
    private final ReentrantLock calling = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private View<T> newest;
    private boolean closed;

    Subscription(RegistryClient.Listener<T> listener, Consumer<Subscription<T>> whenClosed) {
        this.listener = listener;
        this.whenClosed = whenClosed;
        Thread.ofVirtual().name("watch listener").start(this::deliver);
    }

    void offer(View<T> view) {
        lock.lock();
        try {
            newest = view;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        whenClosed.accept(this);
        calling.lock();
        calling.unlock();
    }

    private void deliver() {
        View<T> last = null;
        while (true) {
            View<T> next = take();
            if (next == null) {
                return;
            }
            boolean same = last != null && last.value().equals(next.value()) && last.failure().equals(next.failure());
            if (!same && !call(next)) {
                return;
            }
            last = next;
        }
    }

    /** Waits for a view; null when closed. */
    private View<T> take() {
        lock.lock();
        try {
            while (newest == null && !closed) {
                changed.awaitUninterruptibly();
            }
            View<T> taken = closed ? null : newest;
            newest = null;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private boolean call(View<T> view) {
        calling.lock();
        try {
            if (isClosed()) {
                return false;
            }
            listener.changed(view);
        } catch (RuntimeException e) {
            LOG.error("watch listener failed; the watch goes on index={}", view.index(), e);
        } finally {
            calling.unlock();
        }
        return true;
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}
