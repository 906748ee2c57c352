package muster.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import muster.registry.client.NodeWithServices;
import muster.registry.client.HealthCheck;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the registry's agent at what this node runs: a change goes out at once, a failed one is tried again with growing
 * pauses, and a full pass now and then puts back what was lost and takes out workload services nobody here knows of.
 * Thread-safe; one virtual thread does the calls, in the order of the changes.
 */
final class RegistrySync implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrySync.class);
    private static final Duration FULL_PASS = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final String WORKLOAD_PREFIX = "_nomad-task-";

    private final RegistryClient registry;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** What should be there; guarded by the lock, as are the next two. */
    private final Map<String, ServiceRegistration> wanted = new HashMap<>();
    private final Set<String> dirty = new LinkedHashSet<>();
    private boolean closed;
    private final Thread worker;

    RegistrySync(RegistryClient registry) {
        this.registry = registry;
        worker = Thread.ofVirtual().name("registry-sync").start(this::run);
    }

    /** Registers these, or replaces what is there under their ids. Does not wait. */
    void put(Collection<ServiceRegistration> registrations) {
        lock.lock();
        try {
            for (ServiceRegistration registration : registrations) {
                if (!registration.equals(wanted.put(registration.id(), registration))) {
                    dirty.add(registration.id());
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes these out and waits until the registry has them no more, or for the given time. Whether it has. */
    boolean remove(Collection<String> ids, Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            for (String id : ids) {
                if (wanted.remove(id) != null) {
                    dirty.add(id);
                }
            }
            changed.signalAll();
            long left = atMost.toNanos();
            while (!closed && left > 0 && ids.stream().anyMatch(dirty::contains)) {
                left = changed.awaitNanos(left);
            }
            return ids.stream().noneMatch(dirty::contains);
        } finally {
            lock.unlock();
        }
    }

    /** Takes everything out, for an agent that ends; does not wait. */
    void withdraw() {
        lock.lock();
        try {
            dirty.addAll(wanted.keySet());
            wanted.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Reports a check's result; a lost one is made up for by the next. */
    void report(String checkId, HealthCheck.Status status, String output) {
        try {
            registry.updateCheck(checkId, status, output);
        } catch (RegistryException e) {
            LOG.debug("check result not reported check={} error={}", checkId, e.getMessage());
        }
    }

    private void run() {
        Duration pause = Duration.ZERO;
        while (true) {
            try {
                Map<String, Optional<ServiceRegistration>> work = next(pause);
                if (work == null) {
                    return;
                }
                if (work.isEmpty()) {
                    compare();
                }
                work.forEach(this::apply);
                pause = Duration.ZERO;
            } catch (RegistryException e) {
                if (isClosed()) {
                    return;
                }
                pause = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2).compareTo(FULL_PASS) > 0 ? FULL_PASS : pause.multipliedBy(2);
                LOG.warn("registry not in step, trying again pause={} error={}", pause, e.getMessage());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** The changes to make, none of them when it is time for a full pass, null at the end. */
    private Map<String, Optional<ServiceRegistration>> next(Duration pause) throws InterruptedException {
        lock.lock();
        try {
            long left = pause.toNanos();
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            left = FULL_PASS.toNanos();
            while (!closed && dirty.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (closed && dirty.isEmpty()) {
                return null;
            }
            Map<String, Optional<ServiceRegistration>> work = new LinkedHashMap<>();
            dirty.forEach(id -> work.put(id, Optional.ofNullable(wanted.get(id))));
            return work;
        } finally {
            lock.unlock();
        }
    }

    private void apply(String id, Optional<ServiceRegistration> registration) {
        if (registration.isPresent()) {
            registry.register(registration.get());
        } else {
            registry.deregister(id);
        }
        lock.lock();
        try {
            // Done, unless it was changed again meanwhile.
            if (Optional.ofNullable(wanted.get(id)).equals(registration)) {
                dirty.remove(id);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void compare() {
        Query<Optional<NodeWithServices>> query = new Query.NodeServices(registry.self().nodeName(), Query.Scope.LOCAL);
        Optional<NodeWithServices> node = registry.read(query).value();
        Set<String> present = new LinkedHashSet<>();
        node.ifPresent(n -> n.services().stream().map(ServiceInstance::id).forEach(present::add));
        lock.lock();
        try {
            for (String id : wanted.keySet()) {
                if (!present.contains(id)) {
                    dirty.add(id);
                }
            }
            for (String id : present) {
                if (id.startsWith(WORKLOAD_PREFIX) && !wanted.containsKey(id)) {
                    dirty.add(id);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends after what is pending went out, at most two seconds. */
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
            worker.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        worker.interrupt();
    }
}
