package muster.registry.query;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import muster.registry.state.Changes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one loop of all blocking queries. (Consul HTTP API: Blocking Queries)
 *
 * <p>A query with an index waits until the answer's index is greater, or its time is over; then it is answered with what
 * there is, whatever the index. A wait costs no thread: it is an entry in a group of equal queries, and the group is
 * registered under the parts of the state that its answer was made from. After a change the loop runs each concerned
 * group's query once, answers those of its waits that the new index satisfies, and registers the group under what it read
 * now. A run that did not move the index answers nobody.
 *
 * <p>All of the loop's own state belongs to its one thread. Futures are completed and subscribers called on that thread:
 * they must not block.
 */
public final class BlockingQueries implements AutoCloseable {
    /** How long a query waits that does not say. */
    public static final Duration DEFAULT_WAIT = Duration.ofMinutes(5);
    /** The longest wait. */
    public static final Duration MAX_WAIT = Duration.ofMinutes(10);
    /** A wait is lengthened by up to this part of itself, so that clients that came together do not return together. */
    private static final int JITTER_PART = 16;

    private static final Logger LOG = LoggerFactory.getLogger(BlockingQueries.class);

    private final HeldAnswers answers;
    private final RandomGenerator random;
    private final ScheduledThreadPoolExecutor loop;
    private final Map<StateQuery<?>, Group<?>> groups = new HashMap<>();
    private final Interests<Group<?>> interests = new Interests<>();

