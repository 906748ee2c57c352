package muster.raft;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Parts} as the one state machine that the engine knows.
 *
 * <p>The engine's one applying thread calls {@link #applyTransaction} and {@link #takeSnapshot}; {@link #restore} comes
 * before the engine is started.
 */
final class PartsMachine extends BaseStateMachine {
    /** Who waits for what is applied. Called on the applying thread, except {@link #appending}. */
    interface Waiting {
        /** The batch that this server wrote with a call and that is not answered yet. */
        Optional<Batch> find(ClientId writer, long call);

        /** The entry of a call is about to be written. */
        void appending(ClientId writer, long call);

        /**
         * All up to the index is published; the batch, where there is one, may get its answers. No outcomes: it was applied
         * before.
         */
        void applied(Optional<Batch> batch, List<Outcome> outcomes);

        /**
         * The state can't be trusted, or the log can't be written, any more. Nothing further will be applied, and the engine has to be
         * closed, on another thread.
         */
        void stopped(Throwable cause, Optional<Batch> batch);

        /** This server leads and has applied what was in the log before. */
        void leading();

        /** This server follows, or leads without knowing yet whether it may. */
        void following();

        /** The state is another server's now, and reaches up to the index: what was applied between nobody saw here. */
        void replaced(long index);
    }

    private static final Logger LOG = LoggerFactory.getLogger(PartsMachine.class);

    private final Parts parts;
    private final SnapshotFiles snapshots;
    private final long snapshotAfter;
    private final Waiting waiting;
    private final Snapshotting snapshotting;
    private volatile Thread applying;
    private long bytesSinceSnapshot;
    private boolean broken;

    PartsMachine(Parts parts, SnapshotFiles snapshots, long snapshotAfter, Waiting waiting) {
        this.parts = parts;
        this.snapshots = snapshots;
        this.snapshotting = new Snapshotting(snapshots);
        this.snapshotAfter = snapshotAfter;
        this.waiting = waiting;
    }

    /** Restores all parts from the newest snapshot, and returns the entry up to which it reaches, -1 without one. */
    long restore() throws IOException {
        Optional<SnapshotFiles.Snapshot> restored = snapshots.restore(parts);
        restored.ifPresent(snapshot ->
                setLastAppliedTermIndex(TermIndex.valueOf(snapshot.position().term(), snapshot.position().entry())));
        snapshotting.restart(restored);
        return restored.map(snapshot -> snapshot.position().entry()).orElse(RaftLog.INVALID_LOG_INDEX);
    }

    /** The index of the newest command applied and published here. */
    long index() {
        return parts.index();
    }

    /** Whether the caller is inside an apply, so that waiting for the applying thread would wait for itself. */
    boolean isApplyingHere() {
        return applying == Thread.currentThread();
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage) throws IOException {
        getLifeCycle().transition(LifeCycle.State.STARTING);
        super.initialize(server, group, storage);
        snapshots.clean();
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    /** Called before a snapshot of the leader takes the place of ours, on one of the engine's threads. */
    @Override
    public void pause() {
        snapshotting.stop();
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    /** Called after that, on the applying thread. */
    @Override
    public void reinitialize() throws IOException {
        applying = Thread.currentThread();
        try {
            restore();
            bytesSinceSnapshot = 0;
            parts.published();
            waiting.replaced(parts.index());
            getLifeCycle().transition(LifeCycle.State.STARTING);
            getLifeCycle().transition(LifeCycle.State.RUNNING);
            LOG.info("snapshot of the leader installed index={}", parts.index());
        } catch (IOException | RuntimeException | Error e) {
            broken = true;
            waiting.stopped(e, Optional.empty());
            throw e;
        } finally {
            applying = null;
        }
    }

    @Override
    public CompletableFuture<Message> query(Message request) {
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) {
        RaftClientRequest request = transaction.getClientRequest();
        if (request != null) {
            waiting.appending(request.getClientId(), request.getCallId());
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        if (broken) {
            // The engine is being closed, and waits until it has got rid of what is committed.
            return CompletableFuture.completedFuture(Message.EMPTY);
        }
        LogEntryProto entry = transaction.getLogEntry();
        StateMachineLogEntryProto body = entry.getStateMachineLogEntry();
        Optional<Batch> batch = waiting.find(ClientId.valueOf(body.getClientId()), body.getCallId());
        applying = Thread.currentThread();
        try {
            SeenCalls.Writer writer = SeenCalls.Writer.of(body.getClientId().asReadOnlyByteBuffer());
            List<Outcome> outcomes = parts.apply(writer, body.getCallId(), body.getLogData().toByteArray());
            updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
            bytesSinceSnapshot += entry.getSerializedSize();
            waiting.applied(batch, outcomes);
        } catch (RuntimeException | Error e) {
            // Not thrown on: the engine would close itself on this thread, and wait for ever for who closes it on another.
            broken = true;
            LOG.error("entry not applied entry={}", entry.getIndex());
            waiting.stopped(e, batch);
        } finally {
            applying = null;
        }
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    /**
     * Asked after every entry. Where a snapshot is due, takes hold of the state and has it written on a thread of its own. Returns the
     * entry up to which a snapshot reaches that was written since the last call, or -1: the engine then gives up the log before it.
     */
    @Override
    public long takeSnapshot() {
        long written = snapshotting.written();
        if (!broken && bytesSinceSnapshot >= snapshotAfter && !snapshotting.isUnderWay()) {
            // Also after a failure: the next try comes when as much again was written, not with each entry.
            bytesSinceSnapshot = 0;
            TermIndex at = getLastAppliedTermIndex();
            snapshotting.begin(new SnapshotFiles.Position(at.getTerm(), at.getIndex(), parts.index()), parts.held());
        }
        return written;
    }

    /** Waits until no snapshot is being written; none will be after that. */
    void endSnapshots() {
        snapshotting.end();
    }

    @Override
    public void notifyLeaderReady() {
        waiting.leading();
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        waiting.following();
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        if (!member.getPeerId().equals(leader)) {
            waiting.following();
        }
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
        waiting.stopped(cause, Optional.empty());
    }

    @Override
    public SnapshotInfo getLatestSnapshot() {
        return snapshotting.newest().map(snapshot -> new SingleFileSnapshotInfo(new FileInfo(snapshot.file(), null),
                snapshot.position().term(), snapshot.position().entry())).orElse(null);
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return new StateMachineStorage() {
            @Override
            public void init(RaftStorage storage) {}

            @Override
            public SnapshotInfo getLatestSnapshot() {
                return PartsMachine.this.getLatestSnapshot();
            }

            @Override
            public void format() {}

            /** Called as often as {@link PartsMachine#takeSnapshot}, so it is done there, where one was taken. */
            @Override
            public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) {}
        };
    }
}
