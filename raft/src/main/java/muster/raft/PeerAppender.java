package muster.raft;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Comparator;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppenderBase;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.util.Timestamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the leader's log to one follower: one message at a time, with all that the follower lacks then. What a message holds, and what
 * its answer means, is the engine's; when one is sent is decided here:
 *
 * <ul>
 * <li>entries at once, and a heartbeat when one is due or a read asks for it, in front of entries, which take a sync;
 * <li>how far the log is committed goes with the next entries. Where none follow within {@value #NEWS_MILLIS} ms it goes alone, so
 *     that who waits at the follower for a change sees it, and at once where the follower has an answer to give ({@link #hurry}).
 * </ul>
 *
 * <p>The engine wakes its senders after every step of every follower. Here they sleep on where there is nothing to send, and nothing
 * that comes between the look and the sleep is missed. Its thread is the engine's; any thread may wake it.
 */
final class PeerAppender extends LogAppenderBase {
    private static final Logger LOG = LoggerFactory.getLogger(PeerAppender.class);
    private static final int NEWS_MILLIS = 2;
    private static final int COMPLAIN_EACH = 20;

    private final Object sleep = new Object();
    private boolean woken;
    private volatile boolean hurried;
    /** How long to wait for entries that would carry the news; longer and longer while there are none. The sender's alone. */
    private long patience = NEWS_MILLIS;
    private int failures;

    PeerAppender(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
        super(server, leader, follower);
    }

    @Override
    public long getCallId() {
        return CallId.get();
    }

    @Override
    public Comparator<Long> getCallIdComparator() {
        return CallId.getComparator();
    }

    /** The follower waits to hear how far the log is committed. */
    void hurry() {
        hurried = true;
        notifyLogAppender();
    }

    /** Called by the engine after anything that may concern a follower. */
    @Override
    public void notifyLogAppender() {
        if (!shouldSendAppendEntries() && !isNewsUrgent()) {
            return;
        }
        synchronized (sleep) {
            woken = true;
            sleep.notifyAll();
        }
    }

    private boolean isNewsUrgent() {
        return hurried && isFollowerBehind();
    }

    /** Whether more is committed than the follower is known to know. */
    private boolean isFollowerBehind() {
        return getFollower().getCommitIndex() < Math.min(getRaftLog().getLastCommittedIndex(), getFollower().getMatchIndex());
    }

    @Override
    public void run() throws InterruptedException, IOException {
        boolean newsDue = false;
        while (isRunning()) {
            if (newsDue || shouldSendAppendEntries() || isNewsUrgent()) {
                SnapshotInfo snapshot = shouldInstallSnapshot();
                if (snapshot == null) {
                    append();
                } else {
                    install(snapshot);
                }
            }
            newsDue = rested();
            getLeaderState().checkHealth(getFollower());
        }
    }

    /** Sleeps until there is something to send. True where the time came to tell the news without entries. */
    private boolean rested() throws InterruptedException {
        boolean unaware = getFollower().getCommitIndex() < getFollower().getMatchIndex();
        long heartbeat = getHeartbeatWaitTimeMs();
        long millis = unaware ? Math.min(patience, heartbeat) : heartbeat;
        boolean rested = false;
        synchronized (sleep) {
            if (!woken && millis > 0 && isRunning() && !hasAppendEntries() && !isNewsUrgent()) {
                sleep.wait(millis);
                rested = !woken;
            }
            woken = false;
        }
        if (rested && unaware) {
            patience = Math.min(2 * patience, Math.max(1, heartbeat));
            return isFollowerBehind();
        }
        return false;
    }

    private void append() throws InterruptedException, IOException {
        // Taken back before the message is made: what is asked for from now on gets one of its own.
        boolean heartbeat = getHeartbeatWaitTimeMs() <= 0 || !hasAppendEntries();
        resetHeartbeatTrigger();
        hurried = false;
        AppendEntriesRequestProto request = newAppendEntriesRequest(CallId.getAndIncrement(), heartbeat);
        if (request == null || !isRunning()) {
            return;
        }
        getFollower().updateLastRpcSendTime(request.getEntriesCount() == 0);
        Timestamp sent = Timestamp.currentTime();
        AppendEntriesReplyProto reply;
        try {
            reply = getServerRpc().appendEntries(request);
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            failed("entries", e);
            return;
        }
        failures = 0;
        if (request.getEntriesCount() > 0) {
            patience = NEWS_MILLIS;
        }
        getFollower().updateLastRpcResponseTime();
        getFollower().updateLastRespondedAppendEntriesSendTime(sent);
        getLeaderState().onFollowerCommitIndex(getFollower(), reply.getFollowerCommit());
        answered(request, reply);
        getLeaderState().onAppendEntriesReply(this, reply);
    }

    private void answered(AppendEntriesRequestProto request, AppendEntriesReplyProto reply) {
        switch (reply.getResult()) {
            case SUCCESS -> {
                long before = getFollower().getNextIndex();
                // A heartbeat's answer vouches for no more than the entry that it named.
                long next = request.getEntriesCount() > 0 ? reply.getNextIndex()
                        : Math.max(before, request.hasPreviousLog() ? request.getPreviousLog().getIndex() + 1 : 0);
                if (next < before) {
                    throw new IllegalStateException("follower " + getFollowerId() + " claims to lack entry " + next
                            + ", which it had; its log was changed behind its back");
                }
                if (next > before) {
                    getFollower().updateMatchIndex(next - 1);
                    getFollower().increaseNextIndex(next);
                    getLeaderState().onFollowerSuccessAppendEntries(getFollower());
                }
            }
            case NOT_LEADER -> onFollowerTerm(reply.getTerm());
            case INCONSISTENCY -> getFollower().setNextIndex(getNextIndexForInconsistency(
                    request.getEntriesCount() > 0 ? request.getEntries(0).getIndex() : RaftLog.INVALID_LOG_INDEX, reply.getNextIndex()));
            case UNRECOGNIZED -> LOG.warn("answer of an unknown kind follower={}", getFollowerId());
        }
    }

    private void install(SnapshotInfo snapshot) throws InterruptedException, IOException {
        LOG.info("snapshot sent follower={} next={} start={} snapshot={}", getFollowerId(), getFollower().getNextIndex(),
                getRaftLog().getStartIndex(), snapshot.getIndex());
        InstallSnapshotReplyProto reply = null;
        try {
            for (InstallSnapshotRequestProto request : newInstallSnapshotRequests(UUID.randomUUID().toString(), snapshot)) {
                getFollower().updateLastRpcSendTime(false);
                reply = getServerRpc().installSnapshot(request);
                getFollower().updateLastRpcResponseTime();
                if (!reply.getServerReply().getSuccess()) {
                    break;
                }
            }
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            failed("snapshot", e);
            return;
        }
        if (reply == null) {
            return;
        }
        failures = 0;
        if (reply.getServerReply().getSuccess()) {
            getFollower().setSnapshotIndex(snapshot.getIndex());
        }
        switch (reply.getResult()) {
            case NOT_LEADER -> onFollowerTerm(reply.getTerm());
            case SUCCESS, SNAPSHOT_UNAVAILABLE, ALREADY_INSTALLED, SNAPSHOT_EXPIRED -> getFollower().setAttemptedToInstallSnapshot();
            case CONF_MISMATCH, IN_PROGRESS, SNAPSHOT_INSTALLED, UNRECOGNIZED ->
                    LOG.debug("snapshot not taken yet follower={} result={}", getFollowerId(), reply.getResult());
        }
    }

    /** The same is sent again soon, as often as it takes. */
    private void failed(String what, Exception reason) throws InterruptedException {
        if (failures++ % COMPLAIN_EACH == 0) {
            LOG.warn("{} not sent follower={} failures={} reason={}", what, getFollowerId(), failures, reason.toString());
        }
        getServerRpc().handleException(getFollowerId(), reason, false);
        if (isRunning()) {
            getServer().properties().rpcSleepTime().sleep();
        }
    }
}
