package muster.scheduler.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import muster.scheduler.state.Allocation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what the allocations report to the server: the first change at once, and what comes while a report is under way
 * together in the next, only the newest of each allocation. Thread-safe; one virtual thread sends.
 */
final class StatusReports implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusReports.class);
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final ServerApi servers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Allocation> waiting = new LinkedHashMap<>();
    private boolean closed;
    private final Thread sender;

    StatusReports(ServerApi servers) {
        this.servers = servers;
        sender = Thread.ofVirtual().name("status-reports").start(this::run);
    }

    void add(Allocation allocation) {
        lock.lock();
        try {
            waiting.put(allocation.id(), allocation);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (List<Allocation> batch = next(); !batch.isEmpty(); batch = next()) {
                try {
                    servers.updateAllocations(batch);
                } catch (RuntimeException e) {
                    // Whatever the reason, a report that is lost would leave the server believing an old state.
                    LOG.warn("status not reported, trying again allocations={} error={}", batch.size(), e.toString());
                    keep(batch);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Allocation> next() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.await();
            }
            List<Allocation> batch = List.copyOf(waiting.values());
            waiting.clear();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void keep(List<Allocation> batch) throws InterruptedException {
        lock.lock();
        try {
            batch.forEach(allocation -> waiting.putIfAbsent(allocation.id(), allocation));
            long left = RETRY_NANOS;
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
            if (closed) {
                waiting.clear();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends after a last report, at most a second. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            sender.join(java.time.Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sender.interrupt();
    }
}