    /**
     * @param answers on the newest published state; asked on any thread
     * @param random for the jitter; used by the loop's thread alone
     */
    public BlockingQueries(HeldAnswers answers, RandomGenerator random) {
        this.answers = answers;
        this.random = random;
        loop = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("registry-queries").daemon().factory());
        loop.setRemoveOnCancelPolicy(true);
        loop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** A subscription to a query's answers. */
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Answers at once if the index is 0 or lower than the answer's, else as soon as it is, at the latest after the wait.
     *
     * @param wait zero or less means {@link #DEFAULT_WAIT}; more than {@link #MAX_WAIT} means that
     * @param gone completes when nobody wants the answer any more; the future is then cancelled
     */
    public <T> CompletableFuture<Answer<T>> await(
            StateQuery<T> query, long index, Duration wait, CompletionStage<?> gone) {
        Answer<T> now = answers.answer(query);
        if (index == 0 || Long.compareUnsigned(now.index(), index) > 0) {
            return CompletableFuture.completedFuture(now);
        }
        Waiter<T> waiter = new Waiter<>(index);
        inLoop(() -> join(query, waiter, bounded(wait)));
        gone.whenComplete((done, failed) -> waiter.answer.cancel(false));
        waiter.answer.whenComplete((answer, failed) -> {
            if (waiter.answer.isCancelled()) {
                inLoop(() -> leave(query, waiter));
            }
        });
        return waiter.answer;
    }

    /**
     * Calls the listener with the first answer and then with each one of another index or value, in order, until the
     * subscription is closed. Calls come on the loop's thread and must not block.
     */
    public <T> Subscription subscribe(StateQuery<T> query, Consumer<Answer<T>> listener) {
        Subscriber<T> subscriber = new Subscriber<>(listener);
        inLoop(() -> {
            Group<T> group = group(query);
            group.subscribers.add(subscriber);
            if (refresh(group)) {
                subscriber.offer(group.answer);
            }
        });
        return () -> {
            subscriber.closed = true;
            inLoop(() -> {
                Group<T> group = group(query);
                group.subscribers.remove(subscriber);
                dropIfIdle(group);
            });
        };
    }

    /** To be called after each change, once the supplier of snapshots gives the state that holds it. Any thread. */
    public void changed(Changes changes) {
        if (!changes.touched().isEmpty() || changes.everything()) {
            inLoop(() -> wake(changes));
        }
    }

    /** How many queries wait at present, for status pages. */
    public int waiting() {
        if (loop.isShutdown()) {
            return 0;
        }
        return CompletableFuture
                .supplyAsync(() -> groups.values().stream().mapToInt(group -> group.waiters.size()).sum(), loop)
                .join();
    }

    /** Ends all waits: their futures are cancelled. */
    @Override
    public void close() {
        inLoop(() -> List.copyOf(groups.values())
                .forEach(group -> List.copyOf(group.waiters).forEach(waiter -> waiter.answer.cancel(false))));
        loop.shutdown();
    }

    private void inLoop(Runnable task) {
        try {
            loop.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.error("blocking query loop task failed", e);
                }
            });
        } catch (RejectedExecutionException closed) {
            LOG.debug("blocking queries are closed");
        }
    }

    private Duration bounded(Duration wait) {
        Duration asked = wait.isPositive() ? wait : DEFAULT_WAIT;
        Duration allowed = asked.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : asked;
        long jitterNanos = allowed.toNanos() / JITTER_PART;
        return jitterNanos == 0 ? allowed : allowed.plusNanos(random.nextLong(jitterNanos));
    }

    private <T> void join(StateQuery<T> query, Waiter<T> waiter, Duration wait) {
        if (waiter.answer.isDone()) {
            return;
        }
        Group<T> group = group(query);
        group.waiters.add(waiter);
        waiter.timer = loop.schedule(() -> expire(query, waiter), wait.toNanos(), TimeUnit.NANOSECONDS);
        Answer<T> before = group.answer;
        if (refresh(group)) {
            if (group.answer == before) {
                group.answerIfDue(waiter, false); // the others were looked at when this answer came
            } else {
                group.answerWaiters(false);
            }
        }
        dropIfIdle(group);
    }

    private <T> void leave(StateQuery<T> query, Waiter<T> waiter) {
        if (waiter.timer != null) {
            waiter.timer.cancel(false);
        }
        Group<T> group = group(query);
        group.waiters.remove(waiter);
        dropIfIdle(group);
    }

    private <T> void expire(StateQuery<T> query, Waiter<T> waiter) {
        leave(query, waiter);
        try {
            waiter.answer.complete(answers.answer(query));
        } catch (RuntimeException e) {
            waiter.answer.completeExceptionally(e);
        }
    }

    private void wake(Changes changes) {
        for (Group<?> group : interests.concerned(changes)) {
            if (refresh(group)) {
                group.answerWaiters(changes.everything());
                group.answerSubscribers();
            }
            dropIfIdle(group);
        }
    }

    /** Runs the group's query and registers it under what it read; false when it failed, which ends its waits. */
    private <T> boolean refresh(Group<T> group) {
        try {
            Answer<T> answer = answers.answer(group.query);
            if (answer != group.answer) {
                group.answer = answer;
                interests.set(group, answer.read());
            }
            return true;
        } catch (RuntimeException e) {
            group.fail(e);
            return false;
        }
    }

    @SuppressWarnings("unchecked") // a group is only ever stored under its own query
    private <T> Group<T> group(StateQuery<T> query) {
        return (Group<T>) groups.computeIfAbsent(query, q -> new Group<>(query));
    }

    private void dropIfIdle(Group<?> group) {
        if (group.waiters.isEmpty() && group.subscribers.isEmpty()) {
            groups.remove(group.query);
            interests.remove(group);
        }
    }

    /** Who waits for one query's answers. */
    private static final class Group<T> {
        private final StateQuery<T> query;
        private final Set<Waiter<T>> waiters = new LinkedHashSet<>();
        private final Set<Subscriber<T>> subscribers = new LinkedHashSet<>();
        private Answer<T> answer;

        Group(StateQuery<T> query) {
            this.query = query;
        }

        void answerWaiters(boolean all) {
            for (Waiter<T> waiter : new ArrayList<>(waiters)) {
                answerIfDue(waiter, all);
            }
        }

        void answerIfDue(Waiter<T> waiter, boolean anyway) {
            if (anyway || Long.compareUnsigned(answer.index(), waiter.index) > 0) {
                waiters.remove(waiter);
                waiter.timer.cancel(false);
                waiter.answer.complete(answer);
            }
        }

        void answerSubscribers() {
            for (Subscriber<T> subscriber : new ArrayList<>(subscribers)) {
                subscriber.offer(answer);
            }
        }

        void fail(RuntimeException failure) {
            for (Waiter<T> waiter : new ArrayList<>(waiters)) {
                waiters.remove(waiter);
                waiter.timer.cancel(false);
                waiter.answer.completeExceptionally(failure);
            }
        }
    }

    /** One wait; its timer is set when the loop takes it in. */
    private static final class Waiter<T> {
        private final long index;
        private final CompletableFuture<Answer<T>> answer = new CompletableFuture<>();
        private Future<?> timer;

        Waiter(long index) {
            this.index = index;
        }
    }

    /** One subscription and what it was last told. */
    private static final class Subscriber<T> {
        private final Consumer<Answer<T>> listener;
        private volatile boolean closed;
        private Answer<T> last;

        Subscriber(Consumer<Answer<T>> listener) {
            this.listener = listener;
        }

        void offer(Answer<T> answer) {
            if (closed || last != null && last.index() == answer.index() && last.value().equals(answer.value())) {
                return;
            }
            last = answer;
            try {
                listener.accept(answer);
            } catch (RuntimeException e) {
                LOG.warn("subscriber failed", e);
            }
        }
    }
}
