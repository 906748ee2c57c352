package muster.template.watch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads queries one after the other with a few threads: at once, soon, or round and round. While there is nothing to read it does
 * nothing. Any thread may call.
 */
final class TurnReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TurnReader.class);
    /** In one round each of those that take turns is read once; a round takes at least this long. */
    private static final Duration ROUND = Duration.ofSeconds(10);
    /** Between two of those that are to be read soon. */
    private static final Duration STEP = Duration.ofMillis(20);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    /** Takes what was read, or why it could not be. */
    interface Receiver {
        void read(Query<?> query, Optional<?> value, Optional<String> failure);
    }

    private final RegistryClient registry;
    private final int threads;
    private final Predicate<Query<?>> isWanted;
    private final Receiver receiver;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    /** Guarded by the lock, as is all that follows. Each oldest first, none twice. */
    private final LinkedHashSet<Query<?>> urgent = new LinkedHashSet<>();
    private final LinkedHashSet<Query<?>> unhurried = new LinkedHashSet<>();
    private final ArrayDeque<Query<?>> round = new ArrayDeque<>();
    private long nextUnhurried = System.nanoTime();
    private long nextTurn = System.nanoTime();
    /** Not read twice at a time: the older answer could come last. */
    private final Set<Query<?>> underWay = new HashSet<>();
    private final List<Thread> readers = new ArrayList<>();
    private boolean closed;

    /** @param isWanted asked before one that failed is read again */
    TurnReader(RegistryClient registry, int threads, Predicate<Query<?>> isWanted, Receiver receiver) {
        this.registry = registry;
        this.threads = threads;
        this.isWanted = isWanted;
        this.receiver = receiver;
    }

    /** These next. */
    void now(Collection<? extends Query<?>> queries) {
        add(urgent, queries);
    }

    /** Each of these once more, without hurry: some fifty a second. */
    void soon(Collection<? extends Query<?>> queries) {
        add(unhurried, queries);
    }

    private void add(LinkedHashSet<Query<?>> to, Collection<? extends Query<?>> queries) {
        lock.lock();
        try {
            if (!queries.isEmpty() && !closed) {
                to.addAll(queries);
                start();
                work.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** From now on exactly these take turns, for ever; what was to be read and is not wanted any more is left out. */
    void turns(Collection<? extends Query<?>> queries) {
        lock.lock();
        try {
            urgent.removeIf(query -> !isWanted.test(query));
            unhurried.removeIf(query -> !isWanted.test(query));
            round.clear();
            round.addAll(queries);
            if (!queries.isEmpty() && !closed) {
                start();
                work.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        for (int i = readers.size(); i < threads; i++) {
            readers.add(Thread.ofVirtual().name("template-reader-" + i).start(this::run));
        }
    }

    private void run() {
        try {
            while (true) {
                Query<?> query = next();
                try {
                    read(query);
                } finally {
                    finished(query);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("reader ended");
        }
    }

    private void read(Query<?> query) throws InterruptedException {
        try {
            receiver.read(query, Optional.of(registry.read(query).value()), Optional.empty());
        } catch (RegistryException e) {
            receiver.read(query, Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
            Thread.sleep(AFTER_FAILURE);
            // What neither has a blocking query nor takes turns would not be looked at again.
            if (isWanted.test(query)) {
                now(List.of(query));
            }
        }
    }

    private void finished(Query<?> query) {
        lock.lock();
        try {
            underWay.remove(query);
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Holds the lock. The first that nobody reads. */
    private Optional<Query<?>> take(Collection<Query<?>> from) {
        for (Query<?> query : from) {
            if (underWay.add(query)) {
                from.remove(query);
                return Optional.of(query);
            }
        }
        return Optional.empty();
    }

    private Query<?> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                Optional<Query<?>> found = take(urgent);
                if (found.isPresent()) {
                    return found.get();
                }
                long now = System.nanoTime();
                long pause = Long.MAX_VALUE;
                if (!unhurried.isEmpty()) {
                    pause = nextUnhurried - now;
                    if (pause <= 0) {
                        nextUnhurried = now + STEP.toNanos();
                        pause = STEP.toNanos();
                        found = take(unhurried);
                    }
                }
                if (found.isEmpty() && !round.isEmpty()) {
                    pause = Math.min(pause, nextTurn - now);
                    if (nextTurn - now <= 0) {
                        nextTurn = now + ROUND.toNanos() / round.size();
                        pause = Math.min(pause, nextTurn - now);
                        found = take(round);
                        found.ifPresent(round::addLast);
                    }
                }
                if (found.isPresent()) {
                    return found.get();
                }
                if (pause == Long.MAX_VALUE) {
                    work.await();
                } else {
                    work.await(pause, TimeUnit.NANOSECONDS);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            readers.forEach(Thread::interrupt);
        } finally {
            lock.unlock();
        }
    }
}
