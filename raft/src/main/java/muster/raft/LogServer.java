package muster.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one server of a log has open while it runs: its folder under a lock, the state machine, the engine, and where it is one of
 * several, the way to the others. Opened once, by one thread; then any thread may call.
 */
final class LogServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogServer.class);

    private final Path folder;
    private final LogSizes sizes;
    private final Optional<Cluster> cluster;
    private FolderLock folderLock;
    private Member self;
    private volatile Engine engine;
    private volatile PartsMachine machine;

    /** @param settings where it is one of several */
    LogServer(Path folder, LogSizes sizes, Optional<ClusterSettings> settings) {
        this.folder = folder;
        this.sizes = sizes;
        this.cluster = settings.map(present -> new Cluster(present, this::index));
    }

    /**
     * Restores the parts, and starts the engine. Throws {@link DataFolderException} where the folder is in use or damaged; {@link
     * #close} is due in any case.
     */
    void open(Parts parts, PartsMachine.Waiting waiting) throws IOException {
        Files.createDirectories(folder);
        folderLock = FolderLock.take(folder);
        Path group = Engine.groupFolder(folder);
        String id = ServerId.in(folder, group);
        SnapshotFiles snapshots = new SnapshotFiles(group.resolve("sm"));
        PartsMachine restored = new PartsMachine(parts, snapshots, sizes.snapshotAfter(), waiting);
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

    /** The way to the other servers; nothing where this one runs alone. */
    Optional<Cluster> cluster() {
        return cluster;
    }

    /** This server. Only after {@link #open}. */
    Member self() {
        return Objects.requireNonNull(self, "the log is not started");
    }

    Path folder() {
        return folder;
    }

    /** Only after {@link #open}. */
    Engine engine() {
        return Objects.requireNonNull(engine, "the log is not started");
    }

    /** Whether an entry was written by this process. */
    boolean isOwn(ClientId writer) {
        Engine running = engine;
        return running != null && running.isOwn(writer);
    }

    /** The index of the newest command applied here, 0 before {@link #open}. */
    long index() {
        PartsMachine applying = machine;
        return applying == null ? 0 : applying.index();
    }

    /** The newest of the engine's entries that is applied. Only after {@link #open}. */
    long appliedEntry() {
        return machine.getLastAppliedTermIndex().getIndex();
    }

    boolean isApplyingHere() {
        PartsMachine applying = machine;
        return applying != null && applying.isApplyingHere();
    }

    /** See {@link RatisLogGroup#isNew}. */
    boolean isNew() {
        return engine().members().isEmpty() && !Files.exists(Engine.groupFolder(folder));
    }

    /** See {@link RatisLogGroup#begin}. */
    void begin(Collection<Member> members) {
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

    List<Member> members() {
        return cluster.map(Cluster::members).orElseGet(() -> List.of(self()));
    }

    void moved(Member member) {
        cluster.ifPresent(others -> others.moved(member));
    }

    /** See {@link Proposals.Delivery#write}; a server without peers writes everything, or fails it. */
    boolean write(Batch batch, byte[] entry, Proposals proposals) {
        if (cluster.isPresent()) {
            return cluster.get().delivery().write(batch, entry, proposals);
        }
        try {
            engine().submit(batch.call(), entry).whenComplete((reply, error) -> {
                Throwable refusal = error != null ? error : refusal(reply);
                if (refusal != null) {
                    refused(batch, refusal, proposals);
                }
            });
        } catch (IOException | RuntimeException e) {
            refused(batch, e, proposals);
        }
        return true;
    }

    /** See {@link Proposals.Delivery#send}. */
    void send(Batch batch, byte[] entry, Proposals proposals) {
        cluster.orElseThrow().delivery().send(batch, entry, proposals);
    }

    private static Throwable refusal(RaftClientReply reply) {
        return reply.isSuccess() ? null : reply.getException();
    }

    /**
     * The engine did not take an entry. One that was written before may still be committed: its answer comes when it is
     * applied, or when the log closes.
     */
    private static void refused(Batch batch, Throwable reason, Proposals proposals) {
        if (batch.isWritten()) {
            return;
        }
        LOG.warn("entry refused commands={} reason={}", batch.proposals().size(), reason.toString());
        proposals.fail(batch, new NotLeaderException("the log did not take the command: " + reason.getMessage(),
                Optional.empty()));
    }

    /** So that a server which can't go on neither leads nor votes. The folder stays locked until {@link #close}. Blocks. */
    void stopEngine() {
        try {
            engine().close();
        } catch (IOException e) {
            LOG.error("engine not stopped folder={}", folder, e);
        }
    }

    /** Closes the engine and the port, then gives back the folder. May be done twice, and after an {@link #open} that failed. */
    @Override
    public void close() {
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
}
