package muster.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this server leads, told to whoever listens, on a thread of its own and each change once. Thread-safe. */
final class Leadership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final List<LeadershipListener> listeners = new ArrayList<>();
    private final ExecutorService telling =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("log-leadership").daemon().factory());
    private boolean leads;
    private boolean closed;

    /** A listener that comes while this server leads is told so. */
    synchronized void add(LeadershipListener listener) {
        listeners.add(listener);
        if (leads) {
            tell(List.of(listener), true);
        }
    }

    synchronized void changed(boolean now) {
        if (now != leads && !closed) {
            leads = now;
            LOG.info("leadership leads={}", now);
            tell(List.copyOf(listeners), now);
        }
    }

    private void tell(List<LeadershipListener> told, boolean now) {
        if (told.isEmpty()) {
            return;
        }
        try {
            telling.execute(() -> told.forEach(listener -> tellOne(listener, now)));
        } catch (RejectedExecutionException e) {
            LOG.debug("leadership not told, the log is closed");
        }
    }

    private static void tellOne(LeadershipListener listener, boolean now) {
        try {
            listener.leads(now);
        } catch (RuntimeException e) {
            LOG.error("leadership listener failed leads={}", now, e);
        }
    }

    /** Tells the end of a lead, then nothing more. */
    @Override
    public synchronized void close() {
        changed(false);
        closed = true;
        telling.shutdown();
    }
}
