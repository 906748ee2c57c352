package muster.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log kept in a folder by Apache Ratis: what was answered is there again after any crash. Alone, or replicated among several
 * servers, where it is there again as long as a majority of the folders is.
 *
 * <p>An entry, made of the proposals that came together (see {@link Proposals}), is applied when it is committed, on the
 * engine's applying thread: each part that had a command in it publishes once, then {@link #appliedIndex} moves, then the
 * proposers get their answers on that thread. What is chained to an answer without an executor must not block, or the log
 * stands still. A proposal may be made on any server: its entry goes to the one that leads, and is answered when the server
 * where it was made has applied it, so that who has an answer reads it there.
 *
 * <p>Indexes are those of {@link MemoryLogGroup}: one for each command, whatever part proposed it and whether or not the state
 * machine refused it, without gaps, the same on all servers, and going on where they were after a restart or a snapshot.
 *
 * <p>In the folder: {@code lock}, held while this runs; {@code server-id}, the name of this server in the log's configuration;
 * and a folder of the engine with the log files and the snapshots.
 */
public final class RatisLogGroup implements LogGroup {
    static final int PIPELINE = Proposals.PIPELINE;
    static final int MAX_BATCH = Proposals.MAX_BATCH;
    static final int MAX_PENDING = Proposals.MAX_PENDING;
    /** The largest command, so that its entry fits into the engine's buffer. */
    static final int MAX_COMMAND = Engine.MAX_ENTRY - (64 << 10);
    /** How long {@link #close} lets entries under way be applied, and {@link #start} sees no progress before it gives up. */
    private static final long PATIENCE_SECONDS = 60;
    /** The same among several servers, where what is under way may wait for servers that are gone. */
    private static final long CLUSTER_PATIENCE_SECONDS = 1;

    private static final Logger LOG = LoggerFactory.getLogger(RatisLogGroup.class);

    private enum Phase {
        ATTACHING, STARTING, RUNNING, CLOSED
    }

    private final Path folder;
    private final String address;
    private final LogSizes sizes;
    private final Optional<Cluster> cluster;
    private final Object lock = new Object();
    private final Map<String, Part<?, ?>> parts = new LinkedHashMap<>();
    private final CompletableFuture<Void> leading = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Leadership leadership = new Leadership();
    private final Proposals proposals = new Proposals(() -> engine().nextCall(), this::deliver);
    /** Written under the lock. */
    private volatile Phase phase = Phase.ATTACHING;
    private boolean closing;
    private FolderLock folderLock;
    private Member self;
    private volatile Engine engine;
    private volatile PartsMachine machine;

    /**
     * A log of one server, which opens no port.
     *
     * @param folder for this log alone; made where it is not there
     * @param address what {@link #leader} answers while this runs
     */
    public RatisLogGroup(Path folder, String address) {
        this(folder, address, LogSizes.DEFAULT);
    }

    RatisLogGroup(Path folder, String address, LogSizes sizes) {
        this(folder, Objects.requireNonNull(address), sizes, Optional.empty());
    }

    private RatisLogGroup(Path folder, String address, LogSizes sizes, Optional<ClusterSettings> settings) {
        this.folder = folder.toAbsolutePath().normalize();
        this.address = address;
        this.sizes = Objects.requireNonNull(sizes);
        this.cluster = settings.map(present -> new Cluster(present, this::appliedIndex));
    }

    /**
     * A log of several servers. It takes up the log in its folder, also one that was kept alone before. Where there is none,
     * it waits for {@link #begin} after the start.
     */
    public static RatisLogGroup clustered(Path folder, ClusterSettings settings) {
        return clustered(folder, settings, LogSizes.DEFAULT);
    }

