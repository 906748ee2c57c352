package muster.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of one server, kept in a folder by Apache Ratis: what was answered is there again after any crash.
 *
 * <p>A proposal goes into a queue. One thread takes what waits, as one batch, writes it as one entry of the engine's log, and
 * goes on while fewer than {@value #PIPELINE} entries are under way; so the more proposers there are, the more commands share
 * the cost of a sync. An entry is applied when it is committed, on the engine's applying thread: each part that had a command
 * in it publishes once, then {@link #appliedIndex} moves, then the proposers get their answers on that thread. What is chained
 * to an answer without an executor must not block, or the log stands still.
 *
 * <p>Indexes are those of {@link MemoryLogGroup}: one for each command, whatever part proposed it and whether or not the state
 * machine refused it, without gaps, and going on where they were after a restart or a snapshot.
 *
 * <p>In the folder: {@code lock}, held while this runs; {@code server-id}, the name of this server in the log's configuration;
 * and a folder of the engine with the log files and the snapshots.
 */
public final class RatisLogGroup implements LogGroup {
    /** More commands in one entry would delay the first answer for ever less gain. */
    static final int MAX_BATCH = MemoryLogGroup.MAX_BATCH;
    static final int MAX_PENDING = MemoryLogGroup.MAX_PENDING;
    static final int PIPELINE = 4;
    /** A batch is closed when it has as much; one command may be larger. */
    private static final int BATCH_BYTES = 1 << 20;
    /** The largest command, so that its entry fits into the engine's buffer. */
    static final int MAX_COMMAND = Engine.MAX_ENTRY - (64 << 10);
    /** How long {@link #close} lets entries under way be applied, and {@link #start} sees no progress before it gives up. */
    private static final long PATIENCE_SECONDS = 60;

    private static final Logger LOG = LoggerFactory.getLogger(RatisLogGroup.class);

    private enum Phase {
        ATTACHING, STARTING, RUNNING, CLOSED
    }

    private final Path folder;
    private final String address;
    private final LogSizes sizes;
    private final Object lock = new Object();
    private final Map<String, Part<?, ?>> parts = new LinkedHashMap<>();
    private final ArrayDeque<Proposal<?>> pending = new ArrayDeque<>();
    private final Map<Long, Batch> underWay = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> leading = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private Phase phase = Phase.ATTACHING;
    private boolean closing;
    private Thread proposer;
    private FolderLock folderLock;
    private volatile Engine engine;
    private volatile PartsMachine machine;

    /**
     * @param folder for this log alone; made where it is not there
     * @param address what {@link #leader} answers while this runs; no port is opened, since there are no peers
     */
    public RatisLogGroup(Path folder, String address) {
        this(folder, address, LogSizes.DEFAULT);
    }

    RatisLogGroup(Path folder, String address, LogSizes sizes) {
        this.folder = folder.toAbsolutePath().normalize();
        this.address = Objects.requireNonNull(address);
        this.sizes = Objects.requireNonNull(sizes);
    }

    @Override
    public <C, R> ReplicatedLog<C, R> attach(String part, CommandCodec<C> codec, StateMachine<C, R> stateMachine) {
        Part<C, R> attached = new Part<>(part, codec, stateMachine);
        synchronized (lock) {
            if (phase != Phase.ATTACHING) {
                throw new IllegalStateException("part " + part + " has to be attached before the log starts");
            }
            if (parts.putIfAbsent(part, attached) != null) {
                throw new IllegalStateException("a part named " + part + " is attached already; names are unique in a log");
            }
        }
        return new ReplicatedLog<>() {
            @Override
            public CompletableFuture<Applied<R>> propose(C command) {
                return enqueue(attached, command);
            }

            @Override
            public long appliedIndex() {
                return RatisLogGroup.this.appliedIndex();
            }
        };
    }

    /**
     * {@inheritDoc}
     *
     * <p>Throws {@link DataFolderException} where the folder is in use or damaged, or the log in it can't be applied. Then the
     * folder is free again and unchanged; the parts may hold a half of the state and must not be used.
     */
    @Override
    public void start() {
        synchronized (lock) {
            if (phase != Phase.ATTACHING) {
                throw new IllegalStateException("the log was started before; make a new one");
            }
            phase = Phase.STARTING;
        }
        try {
            open();
            awaitLeading();
        } catch (IOException e) {
            close();
            throw new DataFolderException("the log in " + folder + " can't be opened: " + e.getMessage()
                    + "; check the folder's owner, rights and free space", e);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        synchronized (lock) {
            if (phase == Phase.STARTING) {
                phase = Phase.RUNNING;
                proposer = Thread.ofPlatform().name("log-propose").daemon().start(this::proposeUntilClosed);
                return;
            }
        }
        release();
        throw new IllegalStateException("the log in " + folder + " was closed while it was started");
    }

    private void open() throws IOException {
        Files.createDirectories(folder);
        folderLock = FolderLock.take(folder);
        Path group = Engine.groupFolder(folder);
        String id = serverId(group);
        SnapshotFiles snapshots = new SnapshotFiles(group.resolve("sm"));
        PartsMachine restored = new PartsMachine(parts, snapshots, sizes.snapshotAfter(), new Answers());
        machine = restored;
        new LogFiles(group).check(restored.restore());
        try {
            engine = new Engine(folder, id, address, sizes, restored);
            engine.start();
        } catch (CompletionException e) {
            // The engine starts its groups on threads of its own; what they threw is what counts.
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** The name of this server in the log's configuration: drawn once, so that it may get peers with names of their own. */
    private String serverId(Path group) throws IOException {
        Path file = folder.resolve("server-id");
        if (Files.exists(file)) {
            String id = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (!id.matches("[0-9a-f-]{36}")) {
                throw new DataFolderException("the file " + file + " should hold a server's id of 36 characters"
                        + "; put it back from a backup");
            }
            return id;
        }
        if (Files.exists(group)) {
            throw new DataFolderException("the file " + file + " is not there, but a log is; put it back from a backup, or "
                    + "move the whole folder away to begin with an empty state");
        }
        String id = UUID.randomUUID().toString();
        SafeFiles.write(file, out -> out.write((id + "\n").getBytes(StandardCharsets.US_ASCII)));
        return id;
    }

    private void awaitLeading() {
        long seen = -1;
        long since = System.nanoTime();
        while (true) {
            try {
                leading.get(1, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                long now = machine.getLastAppliedTermIndex().getIndex();
                if (now != seen) {
                    seen = now;
                    since = System.nanoTime();
                } else if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                    throw new DataFolderException("the log in " + folder + " does not get beyond entry " + now + " since "
                            + PATIENCE_SECONDS + " s; look into this program's log for the engine's reason");
                }
            } catch (ExecutionException e) {
                throw new DataFolderException("the log in " + folder + " can't be applied: " + e.getCause().getMessage()
                        + "; run the version that wrote it, or put the folder back from a backup", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the log in " + folder + " was started", e);
            }
        }
    }

    @Override
    public long appliedIndex() {
        PartsMachine applying = machine;
        return applying == null ? 0 : applying.index();
    }

    @Override
    public boolean isLeader() {
        synchronized (lock) {
            if (phase != Phase.RUNNING) {
                return false;
            }
        }
        return engine.isLeaderReady();
    }

    @Override
    public Optional<String> leader() {
        return isLeader() ? Optional.of(address) : Optional.empty();
    }

    /**
     * Lets the entries under way be applied and answered, fails what still waits with {@link NotLeaderException}, and gives the
     * folder back. A proposal whose entry is neither committed nor refused by then fails with {@link OutcomeUnknownException}.
     * Called from an answer's continuation, it returns before that is done.
     */
    @Override
    public void close() {
        boolean first;
        synchronized (lock) {
            phase = Phase.CLOSED;
            lock.notifyAll();
            first = !closing;
            closing = true;
        }
        if (Thread.currentThread() == proposer || machine != null && machine.isApplyingHere()) {
            // Those threads are waited for, and they can't wait for themselves.
            if (first) {
                Thread.ofPlatform().name("log-close").start(this::shutDown);
            }
        } else if (first) {
            shutDown();
        } else {
            awaitClosed();
        }
    }

    private void awaitClosed() {
        try {
            if (!closed.await(2 * PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the log in " + folder + " is still not closed after " + 2 * PATIENCE_SECONDS
                        + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void shutDown() {
        try {
            if (proposer != null) {
                proposer.join();
            }
            awaitUnderWay();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            failPending();
            release();
        } finally {
            underWay.values().forEach(batch -> batch.fail(new OutcomeUnknownException(
                    "the log was closed before the command was committed; it may be applied after the next start")));
            underWay.clear();
            closed.countDown();
        }
    }

    private void awaitUnderWay() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
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

    /** Closes the engine, then gives back the folder. May be done twice. */
    private void release() {
        try {
            if (engine != null) {
                engine.close();
            }
            if (folderLock != null) {
                folderLock.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the log in " + folder + " can't be closed", e);
        }
    }

    private <C, R> CompletableFuture<Applied<R>> enqueue(Part<C, R> part, C command) {
        byte[] bytes = part.codec().encode(Objects.requireNonNull(command));
        if (bytes.length > MAX_COMMAND) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("a command of part " + part.name() + " has "
                    + bytes.length + " bytes, the log takes at most " + MAX_COMMAND + "; propose it in smaller pieces"));
        }
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
            pending.add(new Proposal<>(part.name(), bytes, answer));
            lock.notifyAll();
        }
        return answer;
    }

    private void proposeUntilClosed() {
        while (true) {
            List<Proposal<?>> taken;
            synchronized (lock) {
                while (phase == Phase.RUNNING && (pending.isEmpty() || underWay.size() >= PIPELINE)) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        phase = Phase.CLOSED;
                    }
                }
                taken = phase == Phase.RUNNING ? takeBatch() : List.of();
            }
            if (taken.isEmpty()) {
                failPending();
                return;
            }
            submit(new Batch(engine.nextCall(), taken));
        }
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

    private void submit(Batch batch) {
        underWay.put(batch.call(), batch);
        try {
            engine.submit(batch.call(), EntryBytes.write(batch.proposals())).whenComplete((reply, error) -> {
                Throwable refusal = error != null ? error : refusal(reply);
                if (refusal != null) {
                    refused(batch, refusal);
                }
            });
        } catch (IOException | RuntimeException e) {
            refused(batch, e);
        }
    }

    private static Throwable refusal(RaftClientReply reply) {
        return reply.isSuccess() ? null : reply.getException();
    }

    /**
     * The engine did not take an entry. One that was written before may still be committed: its answer comes when it is
     * applied, or when this closes.
     */
    private void refused(Batch batch, Throwable reason) {
        if (batch.isAppended()) {
            return;
        }
        LOG.warn("entry refused commands={} reason={}", batch.proposals().size(), reason.toString());
        answered(batch);
        batch.fail(new NotLeaderException("the log did not take the command: " + reason.getMessage(), Optional.empty()));
    }

    private void answered(Batch batch) {
        synchronized (lock) {
            underWay.remove(batch.call());
            lock.notifyAll();
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

    /** What the applying thread tells. */
    private final class Answers implements PartsMachine.Waiting {
        @Override
        public Optional<Batch> find(ClientId writer, long call) {
            return engine.isOwn(writer) ? Optional.ofNullable(underWay.get(call)) : Optional.empty();
        }

        @Override
        public void appending(ClientId writer, long call) {
            find(writer, call).ifPresent(Batch::appended);
        }

        @Override
        public void applied(Optional<Batch> batch, List<Outcome> outcomes) {
            batch.ifPresent(own -> {
                answered(own);
                own.settle(outcomes);
            });
        }

        /**
         * A state that nobody can vouch for, or a disk that doesn't take what was promised: serving on is worse than not
         * serving. The folder stays locked until {@link #close}.
         */
        @Override
        public void stopped(Throwable cause, Optional<Batch> batch) {
            LOG.error("log stopped folder={} index={}", folder, appliedIndex(), cause);
            List<Batch> unknown;
            synchronized (lock) {
                phase = Phase.CLOSED;
                batch.ifPresent(own -> underWay.remove(own.call()));
                unknown = List.copyOf(underWay.values());
                underWay.clear();
                lock.notifyAll();
            }
            leading.completeExceptionally(cause);
            batch.ifPresent(own -> own.fail(cause));
            unknown.forEach(other -> other.fail(new OutcomeUnknownException(
                    "the log stopped before the command was applied; it may be applied after the next start")));
            failPending();
        }

        @Override
        public void leading() {
            leading.complete(null);
        }
    }
}
