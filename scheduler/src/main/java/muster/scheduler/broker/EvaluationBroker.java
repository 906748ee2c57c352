package muster.scheduler.broker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import muster.scheduler.state.Evaluation;

/**
 * Hands out evaluations to workers, each until it is acknowledged. The highest priority goes first, among equals the oldest;
 * of one job at most one is out, the others wait for it. One that a worker gives back is handed out again after a second,
 * then after twenty, and the third time it is {@link Delivery#last}. Evaluations with a time wait for it. Any thread.
 */
public final class EvaluationBroker {
    static final int DELIVERY_LIMIT = 3;
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LATER_RETRY = Duration.ofSeconds(20);

    /**
     * An evaluation in a worker's hands; the last delivery is to end it, whatever happens.
     *
     * @param term counts how often this was cleared: what a worker still holds from before that is no longer its business
     */
    public record Delivery(Evaluation evaluation, boolean last, long term) {}

    private record Ready(Evaluation evaluation, long order) {}

    private static final Comparator<Ready> ORDER = Comparator.<Ready>comparingInt(r -> -r.evaluation().priority())
            .thenComparingLong(r -> r.evaluation().createIndex()).thenComparingLong(Ready::order);

    private final InstantSource clock;
    private final Timers timers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition available = lock.newCondition();
    private final PriorityQueue<Ready> ready = new PriorityQueue<>(ORDER);
    private final Map<String, ArrayDeque<Evaluation>> waitingByJob = new HashMap<>();
    private final Map<String, String> outByJob = new HashMap<>();
    private final Map<String, Runnable> delayed = new HashMap<>();
    private final Map<String, Integer> deliveries = new HashMap<>();
    /** Woken while a worker had them. */
    private final Map<String, Evaluation> again = new HashMap<>();
    private final Set<String> known = new HashSet<>();
    private long order;
    private long term;

    public EvaluationBroker(InstantSource clock, Timers timers) {
        this.clock = clock;
        this.timers = timers;
    }

    /** Takes an evaluation unless it is known already. */
    public void enqueue(Evaluation evaluation) {
        lock.lock();
        try {
            if (!known.add(evaluation.id())) {
                if (evaluation.id().equals(outByJob.get(job(evaluation))) && deliveries.containsKey(evaluation.id())) {
                    again.put(evaluation.id(), evaluation);
                }
                return;
            }
            Instant until = evaluation.waitUntil() != null ? evaluation.waitUntil()
                    : clock.instant().plus(evaluation.delay());
            Duration wait = Duration.between(clock.instant(), until);
            if (wait.isPositive()) {
                delay(evaluation, wait);
            } else {
                offer(evaluation);
            }
        } finally {
            lock.unlock();
        }
    }

    private void delay(Evaluation evaluation, Duration wait) {
        delayed.put(evaluation.id(), timers.after(wait, () -> {
            lock.lock();
            try {
                if (delayed.remove(evaluation.id()) != null) {
                    offer(evaluation);
                }
            } finally {
                lock.unlock();
            }
        }));
    }

    private static String job(Evaluation evaluation) {
        return evaluation.namespace() + '\0' + evaluation.jobId();
    }

    private void offer(Evaluation evaluation) {
        if (outByJob.putIfAbsent(job(evaluation), evaluation.id()) != null) {
            waitingByJob.computeIfAbsent(job(evaluation), j -> new ArrayDeque<>()).add(evaluation);
            return;
        }
        ready.add(new Ready(evaluation, order++));
        available.signal();
    }

    /** Waits for the next evaluation. */
    public Delivery dequeue() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (ready.isEmpty()) {
                available.await();
            }
            Evaluation evaluation = ready.remove().evaluation();
            int delivery = deliveries.merge(evaluation.id(), 1, Integer::sum);
            return new Delivery(evaluation, delivery >= DELIVERY_LIMIT, term);
        } finally {
            lock.unlock();
        }
    }

    /** The worker is done with it. Does nothing for a delivery from before the last {@link #clear}. */
    public void acknowledge(Delivery delivered) {
        Evaluation evaluation = delivered.evaluation();
        lock.lock();
        try {
            if (delivered.term() != term) {
                return;
            }
            known.remove(evaluation.id());
            deliveries.remove(evaluation.id());
            release(evaluation);
            Evaluation once = again.remove(evaluation.id());
            if (once != null) {
                known.add(once.id());
                offer(once);
            }
        } finally {
            lock.unlock();
        }
    }

    private void release(Evaluation evaluation) {
        outByJob.remove(job(evaluation), evaluation.id());
        ArrayDeque<Evaluation> waiting = waitingByJob.get(job(evaluation));
        if (waiting != null) {
            Evaluation next = waiting.remove();
            if (waiting.isEmpty()) {
                waitingByJob.remove(job(evaluation));
            }
            offer(next);
        }
    }

    /** The worker could not do it: again later. Does nothing for a delivery from before the last {@link #clear}. */
    public void giveBack(Delivery delivered) {
        Evaluation evaluation = delivered.evaluation();
        lock.lock();
        try {
            if (delivered.term() != term) {
                return;
            }
            int delivery = deliveries.getOrDefault(evaluation.id(), 1);
            release(evaluation);
            delay(evaluation, delivery <= 1 ? FIRST_RETRY : LATER_RETRY);
        } finally {
            lock.unlock();
        }
    }

    /** How many are ready, how many wait for another of their job, and how many wait for their time. */
    public record Counts(int ready, int waiting, int delayed) {}

    public Counts counts() {
        lock.lock();
        try {
            return new Counts(ready.size(), waitingByJob.values().stream().mapToInt(ArrayDeque::size).sum(), delayed.size());
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all: this server leads no longer. */
    public void clear() {
        lock.lock();
        try {
            term++;
            delayed.values().forEach(Runnable::run);
            delayed.clear();
            ready.clear();
            waitingByJob.clear();
            outByJob.clear();
            deliveries.clear();
            known.clear();
            again.clear();
        } finally {
            lock.unlock();
        }
    }
}
