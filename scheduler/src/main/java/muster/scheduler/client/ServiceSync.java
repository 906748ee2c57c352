package muster.scheduler.client;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a directory of services at what this node runs: a change goes out at once, a failed one is tried again with growing
 * pauses, what was listed and is not any more is put back as soon as the directory tells, and a full pass now and then takes out workload
 * services nobody here knows of. Thread-safe; one virtual thread does the calls, in the order of the changes.
 *
 * @param <R> a registration; equal ones are the same
 */
final class ServiceSync<R> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceSync.class);
    private static final Duration FULL_PASS = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /** Where services are listed. Each method may fail with an unchecked exception, and is then tried again. */
    interface Directory<R> extends AutoCloseable {
        /** Lists it, or replaces what is there under the id. */
        void register(R registration);

        void deregister(String id);

        /** The ids of this node's workload services that are listed. */
        Set<String> present();

        /** Tells the same whenever it may have changed, from now on, where the directory can. */
        default void follow(Consumer<Set<String>> present) {}

        @Override
        default void close() {}
    }

    private final Directory<R> directory;
    private final Duration fullPass;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** What should be there; guarded by the lock, as is what follows. */
    private final Map<String, R> wanted = new HashMap<>();
    private final Set<String> dirty = new LinkedHashSet<>();
    private final Set<String> failed = new LinkedHashSet<>();
    /** What was seen listed: if it is missing after that, it was lost. */
    private final Set<String> seen = new HashSet<>();
    private boolean closed;
    private boolean lastTry;
    /** The worker's. */
    private boolean following;
    private final Thread worker;

    ServiceSync(String name, Directory<R> directory) {
        this(name, directory, FULL_PASS);
    }

    ServiceSync(String name, Directory<R> directory, Duration fullPass) {
        this.directory = directory;
        this.fullPass = fullPass;
        worker = Thread.ofVirtual().name(name).start(this::run);
    }

    /** Registers these, by their ids, or replaces what is there. Does not wait. */
    void put(Map<String, R> registrations) {
        lock.lock();
        try {
            registrations.forEach((id, registration) -> {
                if (!registration.equals(wanted.put(id, registration))) {
                    failed.remove(id);
                    dirty.add(id);
                }
            });
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes these out; does not wait. */
    void drop(Collection<String> ids) {
        lock.lock();
        try {
            for (String id : ids) {
                if (wanted.remove(id) != null) {
                    failed.remove(id);
                    dirty.add(id);
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes these out and waits until they are listed no more, or for the given time. Whether they are not. */
    boolean remove(Collection<String> ids, Duration atMost) throws InterruptedException {
        drop(ids);
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (!closed && left > 0 && ids.stream().anyMatch(dirty::contains)) {
                left = changed.awaitNanos(left);
            }
            return ids.stream().noneMatch(id -> dirty.contains(id) || failed.contains(id));
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

    private void run() {
        Duration pause = FIRST_PAUSE;
        try {
            for (Optional<Set<String>> work = next(pause); work.isPresent(); work = next(pause)) {
                boolean failed = work.get().isEmpty() ? !compare() : !applyAll(work.get());
                pause = !failed ? FIRST_PAUSE : pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The ids to bring in step, none of them when it is time for a full pass; empty at the end. Failed ones wait for the pause. */
    private Optional<Set<String>> next(Duration pause) throws InterruptedException {
        lock.lock();
        try {
            long left = (failed.isEmpty() ? fullPass : pause).toNanos();
            while (!closed && dirty.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (dirty.isEmpty()) {
                dirty.addAll(failed);
                failed.clear();
            }
            if (closed && (dirty.isEmpty() || lastTry)) {
                return Optional.empty();
            }
            lastTry = closed;
            return Optional.of(new LinkedHashSet<>(dirty));
        } finally {
            lock.unlock();
        }
    }

    private boolean applyAll(Set<String> ids) {
        boolean all = true;
        for (String id : ids) {
            all &= apply(id);
        }
        return all;
    }

    /** One that is refused, for whatever reason, must not hold up the others. */
    private boolean apply(String id) {
        Optional<R> registration;
        lock.lock();
        try {
            registration = Optional.ofNullable(wanted.get(id));
        } finally {
            lock.unlock();
        }
        boolean done = true;
        try {
            if (registration.isPresent()) {
                directory.register(registration.get());
                if (!following) {
                    following = true;
                    directory.follow(this::present);
                }
            } else {
                directory.deregister(id);
            }
        } catch (RuntimeException e) {
            LOG.warn("services not in step, trying again service={} error={}", id, e.getMessage());
            done = false;
        }
        lock.lock();
        try {
            // Unless it was changed again meanwhile.
            if (Optional.ofNullable(wanted.get(id)).equals(registration)) {
                dirty.remove(id);
                if (!done) {
                    failed.add(id);
                }
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        return done;
    }

    /** What is listed, by the directory's own account. */
    private void present(Set<String> ids) {
        lock.lock();
        try {
            seen.retainAll(wanted.keySet());
            wanted.keySet().stream().filter(id -> seen.contains(id) && !ids.contains(id)).forEach(dirty::add);
            ids.stream().filter(wanted::containsKey).forEach(seen::add);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean compare() {
        Set<String> present;
        try {
            present = directory.present();
        } catch (RuntimeException e) {
            LOG.warn("services not compared, trying again error={}", e.getMessage());
            return false;
        }
        lock.lock();
        try {
            wanted.keySet().stream().filter(id -> !present.contains(id)).forEach(dirty::add);
            present.stream().filter(id -> !wanted.containsKey(id)).forEach(dirty::add);
        } finally {
            lock.unlock();
        }
        return true;
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
        directory.close();
    }
}
