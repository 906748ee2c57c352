package muster.scheduler.broker;

import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import muster.raft.Applied;
import muster.raft.OutcomeUnknownException;
import muster.raft.ReplicatedLog;
import muster.scheduler.state.Command;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;

/** The way to the state, with what commands need from outside: time and ids. Any thread. */
public final class Writer {
    private final ReplicatedLog<Command, Store.Result> log;
    private final Store store;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final UnaryOperator<Command> form;
    private final Consumer<Command> unsure;

    /** @param random for ids; has to be safe for several threads */
    public Writer(ReplicatedLog<Command, Store.Result> log, Store store, InstantSource clock, RandomGenerator random) {
        this(log, store, clock, random, UnaryOperator.identity(), command -> { });
    }

    private Writer(ReplicatedLog<Command, Store.Result> log, Store store, InstantSource clock, RandomGenerator random,
            UnaryOperator<Command> form, Consumer<Command> unsure) {
        this.log = log;
        this.store = store;
        this.clock = clock;
        this.random = random;
        this.form = form;
        this.unsure = unsure;
    }

    /**
     * For what only the leader writes: all of it fails with {@link muster.raft.NotLeaderException} once another term has begun.
     *
     * @param unsure is told the term of a command of which nobody knows whether it was or will be committed; must not block
     */
    Writer ofLeader(Supplier<String> term, Consumer<String> unsure) {
        return new Writer(log, store, clock, random, command -> new Command.OfLeader(term.get(), command), command -> {
            if (command instanceof Command.OfLeader own) {
                unsure.accept(own.term());
            }
        });
    }

    public State state() {
        return store.state();
    }

    public Instant now() {
        return clock.instant();
    }

    /** Nanoseconds since 1970. */
    public long nowNanos() {
        Instant now = clock.instant();
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
    }

    /** A new random id. */
    public String id() {
        long high = random.nextLong() & 0xffffffffffff0fffL | 0x4000L;
        long low = random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    /** Commits without waiting for it. */
    public CompletableFuture<Applied<Store.Result>> propose(Command command) {
        Command formed = form.apply(command);
        CompletableFuture<Applied<Store.Result>> answer = log.propose(formed);
        answer.whenComplete((applied, failure) -> {
            if (failure instanceof OutcomeUnknownException || failure != null && failure.getCause() instanceof OutcomeUnknownException) {
                unsure.accept(formed);
            }
        });
        return answer;
    }

    /** Commits and waits; what the state machine refuses is thrown. */
    public Applied<Store.Result> write(Command command) {
        try {
            return propose(command).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a command was being committed", e);
        }
    }
}
