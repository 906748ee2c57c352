package muster.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Apache Ratis with our settings: one server, one group, entries submitted in this process. */
final class Engine implements AutoCloseable {
    /** What an entry may have at most, framing included. The engine keeps a write buffer of that size. */
    static final int MAX_ENTRY = 8 << 20;

    private static final RaftGroupId GROUP = RaftGroupId.valueOf(UUID.fromString("6d757374-6572-4c6f-8000-000000000001"));
    private static final TimeDuration NEVER = TimeDuration.valueOf(36_500, TimeUnit.DAYS);

    private final RaftServer server;
    private final RaftPeerId self;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    /** @param id what this server is called in the log's configuration, for ever */
    Engine(Path folder, String id, String address, LogSizes sizes, StateMachine machine) throws IOException {
        this.self = RaftPeerId.valueOf(id);
        RaftPeer peer = RaftPeer.newBuilder().setId(self).setAddress(address).build();
        // RECOVER makes the files where none are, and never removes any.
        this.server = RaftServer.newBuilder().setServerId(self).setGroup(RaftGroup.valueOf(GROUP, List.of(peer)))
                .setOption(RaftStorage.StartupOption.RECOVER).setStateMachine(machine)
                .setProperties(properties(folder, sizes)).build();
    }

    /** Where the engine keeps the log of our group, and the state machine its snapshots. */
    static Path groupFolder(Path folder) {
        return folder.resolve(GROUP.getUuid().toString());
    }

    private static RaftProperties properties(Path folder, LogSizes sizes) {
        RaftProperties p = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(p, List.of(folder.toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(p, folder.resolve("removed").toFile());
        p.set(RaftConfigKeys.Rpc.TYPE_KEY, SoloTransport.class.getName());

        // A lone server need not wait for anybody before it elects itself.
        RaftServerConfigKeys.Rpc.setTimeoutMin(p, TimeDuration.valueOf(10, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(p, TimeDuration.valueOf(20, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.LeaderElection.setPreVote(p, false);
        // Nor should it step down or shut down because the machine slept: there is nobody who could have taken over.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(p, NEVER);
        RaftServerConfigKeys.setCloseThreshold(p, NEVER);

        SizeInBytes entry = SizeInBytes.valueOf(MAX_ENTRY);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(p, entry);
        RaftServerConfigKeys.Log.setWriteBufferSize(p, SizeInBytes.valueOf(MAX_ENTRY + 8));
        RaftServerConfigKeys.Log.setSegmentSizeMax(p, SizeInBytes.valueOf(sizes.segment()));
        RaftServerConfigKeys.Log.setPreallocatedSize(p, SizeInBytes.valueOf(Math.min(sizes.segment(), 1 << 20)));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(p, 2);
        RaftServerConfigKeys.Log.setPurgeGap(p, Math.max(1, sizes.kept() / 4));
        RaftServerConfigKeys.Log.setPurgePreservationLogNum(p, sizes.kept());
        // The engine would note its commit index in entries of its own, one for nearly each of ours.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(p, false);
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(p, TimeDuration.valueOf(0, TimeUnit.MILLISECONDS));

        // The engine asks after every entry; whether one is due is decided by size, in the state machine.
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, 1);
        RaftServerConfigKeys.Snapshot.setCreationGap(p, 1);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(p, false);

        // Every call has an id of its own and is made once, so replies need not be remembered for long.
        RaftServerConfigKeys.RetryCache.setExpiryTime(p, TimeDuration.valueOf(5, TimeUnit.SECONDS));
        RaftServerConfigKeys.ThreadPool.setClientSize(p, 2);
        RaftServerConfigKeys.ThreadPool.setClientCached(p, false);
        return p;
    }

    void start() throws IOException {
        server.start();
    }

    /** Whether this server leads and has applied all that was in the log before it did. */
    boolean isLeaderReady() {
        try {
            return server.getDivision(GROUP).getInfo().isLeaderReady();
        } catch (IOException e) {
            // The group is gone: the server is closed.
            return false;
        }
    }

    /** The number of the next call; an entry carries it, so that what is applied can be told to be one's own. */
    long nextCall() {
        return calls.incrementAndGet();
    }

    boolean isOwn(ClientId writer) {
        return client.equals(writer);
    }

    /** Submits an entry. The answer says only whether it was taken; its effect shows when it is applied. */
    CompletableFuture<RaftClientReply> submit(long call, byte[] entry) throws IOException {
        return server.submitClientRequestAsync(RaftClientRequest.newBuilder().setClientId(client).setServerId(self)
                .setGroupId(GROUP).setCallId(call).setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
                .setType(RaftClientRequest.writeRequestType()).build());
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
