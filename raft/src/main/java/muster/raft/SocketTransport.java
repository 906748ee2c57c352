package muster.raft;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Collection;
import java.util.Objects;
import muster.raft.PeerConnection.Kind;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * The engine's transport over {@link Peers}: its own messages in our frames. Its own transports read serialized Java objects
 * from anybody who connects, and only the slower one knows TLS; here a server has one port, its connections are secured the
 * same way whatever is sent, and a thread that sends is the one that reads the answer, which costs no hand-over.
 *
 * <p>The engine makes one by its class name; what it works with comes as a parameter. Requests of others come in through
 * {@link Engine#answer}.
 */
final class SocketTransport implements RpcType {
    private static final String PEERS = "muster.raft.peers";
    private static final String APPENDERS = "muster.raft.appenders";

    /** Called by the engine. */
    SocketTransport() {}

    static Parameters parameters(Peers peers, Appenders appenders) {
        Parameters parameters = new Parameters();
        parameters.put(PEERS, peers, Peers.class);
        parameters.put(APPENDERS, appenders, Appenders.class);
        return parameters;
    }

    @Override
    public String name() {
        return SocketTransport.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new Factory(this, parameters.getNonNull(PEERS, Peers.class), parameters.getNonNull(APPENDERS, Appenders.class));
    }

    private record Factory(RpcType type, Peers peers, Appenders appenders) implements ServerFactory {
        @Override
        public RpcType getRpcType() {
            return type;
        }

        @Override
        public RaftServerRpc newRaftServerRpc(RaftServer server) {
            return new Sending(type, peers);
        }

        @Override
        public LogAppender newLogAppender(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
            return appenders.make(server, leader, follower);
        }
    }

    private record Sending(RpcType type, Peers peers) implements RaftServerRpc {
        private byte[] ask(RaftRpcRequestProto header, Kind kind, byte[] body) throws IOException {
            try {
                return peers.ask(text(header.getReplyId()), kind, body);
            } catch (SocketTimeoutException e) {
                // It counts as an interruption by its type, and the engine ends for good what was interrupted.
                throw new IOException("no answer: " + e.getMessage(), e);
            }
        }

        private static String text(ByteString id) {
            return RaftPeerId.valueOf(id).toString();
        }

        @Override
        public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
            return RequestVoteReplyProto.parseFrom(ask(request.getServerRequest(), Kind.VOTE, request.toByteArray()));
        }

        @Override
        public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) throws IOException {
            return AppendEntriesReplyProto.parseFrom(ask(request.getServerRequest(), Kind.APPEND, request.toByteArray()));
        }

        @Override
        public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request) throws IOException {
            return InstallSnapshotReplyProto.parseFrom(ask(request.getServerRequest(), Kind.SNAPSHOT, request.toByteArray()));
        }

        @Override
        public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request) throws IOException {
            return StartLeaderElectionReplyProto.parseFrom(
                    ask(request.getServerRequest(), Kind.START_ELECTION, request.toByteArray()));
        }

        @Override
        public void addRaftPeers(Collection<RaftPeer> added) {
            for (RaftPeer peer : added) {
                String address = peer.getAddress();
                if (address != null && !address.isEmpty()) {
                    peers.known(new Member(peer.getId().toString(), address));
                }
            }
        }

        @Override
        public void handleException(RaftPeerId server, Exception e, boolean reconnect) {
            peers.reset(Objects.toString(server));
        }

        @Override
        public RpcType getRpcType() {
            return type;
        }

        /** The port is open before the engine is made, and closed after it. */
        @Override
        public void start() {}

        @Override
        public void close() {}

        @Override
        public InetSocketAddress getInetSocketAddress() {
            return InetSocketAddress.createUnresolved("localhost", 0);
        }
    }
}
