package muster.raft;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;

/** The senders of the newest time that this server led, by follower. Any thread may call. */
final class Appenders {
    private final Map<String, PeerAppender> appenders = new ConcurrentHashMap<>();

    /** Called by the engine when a follower is to be sent to. */
    PeerAppender make(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
        PeerAppender made = new PeerAppender(server, leader, follower);
        appenders.put(follower.getId().toString(), made);
        return made;
    }

    /** Tells a follower at once how far the log is committed; nothing happens where this server does not lead. */
    void tell(String follower) {
        PeerAppender appender = appenders.get(follower);
        if (appender != null && appender.isRunning()) {
            appender.hurry();
        }
    }
}