    static RatisLogGroup clustered(Path folder, ClusterSettings settings, LogSizes sizes) {
        return new RatisLogGroup(folder, settings.listen(), sizes, Optional.of(settings));
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
     * {@inheritDoc} One of several servers returns as soon as it takes part: {@link #leader} and {@link #current} tell the
     * rest.
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
            if (cluster.isEmpty()) {
                awaitLeading();
            }
        } catch (IOException e) {
            close();
            throw new DataFolderException("the log in " + folder + " can't be opened: " + e.getMessage()
                    + "; check the folder's owner, rights and free space", e);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        synchronized (lock) {
            if (phase == Phase.STARTING && proposals.start()) {
                phase = Phase.RUNNING;
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
        PartsMachine restored = new PartsMachine(new Parts(parts), snapshots, sizes.snapshotAfter(), new Answers());
        machine = restored;
        new LogFiles(group).check(restored.restore());
        try {
            engine = cluster.isEmpty()
                    ? Engine.alone(folder, self = new Member(id, "127.0.0.1:0"), sizes, restored)
                    : among(id, cluster.get(), restored);
            engine.start();
        } catch (CompletionException e) {
            // The engine starts its groups on threads of its own; what they threw is what counts.
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    private Engine among(String id, Cluster others, PartsMachine restored) throws IOException {
        self = others.open(id);
        Engine made = Engine.among(folder, self, sizes, others.settings(), SocketTransport.parameters(others.peers(), others.appenders()), restored);
        others.use(made);
        return made;
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

    /** This server. Only after the start. */
    public Member self() {
        return Objects.requireNonNull(self, "the log is not started");
    }

    /** Whether there is no log here yet, so that {@link #begin} is due. Only after the start. */
    public boolean isNew() {
        return engine().members().isEmpty() && !Files.exists(Engine.groupFolder(folder));
    }

    /**
     * Makes the log, on a server that {@link #isNew}: with all the servers that begin it together, each of which has to be
     * told the same ones, or with none, to be added to a log that is there.
     */
    public void begin(Collection<Member> members) {
        if (!isNew()) {
            throw new IllegalStateException("the log in " + folder + " has begun already");
        }
        try {
            members.forEach(this::moved);
            engine().begin(members);
        } catch (IOException e) {
            throw new DataFolderException("the log in " + folder + " can't be begun: " + e.getMessage()
                    + "; check the folder's owner, rights and free space", e);
        }
    }

    /** The servers that replicate the log, as far as this one knows; those that are unreachable too. */
    public List<Member> members() {
        return cluster.map(Cluster::members).orElse(List.of(self()));
    }

    /** Tells where a server is reached from now on. */
    public void moved(Member member) {
        cluster.ifPresent(others -> others.moved(member));
    }

    /**
     * Adds a server that was begun with no members, and returns when it has caught up and counts. Blocks. Throws {@link
     * NotLeaderException} where nobody leads, {@link IllegalStateException} with the leader's reason.
     */
    public void add(Member member) {
        among().change(new Change.Add(member));
    }

    /** Removes a server, dead or alive. Blocks, and throws, as {@link #add}. */
    public void remove(String id) {
        among().change(new Change.Remove(id));
    }

    /** Hands the lead to another server. Blocks, and throws, as {@link #add}. */
    public void transfer(String id) {
        among().change(new Change.Transfer(id));
    }

    private Cluster among() {
        return cluster.orElseThrow(() -> new IllegalStateException(
                "this log is kept by one server without a port; start it as a server of a cluster to change its members"));
    }

    private Engine engine() {
        return Objects.requireNonNull(engine, "the log is not started");
    }

    @Override
    public CompletableFuture<Void> current(ReadMode mode) {
        if (phase != Phase.RUNNING) {
            return CompletableFuture.failedFuture(new NotLeaderException("the log is not running", Optional.empty()));
        }
        return cluster.map(others -> others.current(mode)).orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    @Override
    public Optional<Duration> lastContact() {
        return cluster.flatMap(Cluster::lastContact);
    }

    @Override
    public void onLeadership(LeadershipListener listener) {
        leadership.add(listener);
    }

    @Override
    public long appliedIndex() {
        PartsMachine applying = machine;
        return applying == null ? 0 : applying.index();
    }

    /** The engine's term: how often a leader was looked for. */
    public long term() {
        return engine().term();
    }

    @Override
    public boolean isLeader() {
        return phase == Phase.RUNNING && engine.isLeaderReady();
    }

    @Override
    public Optional<String> leader() {
        if (cluster.isPresent()) {
            return phase == Phase.RUNNING ? cluster.get().leader().map(Member::address) : Optional.empty();
        }
        return isLeader() ? Optional.of(address) : Optional.empty();
    }

    @Override
    public boolean hasLeader() {
        return cluster.isEmpty() ? isLeader() : phase == Phase.RUNNING && engine.leader().isPresent();
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
            first = !closing;
            closing = true;
        }
        proposals.end();
        if (proposals.isProposerHere() || machine != null && machine.isApplyingHere()) {
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
            proposals.awaitAnswers(cluster.isPresent() ? CLUSTER_PATIENCE_SECONDS : PATIENCE_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            release();
        } finally {
            proposals.failUnderWay(new OutcomeUnknownException(
                    "the log was closed before the command was committed; it may be applied after the next start"));
            leadership.close();
            closed.countDown();
        }
    }

    /** Closes the engine and the port, then gives back the folder. May be done twice. */
    private void release() {
        try {
            cluster.ifPresent(Cluster::close);
            if (engine != null) {
                engine.close();
            }
            if (machine != null) {
                machine.endSnapshots();
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
        return proposals.add(part, bytes);
    }

    private void deliver(Batch batch, byte[] entry) {
        if (cluster.isPresent()) {
            cluster.get().deliver(batch, entry, proposals);
            return;
        }
        try {
            engine.submit(batch.call(), entry).whenComplete((reply, error) -> {
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
        if (batch.isWritten()) {
            return;
        }
        LOG.warn("entry refused commands={} reason={}", batch.proposals().size(), reason.toString());
        proposals.fail(batch, new NotLeaderException("the log did not take the command: " + reason.getMessage(),
                Optional.empty()));
    }

    /** What the applying thread tells. */
    private final class Answers implements PartsMachine.Waiting {
        @Override
        public Optional<Batch> find(ClientId writer, long call) {
            Engine running = engine;
            return running != null && running.isOwn(writer) ? proposals.find(call) : Optional.empty();
        }

        @Override
        public void appending(ClientId writer, long call) {
            find(writer, call).ifPresent(Batch::written);
        }

        @Override
        public void applied(Optional<Batch> batch, List<Outcome> outcomes) {
            batch.ifPresent(own -> {
                if (outcomes.isEmpty()) {
                    proposals.fail(own, new OutcomeUnknownException("the command was applied before this server knew its result"));
                } else {
                    proposals.applied(own, outcomes);
                }
            });
            cluster.ifPresent(others -> others.advanced(appliedIndex()));
        }

        /**
         * A state that nobody can vouch for, or a disk that doesn't take what was promised: serving on is worse than not
         * serving. The folder stays locked until {@link #close}.
         */
        @Override
        public void stopped(Throwable cause, Optional<Batch> batch) {
            LOG.error("log stopped folder={} index={}", folder, appliedIndex(), cause);
            synchronized (lock) {
                phase = Phase.CLOSED;
            }
            leading.completeExceptionally(cause);
            // In this order: who hears of the end and proposes again is refused, not kept waiting.
            proposals.end();
            batch.ifPresent(own -> proposals.fail(own, cause));
            proposals.failUnderWay(new OutcomeUnknownException(
                    "the log stopped before the command was applied; it may be applied after the next start"));
            // So that a server which can't go on neither leads nor votes.
            Thread.ofPlatform().name("log-stop").daemon().start(this::stopEngine);
        }

        private void stopEngine() {
            try {
                engine().close();
            } catch (IOException e) {
                LOG.error("engine not stopped folder={}", folder, e);
            }
        }

        @Override
        public void leading() {
            leading.complete(null);
            leadership.changed(true);
        }

        @Override
        public void following() {
            cluster.ifPresent(Cluster::lostLead);
            leadership.changed(false);
        }

        @Override
        public void replaced(long index) {
            proposals.failWritten(new OutcomeUnknownException(
                    "this server fell behind and took over another's state; the command may be applied in it"));
            cluster.ifPresent(others -> others.advanced(index));
        }
    }
}
