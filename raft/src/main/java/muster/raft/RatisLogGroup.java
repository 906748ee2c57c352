package muster.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

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
    /** The largest command, so that its entry fits into the engine's buffer. */
    static final int MAX_COMMAND = Engine.MAX_ENTRY - (64 << 10);
    /** How long {@link #close} lets entries under way be applied. */
    private static final long PATIENCE_SECONDS = 60;
    /** The same among several servers, where what is under way may wait for servers that are gone. */
    private static final long CLUSTER_PATIENCE_SECONDS = 1;

    private enum Phase {
        ATTACHING, STARTING, RUNNING, CLOSED
    }

    private final Path folder;
    private final String address;
    private final LogServer server;
    private final Object lock = new Object();
    private final Map<String, Part<?, ?>> parts = new LinkedHashMap<>();
    private final FirstLead firstLead;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Leadership leadership = new Leadership();
    private final Proposals proposals = new Proposals(this::nextCall, new Delivering());
    /** Written under the lock. */
    private volatile Phase phase = Phase.ATTACHING;
    private boolean closing;

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
        this.server = new LogServer(this.folder, Objects.requireNonNull(sizes), settings);
        this.firstLead = new FirstLead(this.folder);
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
            server.open(new Parts(parts), new LogEvents(server, proposals, leadership, firstLead, this::stopped));
            if (server.cluster().isEmpty()) {
                firstLead.await(server::appliedEntry);
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
        server.close();
        throw new IllegalStateException("the log in " + folder + " was closed while it was started");
    }

    /** This server. Only after the start. */
    public Member self() {
        return server.self();
    }

    /** Whether there is no log here yet, so that {@link #begin} is due. Only after the start. */
    public boolean isNew() {
        return server.isNew();
    }

    /**
     * Makes the log, on a server that {@link #isNew}: with all the servers that begin it together, each of which has to be
     * told the same ones, or with none, to be added to a log that is there.
     */
    public void begin(Collection<Member> members) {
        server.begin(members);
    }

    /** The servers that replicate the log, as far as this one knows; those that are unreachable too. */
    public List<Member> members() {
        return server.members();
    }

    /** Tells where a server is reached from now on. */
    public void moved(Member member) {
        server.moved(member);
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
        return server.cluster().orElseThrow(() -> new IllegalStateException(
                "this log is kept by one server without a port; start it as a server of a cluster to change its members"));
    }

    @Override
    public CompletableFuture<Void> current(ReadMode mode) {
        if (phase != Phase.RUNNING) {
            return CompletableFuture.failedFuture(new NotLeaderException("the log is not running", Optional.empty()));
        }
        return server.cluster().map(others -> others.current(mode)).orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    @Override
    public Optional<Duration> lastContact() {
        return server.cluster().flatMap(Cluster::lastContact);
    }

    @Override
    public void onLeadership(LeadershipListener listener) {
        leadership.add(listener);
    }

    @Override
    public long appliedIndex() {
        return server.index();
    }

    /** The engine's term: how often a leader was looked for. */
    public long term() {
        return server.engine().term();
    }

    @Override
    public boolean isLeader() {
        return phase == Phase.RUNNING && server.engine().isLeaderReady();
    }

    @Override
    public Optional<String> leader() {
        Optional<Cluster> cluster = server.cluster();
        if (cluster.isPresent()) {
            return phase == Phase.RUNNING ? cluster.get().leader().map(Member::address) : Optional.empty();
        }
        return isLeader() ? Optional.of(address) : Optional.empty();
    }

    @Override
    public boolean hasLeader() {
        return server.cluster().isEmpty() ? isLeader() : phase == Phase.RUNNING && server.engine().leader().isPresent();
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
        if (proposals.isProposerHere() || server.isApplyingHere()) {
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
            proposals.awaitAnswers(server.cluster().isPresent() ? CLUSTER_PATIENCE_SECONDS : PATIENCE_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            server.close();
        } finally {
            proposals.failUnderWay(new OutcomeUnknownException(
                    "the log was closed before the command was committed; it may be applied after the next start"));
            leadership.close();
            closed.countDown();
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

    private long nextCall() {
        return server.engine().nextCall();
    }

    private final class Delivering implements Proposals.Delivery {
        @Override
        public boolean write(Batch batch, byte[] entry) {
            return server.write(batch, entry, proposals);
        }

        @Override
        public void send(Batch batch, byte[] entry) {
            server.send(batch, entry, proposals);
        }
    }

    /** The log stopped by itself. */
    private void stopped() {
        synchronized (lock) {
            phase = Phase.CLOSED;
        }
    }
}
