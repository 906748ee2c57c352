package muster.raft;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** The engine's settings, with the reason of each. */
final class EngineSettings {
    /** What an entry may have at most, framing included. The engine keeps a write buffer of that size. */
    static final int MAX_ENTRY = 8 << 20;

    private static final TimeDuration NEVER = TimeDuration.valueOf(36_500, TimeUnit.DAYS);

    private EngineSettings() {}

    /** Of a server without peers. */
    static RaftProperties alone(Path folder, LogSizes sizes) {
        RaftProperties p = common(folder, sizes);
        p.set(RaftConfigKeys.Rpc.TYPE_KEY, SoloTransport.class.getName());
        // A lone server need not wait for anybody before it elects itself.
        RaftServerConfigKeys.Rpc.setTimeoutMin(p, millis(10));
        RaftServerConfigKeys.Rpc.setTimeoutMax(p, millis(20));
        RaftServerConfigKeys.LeaderElection.setPreVote(p, false);
        // Nor should it step down because the machine slept: there is nobody who could have taken over.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(p, NEVER);
        return p;
    }

    /** Of a server that has peers, or may get some. */
    static RaftProperties among(Path folder, LogSizes sizes, ClusterSettings settings) {
        RaftProperties p = common(folder, sizes);
        p.set(RaftConfigKeys.Rpc.TYPE_KEY, SocketTransport.class.getName());
        long election = settings.election().toMillis();
        RaftServerConfigKeys.Rpc.setTimeoutMin(p, millis(election));
        RaftServerConfigKeys.Rpc.setTimeoutMax(p, millis(2 * election));
        RaftServerConfigKeys.Rpc.setRequestTimeout(p, TimeDuration.valueOf(settings.request().toMillis(), TimeUnit.MILLISECONDS));
        // A server that was cut off asks before it raises the term, so that its return disturbs nobody.
        RaftServerConfigKeys.LeaderElection.setPreVote(p, true);
        // A leader that hears no majority stops answering within the time in which the others elect another.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(p, millis(2 * election));
        // Reads ask a majority each time; the lease above that is ours, so that a read may choose.
        RaftServerConfigKeys.Read.setOption(p, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(p, false);
        return p;
    }

    private static TimeDuration millis(long millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }

    private static RaftProperties common(Path folder, LogSizes sizes) {
        RaftProperties p = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(p, List.of(folder.toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(p, folder.resolve("removed").toFile());
        // A process that was stopped for a while goes on; whether it still leads the others say.
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
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(p, millis(0));
        // A leader sends one message at a time, so none needs a hand-over to be put in order.
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(p, false);

        // The engine asks after every entry; whether one is due is decided by size, in the state machine.
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, 1);
        RaftServerConfigKeys.Snapshot.setCreationGap(p, 1);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(p, false);

        // What was sent twice is applied once in any case (SeenCalls); this only saves the second entry.
        RaftServerConfigKeys.RetryCache.setExpiryTime(p, TimeDuration.valueOf(5, TimeUnit.SECONDS));
        RaftServerConfigKeys.ThreadPool.setClientSize(p, 2);
        RaftServerConfigKeys.ThreadPool.setClientCached(p, false);
        return p;
    }
}
