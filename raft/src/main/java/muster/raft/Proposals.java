package muster.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What is proposed on this server, from the queue to the answer. A thread takes what waits, as one batch, and delivers its entry
 * itself, so that an entry that has to be sent to another server is handed over no more often than one that is written here. Any
 * thread may call.
 *
 * <p>At most {@value #PIPELINE} entries are under way, and a further one goes beside others only when it is worth it: as soon as a {@value
 * #WORTH}th as many commands wait as are under way. So one that comes while little is under way goes at once, and the more proposers
 * there are, the more commands share the cost of an entry and its sync.
 */
final class Proposals {
    /** More commands in one entry would delay the first answer for ever less gain. */
    static final int MAX_BATCH = MemoryLogGroup.MAX_BATCH;
    static final int MAX_PENDING = MemoryLogGroup.MAX_PENDING;
    static final int PIPELINE = 4;
    private static final int WORTH = 2;
    /** A batch is closed when it has as much; one command may be larger. */
    private static final int BATCH_BYTES = 1 << 20;

    /** Gets entries into the log. A batch is answered by {@link #applied} or failed by {@link #fail}. */
    interface Delivery {
        /**
         * Writes an entry here, or answers false where another server has to. Called in the order of the proposals, by one thread at a
         * time; must not block.
         */
        boolean write(Batch batch, byte[] entry);

        /** Has another server write it. May block for as long as it is on its way: others are delivered meanwhile. */
        void send(Batch batch, byte[] entry);
    }

    private enum Phase {
        NEW, TAKING, ENDED
    }

    private final Object lock = new Object();
    private final ArrayDeque<Proposal<?>> pending = new ArrayDeque<>();
    private final Map<Long, Batch> underWay = new ConcurrentHashMap<>();
    private final LongSupplier calls;
    private final Delivery delivery;
    /** The next six are guarded by the lock. */
    private final List<Thread> proposers = new ArrayList<>();
    private Phase phase = Phase.NEW;
    /** Proposers that wait for something to propose. */
    private int idle;
    /** Whether a proposer has a batch in its hands that is not written here yet. */
    private boolean taking;
    private int commandsUnderWay;
    /** The number of the last batch. */
    private long newest;

    /** @param calls the number of the next entry, each one more than the last */
    Proposals(LongSupplier calls, Delivery delivery) {
        this.calls = calls;
        this.delivery = delivery;
    }

    /** Begins to take proposals; false where it was ended before. */
    boolean start() {
        synchronized (lock) {
            if (phase != Phase.NEW) {
                return false;
            }
            phase = Phase.TAKING;
            addProposer();
            return true;
        }
    }

    /** Only under the lock. */
    private void addProposer() {
        proposers.add(Thread.ofPlatform().name("log-propose-" + proposers.size()).daemon().start(this::proposeUntilEnded));
    }

    <C, R> CompletableFuture<Applied<R>> add(Part<C, R> part, byte[] command) {
        CompletableFuture<Applied<R>> answer = new CompletableFuture<>();
        synchronized (lock) {
            if (phase != Phase.TAKING) {
                return CompletableFuture.failedFuture(new NotLeaderException(
                        phase == Phase.ENDED ? "the log is closed" : "the log is not started", Optional.empty()));
            }
            if (pending.size() >= MAX_PENDING) {
                return CompletableFuture.failedFuture(new NotLeaderException(
                        MAX_PENDING + " commands wait to be applied already; propose again when there are fewer",
                        Optional.empty()));
            }
            pending.add(new Proposal<>(part.name(), command, answer));
            wake();
        }
        return answer;
    }

    /** Has a proposer look, if there is something for it to do: a thread that wakes for nothing costs as much as an entry. Only under the lock. */
    private void wake() {
        if (idle > 0 && isDue()) {
            lock.notify();
        }
    }

    private void proposeUntilEnded() {
        while (true) {
            Batch batch;
            synchronized (lock) {
                awaitDue();
                if (phase != Phase.TAKING) {
                    break;
                }
                batch = new Batch(calls.getAsLong(), takeBatch());
                newest = batch.call();
                underWay.put(newest, batch);
                commandsUnderWay += batch.proposals().size();
                taking = true;
            }
            byte[] entry = EntryBytes.write(batch.proposals());
            if (delivery.write(batch, entry)) {
                synchronized (lock) {
                    taking = false;
                }
            } else {
                othersPropose();
                delivery.send(batch, entry);
            }
        }
        failPending();
    }

    /** Somebody has to look while this proposer is blocked. */
    private void othersPropose() {
        synchronized (lock) {
            taking = false;
            if (idle == 0 && proposers.size() < PIPELINE && phase == Phase.TAKING) {
                addProposer();
            }
            wake();
        }
    }

    /** Only under the lock: waits until a batch may be taken, or nothing more is. */
    private void awaitDue() {
        while (phase == Phase.TAKING && !isDue()) {
            idle++;
            try {
                lock.wait();
            } catch (InterruptedException e) {
                phase = Phase.ENDED;
            } finally {
                idle--;
            }
        }
    }

    /** Whether a further batch is to be under way now. Only under the lock. */
    private boolean isDue() {
        return !taking && !pending.isEmpty() && pending.size() * WORTH >= commandsUnderWay && underWay.size() < PIPELINE && !isFarAhead();
    }

    /** Whether the oldest batch under way is so far behind that it would count as applied when it arrives after a further one. */
    private boolean isFarAhead() {
        // Also calls that are answered by now went ahead of the oldest one.
        long oldest = newest;
        for (long call : underWay.keySet()) {
            oldest = Math.min(oldest, call);
        }
        return newest - oldest >= SeenCalls.WINDOW / 2;
    }

    /** Only under the lock. */
    private List<Proposal<?>> takeBatch() {
        List<Proposal<?>> batch = new ArrayList<>(Math.min(pending.size(), MAX_BATCH));
        int bytes = 0;
        while (batch.size() < MAX_BATCH && !pending.isEmpty()) {
            bytes += pending.peek().size();
            if (bytes > BATCH_BYTES && !batch.isEmpty()) {
                break;
            }
            batch.add(pending.poll());
        }
        return batch;
    }

    /** The batch of a call that is not answered yet. */
    Optional<Batch> find(long call) {
        return Optional.ofNullable(underWay.get(call));
    }

    /** Answers a batch with what became of its commands. */
    void applied(Batch batch, List<Outcome> outcomes) {
        remove(batch);
        batch.settle(outcomes);
    }

    /** Answers a batch with an error. */
    void fail(Batch batch, Throwable reason) {
        remove(batch);
        batch.fail(reason);
    }

    private void remove(Batch batch) {
        synchronized (lock) {
            if (underWay.remove(batch.call()) == null) {
                return;
            }
            commandsUnderWay -= batch.proposals().size();
            if (phase == Phase.TAKING) {
                wake();
            } else {
                lock.notifyAll();
            }
        }
    }

    /** Answers all that is under way and written with an error. */
    void failWritten(RuntimeException reason) {
        underWay.values().stream().filter(Batch::isWritten).forEach(batch -> fail(batch, reason));
    }

    /** Answers all that is under way with an error. */
    void failUnderWay(RuntimeException reason) {
        underWay.values().forEach(batch -> fail(batch, reason));
    }

    /** Takes nothing any more, and fails what was not taken yet. Does not wait. */
    void end() {
        boolean proposing;
        synchronized (lock) {
            phase = Phase.ENDED;
            proposing = !proposers.isEmpty();
            lock.notifyAll();
        }
        if (!proposing) {
            failPending();
        }
    }

    boolean isProposerHere() {
        synchronized (lock) {
            return proposers.contains(Thread.currentThread());
        }
    }

    /** After {@link #end}: waits until what is under way is answered, at most so long. */
    void awaitAnswers(long seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<Thread> running;
        synchronized (lock) {
            running = List.copyOf(proposers);
        }
        for (Thread proposer : running) {
            // One that waits for another server is waited for no longer than its batch is.
            proposer.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
        }
        synchronized (lock) {
            while (!underWay.isEmpty()) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (leftMillis <= 0) {
                    return;
                }
                lock.wait(leftMillis);
            }
        }
    }

    private void failPending() {
        List<Proposal<?>> left;
        synchronized (lock) {
            left = new ArrayList<>(pending);
            pending.clear();
        }
        NotLeaderException reason =
                new NotLeaderException("the log was closed before the command was written to it", Optional.empty());
        left.forEach(proposal -> proposal.fail(reason));
    }
}
