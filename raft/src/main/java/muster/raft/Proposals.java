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
 * What is proposed on this server, from the queue to the answer. One thread takes what waits, as one batch, has its entry
 * delivered, and goes on while fewer than {@value #PIPELINE} entries are under way; so the more proposers there are, the more
 * commands share the cost of a sync. Any thread may call.
 */
final class Proposals {
    /** More commands in one entry would delay the first answer for ever less gain. */
    static final int MAX_BATCH = MemoryLogGroup.MAX_BATCH;
    static final int MAX_PENDING = MemoryLogGroup.MAX_PENDING;
    static final int PIPELINE = 4;
    /** A batch is closed when it has as much; one command may be larger. */
    private static final int BATCH_BYTES = 1 << 20;

    /** Gets an entry into the log. Must not block; the batch is answered by {@link #applied} or failed by {@link #fail}. */
    interface Delivery {
        void deliver(Batch batch, byte[] entry);
    }

    private enum Phase {
        NEW, TAKING, ENDED
    }

    private final Object lock = new Object();
    private final ArrayDeque<Proposal<?>> pending = new ArrayDeque<>();
    private final Map<Long, Batch> underWay = new ConcurrentHashMap<>();
    private final LongSupplier calls;
    private final Delivery delivery;
    private Phase phase = Phase.NEW;
    private Thread proposer;
    /** The number of the last batch. The proposing thread's alone. */
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
            proposer = Thread.ofPlatform().name("log-propose").daemon().start(this::proposeUntilEnded);
            return true;
        }
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
            lock.notifyAll();
        }
        return answer;
    }

    private void proposeUntilEnded() {
        while (true) {
            List<Proposal<?>> taken;
            synchronized (lock) {
                while (phase == Phase.TAKING && (pending.isEmpty() || isFull())) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        phase = Phase.ENDED;
                    }
                }
                taken = phase == Phase.TAKING ? takeBatch() : List.of();
            }
            if (taken.isEmpty()) {
                failPending();
                return;
            }
            Batch batch = new Batch(calls.getAsLong(), taken);
            newest = batch.call();
            underWay.put(newest, batch);
            delivery.deliver(batch, EntryBytes.write(taken));
        }
    }

    /**
     * Whether no further entry may be under way: as many are, or the oldest one is so far behind that it would count as
     * applied when it arrives.
     */
    private boolean isFull() {
        if (underWay.size() >= PIPELINE) {
            return true;
        }
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
            underWay.remove(batch.call());
            lock.notifyAll();
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
            proposing = proposer != null;
            lock.notifyAll();
        }
        if (!proposing) {
            failPending();
        }
    }

    boolean isProposerHere() {
        return Thread.currentThread() == proposer;
    }

    /** After {@link #end}: waits until what is under way is answered, at most so long. */
    void awaitAnswers(long seconds) throws InterruptedException {
        if (proposer != null) {
            proposer.join();
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
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
