package muster.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of one server, kept nowhere: what {@code -dev} runs on, and what simulations drive.
 *
 * <p>Commands queue up while a batch is being applied and become the next batch. After a batch each part that had a
 * command in it is told once to publish, then {@link #appliedIndex} moves, then the proposers get their answers: who has an
 * answer reads a state at least as new as it, and who sees an index finds that index's state published. A command that the
 * state machine refuses with an exception still takes its index, as its entry would in a replicated log.
 *
 * <p>There are two ways to run it. {@link #MemoryLogGroup(String)} applies on a thread of its own; {@link #stepped} applies
 * only inside {@link #step}, on the caller's thread, so that a test or a simulation decides when. Answers are completed on
 * the thread that applies: what is chained to them without an executor must not block, or the log stands still.
 */
public final class MemoryLogGroup implements LogGroup {
    /** More commands in one batch would delay the first answer for the sake of ever fewer publications. */
    static final int MAX_BATCH = 1_024;
    /** Beyond this the proposers outrun the state machines, and waiting longer is no answer. */
    static final int MAX_PENDING = 65_536;

    private static final Logger LOG = LoggerFactory.getLogger(MemoryLogGroup.class);

    private enum Phase {
        ATTACHING, RUNNING, CLOSED
    }

    private final String address;
    private final boolean stepped;
    private final Object lock = new Object();
    private final Map<String, Part<?, ?>> parts = new LinkedHashMap<>();
    private final ArrayDeque<Proposal<?, ?>> pending = new ArrayDeque<>();
    private Phase phase = Phase.ATTACHING;
    private final Leadership leadership = new Leadership();
    private Thread applier;
    private volatile long applied;

    /** Will apply on a thread of its own. The address is what {@link #leader} answers while this runs. */
    public MemoryLogGroup(String address) {
        this(address, false);
    }

    private MemoryLogGroup(String address, boolean stepped) {
        this.address = Objects.requireNonNull(address);
        this.stepped = stepped;
    }

    /** One that applies only when {@link #step} is called. */
    public static MemoryLogGroup stepped(String address) {
        return new MemoryLogGroup(address, true);
    }

    @Override
    public <C, R> ReplicatedLog<C, R> attach(String part, CommandCodec<C> codec, StateMachine<C, R> machine) {
        Objects.requireNonNull(codec);
        synchronized (lock) {
            if (phase != Phase.ATTACHING) {
                throw new IllegalStateException("part " + part + " has to be attached before the log starts");
            }
            Part<C, R> attached = new Part<>(machine);
            if (parts.putIfAbsent(part, attached) != null) {
                throw new IllegalStateException("a part named " + part + " is attached already; names are unique in a log");
            }
            return attached;
        }
    }

    @Override
    public void start() {
        synchronized (lock) {
            if (phase != Phase.ATTACHING) {
                throw new IllegalStateException("the log was started before; make a new one");
            }
            phase = Phase.RUNNING;
            leadership.changed(true);
            if (!stepped) {
                applier = Thread.ofPlatform().name("log-apply").daemon().start(this::applyUntilClosed);
            }
        }
    }

    @Override
    public void onLeadership(LeadershipListener listener) {
        leadership.add(listener);
    }

    @Override
    public long appliedIndex() {
        return applied;
    }

    @Override
    public boolean isLeader() {
        synchronized (lock) {
            return phase == Phase.RUNNING;
        }
    }

    @Override
    public Optional<String> leader() {
        return isLeader() ? Optional.of(address) : Optional.empty();
    }

    /**
     * Applies the commands that wait, as one batch of at most {@value #MAX_BATCH}, and returns how many that were. Only for a
     * stepped group, and by one thread at a time.
     */
    public int step() {
        if (!stepped) {
            throw new IllegalStateException("this log applies on its own thread; make it with stepped() to drive it");
        }
        List<Proposal<?, ?>> batch;
        synchronized (lock) {
            batch = phase == Phase.RUNNING ? takeBatch() : List.of();
        }
        if (!batch.isEmpty()) {
            applyBatch(batch);
        }
        return batch.size();
    }

    /** Lets the batch that is being applied finish, fails what still waits, and returns when no more will be applied. */
    @Override
    public void close() {
        Thread ending;
        synchronized (lock) {
            phase = Phase.CLOSED;
            ending = applier;
            lock.notifyAll();
        }
        if (ending != null && ending != Thread.currentThread()) {
            try {
                ending.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        failPending();
        leadership.close();
    }

    private <C, R> CompletableFuture<Applied<R>> enqueue(Part<C, R> part, C command) {
        Objects.requireNonNull(command);
        CompletableFuture<Applied<R>> answer = new CompletableFuture<>();
        synchronized (lock) {
            if (phase != Phase.RUNNING) {
                return CompletableFuture.failedFuture(new NotLeaderException(
                        phase == Phase.CLOSED ? "the log is closed" : "the log is not started", Optional.empty()));
            }
            if (pending.size() >= MAX_PENDING) {
                return CompletableFuture.failedFuture(new NotLeaderException(
                        MAX_PENDING + " commands wait to be applied already; propose again when there are fewer",
                        Optional.of(address)));
            }
            pending.add(new Proposal<>(part, command, answer));
            lock.notifyAll();
        }
        return answer;
    }

    private void applyUntilClosed() {
        while (true) {
            List<Proposal<?, ?>> batch;
            synchronized (lock) {
                while (pending.isEmpty() && phase == Phase.RUNNING) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        phase = Phase.CLOSED;
                    }
                }
                batch = phase == Phase.RUNNING ? takeBatch() : List.of();
            }
            if (batch.isEmpty()) {
                failPending();
                return;
            }
            applyBatch(batch);
        }
    }

    /** Only under the lock. */
    private List<Proposal<?, ?>> takeBatch() {
        List<Proposal<?, ?>> batch = new ArrayList<>(Math.min(pending.size(), MAX_BATCH));
        while (batch.size() < MAX_BATCH && !pending.isEmpty()) {
            batch.add(pending.poll());
        }
        return batch;
    }

    private void applyBatch(List<Proposal<?, ?>> batch) {
        long index = applied;
        try {
            Set<Part<?, ?>> touched = new LinkedHashSet<>();
            for (Proposal<?, ?> proposal : batch) {
                index++;
                proposal.apply(index);
                touched.add(proposal.part);
            }
            for (Part<?, ?> part : touched) {
                part.machine.published(index);
            }
        } catch (RuntimeException | Error e) {
            stopAfter(e, batch);
            return;
        }
        applied = index;
        for (Proposal<?, ?> proposal : batch) {
            proposal.settle();
        }
    }

    /**
     * An error inside apply, or any failure to publish, leaves a state that nobody can vouch for. The log stops: serving on
     * from such a state is worse than not serving.
     */
    private void stopAfter(Throwable cause, List<Proposal<?, ?>> batch) {
        LOG.error("log stopped, its state can't be trusted any more index={}", applied, cause);
        synchronized (lock) {
            phase = Phase.CLOSED;
            lock.notifyAll();
        }
        for (Proposal<?, ?> proposal : batch) {
            proposal.answer.completeExceptionally(cause);
        }
        failPending();
    }

    private void failPending() {
        List<Proposal<?, ?>> left;
        synchronized (lock) {
            left = new ArrayList<>(pending);
            pending.clear();
        }
        for (Proposal<?, ?> proposal : left) {
            proposal.answer.completeExceptionally(
                    new NotLeaderException("the log was closed before the command was applied", Optional.empty()));
        }
    }

    private final class Part<C, R> implements ReplicatedLog<C, R> {
        private final StateMachine<C, R> machine;

        Part(StateMachine<C, R> machine) {
            this.machine = Objects.requireNonNull(machine);
        }

        @Override
        public CompletableFuture<Applied<R>> propose(C command) {
            return enqueue(this, command);
        }

        @Override
        public long appliedIndex() {
            return applied;
        }
    }

    /** A command on its way. The outcome is kept by the applying thread until its batch is published. */
    private static final class Proposal<C, R> {
        private final Part<C, R> part;
        private final C command;
        private final CompletableFuture<Applied<R>> answer;
        private Applied<R> outcome;
        private RuntimeException refusal;

        Proposal(Part<C, R> part, C command, CompletableFuture<Applied<R>> answer) {
            this.part = part;
            this.command = command;
            this.answer = answer;
        }

        void apply(long index) {
            try {
                outcome = new Applied<>(index, part.machine.apply(index, command));
            } catch (RuntimeException e) {
                refusal = e;
            }
        }

        void settle() {
            if (refusal != null) {
                answer.completeExceptionally(refusal);
            } else {
                answer.complete(outcome);
            }
        }
    }
}
