package muster.template.share;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import muster.template.source.ApiException;
import muster.template.source.Locks;

/**
 * Who leads which key: holds one session, takes keys that nobody holds, and sets those that it holds. Any thread may ask and
 * tell; one virtual thread speaks to the registry, keeps the session, and tries again after a pause where that fails.
 */
final class Election implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LAST_WORD = Duration.ofSeconds(2);
    private static final int TOO_LARGE = 413;
    /** What a new leader leaves first. */
    private static final byte[] NOTHING = new Bundle(false, Map.of()).bytes();
    /** What one leaves whose values do not fit: everybody reads for himself. */
    private static final byte[] UNSHARED = new Bundle(true, Map.of()).bytes();

    private final Locks locks;
    private final Duration ttl;
    private final Consumer<String> log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    /** Guarded by the lock, as is what follows. */
    private final Set<String> vacant = new LinkedHashSet<>();
    private final Set<String> led = new HashSet<>();
    private final Map<String, byte[]> toLeave = new LinkedHashMap<>();
    private boolean alone;
    private boolean closed;
    private Consumer<String> changed = key -> { };
    private Collection<String> keys = Set.of();
    private Thread thread;
    /** The thread's own. */
    private Optional<String> session = Optional.empty();
    private long renewAt;

    Election(Locks locks, Duration ttl, Consumer<String> log) {
        this.locks = locks;
        this.ttl = ttl;
        this.log = log;
    }

    /** @param told of keys that are led, or not any more */
    void start(Consumer<String> told, Collection<String> all) {
        changed = told;
        keys = all;
        thread = Thread.ofVirtual().name("template-sharing").start(this::run);
    }

    boolean leads(String key) {
        lock.lock();
        try {
            return led.contains(key);
        } finally {
            lock.unlock();
        }
    }

    /** Whether no session can be had at present. */
    boolean isAlone() {
        lock.lock();
        try {
            return alone;
        } finally {
            lock.unlock();
        }
    }

    /** A key was seen to be held by this session, "" by none. */
    void held(String key, String holder) {
        lock.lock();
        try {
            if (holder.isEmpty() && !led.contains(key) && vacant.add(key)) {
                work.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sets a key that is led. */
    void leave(String key, byte[] value) {
        lock.lock();
        try {
            if (led.contains(key)) {
                toLeave.put(key, value);
                work.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (true) {
                try {
                    keepSession();
                    rest();
                    takeVacant();
                    leaveValues();
                } catch (ApiException e) {
                    log.accept("(dedup) " + e.getMessage());
                    lose();
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            end();
        }
    }

    private void keepSession() throws InterruptedException {
        boolean due = session.isEmpty() || renewAt - System.nanoTime() <= 0;
        if (!due) {
            return;
        }
        if (session.isPresent() && !locks.renew(session.get())) {
            lose();
        }
        if (session.isEmpty()) {
            session = Optional.of(locks.create(ttl));
        }
        renewAt = System.nanoTime() + ttl.dividedBy(3).toNanos();
        setAlone(false);
    }

    /** The session is gone or can't be kept: nothing is led any more. */
    private void lose() {
        session = Optional.empty();
        Set<String> lost;
        lock.lock();
        try {
            lost = Set.copyOf(led);
            led.clear();
            toLeave.clear();
        } finally {
            lock.unlock();
        }
        setAlone(true);
        lost.forEach(changed);
    }

    private void setAlone(boolean now) {
        lock.lock();
        try {
            if (alone == now) {
                return;
            }
            alone = now;
        } finally {
            lock.unlock();
        }
        keys.forEach(changed);
    }

    /** Until there is something to do, or the session wants to be renewed. */
    private void rest() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = renewAt - System.nanoTime();
            while (vacant.isEmpty() && toLeave.isEmpty() && left > 0) {
                left = work.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void takeVacant() throws InterruptedException {
        for (Optional<String> key = nextVacant(); key.isPresent(); key = nextVacant()) {
            if (locks.acquire(key.get(), NOTHING, session.orElseThrow())) {
                lock.lock();
                try {
                    led.add(key.get());
                } finally {
                    lock.unlock();
                }
                changed.accept(key.get());
            }
        }
    }

    private Optional<String> nextVacant() {
        lock.lock();
        try {
            Optional<String> first = vacant.stream().findFirst();
            first.ifPresent(vacant::remove);
            return first;
        } finally {
            lock.unlock();
        }
    }

    private void leaveValues() throws InterruptedException {
        Map<String, byte[]> values;
        lock.lock();
        try {
            values = Map.copyOf(toLeave);
            toLeave.clear();
        } finally {
            lock.unlock();
        }
        for (Map.Entry<String, byte[]> value : values.entrySet()) {
            if (!put(value.getKey(), value.getValue())) {
                lock.lock();
                try {
                    led.remove(value.getKey());
                } finally {
                    lock.unlock();
                }
                changed.accept(value.getKey());
            }
        }
    }

    private boolean put(String key, byte[] value) throws InterruptedException {
        try {
            return locks.acquire(key, value, session.orElseThrow());
        } catch (ApiException e) {
            if (e.status() != TOO_LARGE) {
                throw e;
            }
            log.accept("(dedup) the values of a template are too large for one key and are not shared key=" + key + " bytes=" + value.length);
            return locks.acquire(key, UNSHARED, session.orElseThrow());
        }
    }

    /** Lets go, so that others need not wait for the session's time. */
    private void end() {
        session.ifPresent(held -> {
            try {
                locks.destroy(held);
            } catch (ApiException e) {
                log.accept("(dedup) the session is left to its time: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        if (thread != null) {
            thread.interrupt();
            try {
                if (!thread.join(LAST_WORD)) {
                    log.accept("(dedup) the session is left to its time: no answer");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        locks.close();
    }
}
