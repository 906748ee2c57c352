package muster.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** Apache Ratis with our settings: one server, one group. Any thread may call. */
final class Engine implements AutoCloseable {
    /** What an entry may have at most, framing included. The engine keeps a write buffer of that size. */
    static final int MAX_ENTRY = EngineSettings.MAX_ENTRY;

    private static final RaftGroupId GROUP = RaftGroupId.valueOf(UUID.fromString("6d757374-6572-4c6f-8000-000000000001"));
    private static final long CHANGE_MILLIS = 30_000;

    private final RaftServer server;
    private final RaftPeerId self;
    /** Writes entries. Its calls are numbered without gaps, see {@link SeenCalls}. */
    private final ClientId client = ClientId.randomId();
    /** Asks for everything else. */
    private final ClientId asker = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong questions = new AtomicLong();
    /** Our group once it is there; the engine takes a lock to find it, and readers ask about it all the time. */
    private volatile RaftServer.Division division;

    private Engine(RaftPeerId self, RaftServer.Builder builder, StateMachine machine) throws IOException {
        this.self = self;
        // RECOVER makes the files where none are, and never removes any.
        this.server = builder.setServerId(self).setOption(RaftStorage.StartupOption.RECOVER).setStateMachine(machine).build();
    }

    /** A server without peers. */
    static Engine alone(Path folder, Member member, LogSizes sizes, StateMachine machine) throws IOException {
        return new Engine(RaftPeerId.valueOf(member.id()), RaftServer.newBuilder().setGroup(group(List.of(member)))
                .setProperties(EngineSettings.alone(folder, sizes)), machine);
    }

    /**
     * A server that may have peers. It takes up the log in its folder; where there is none, it waits for {@link #begin}.
     *
     * @param parameters those of {@link SocketTransport}
     */
    static Engine among(Path folder, Member member, LogSizes sizes, ClusterSettings settings, Parameters parameters,
            StateMachine machine) throws IOException {
        return new Engine(RaftPeerId.valueOf(member.id()), RaftServer.newBuilder().setParameters(parameters)
                .setProperties(EngineSettings.among(folder, sizes, settings)), machine);
    }

    /** Where the engine keeps the log of our group, and the state machine its snapshots. */
    static Path groupFolder(Path folder) {
        return folder.resolve(GROUP.getUuid().toString());
    }

    private static RaftGroup group(Collection<Member> members) {
        return RaftGroup.valueOf(GROUP, members.stream().map(Engine::peer).toList());
    }

    private static RaftPeer peer(Member member) {
        return RaftPeer.newBuilder().setId(member.id()).setAddress(member.address()).build();
    }

    void start() throws IOException {
        server.start();
    }

    /** Makes the log. All of the members have to begin with the same ones; nobody begins a log that waits to be added to one. */
    void begin(Collection<Member> members) throws IOException {
        RaftClientReply reply = server.groupManagement(
                GroupManagementRequest.newAdd(asker, self, questions.incrementAndGet(), group(members), false));
        if (!reply.isSuccess()) {
            throw new IOException("the log can't be made: " + reply.getException().getMessage(), reply.getException());
        }
    }

    /** Whether this server leads and has applied all that was in the log before it did. */
    boolean isLeaderReady() {
        return info().filter(DivisionInfo::isLeaderReady).isPresent();
    }

    /** Whether this server leads, perhaps not ready yet. */
    boolean isLeader() {
        return info().filter(DivisionInfo::isLeader).isPresent();
    }

    /** The server that leads, as far as this one knows. */
    Optional<String> leader() {
        return info().map(DivisionInfo::getLeaderId).map(RaftPeerId::toString);
    }

    long term() {
        return info().map(DivisionInfo::getCurrentTerm).orElse(0L);
    }

    /** The servers of the newest configuration that this one knows. */
    List<Member> members() {
        List<Member> members = new ArrayList<>();
        division().ifPresent(division -> division.getRaftConf().getAllPeers(RaftPeerRole.FOLLOWER)
                .forEach(peer -> members.add(new Member(peer.getId().toString(), peer.getAddress()))));
        return members;
    }

    private Optional<RaftServer.Division> division() {
        RaftServer.Division known = division;
        if (known != null) {
            return Optional.of(known);
        }
        try {
            division = server.getDivision(GROUP);
            return Optional.of(division);
        } catch (IOException e) {
            // There is no group: none was begun, or the server is closed.
            return Optional.empty();
        }
    }

    private Optional<DivisionInfo> info() {
        return division().map(RaftServer.Division::getInfo);
    }

    /** The number of the next call; an entry carries it, so that what is applied can be told to be one's own. */
    long nextCall() {
        return calls.incrementAndGet();
    }

    boolean isOwn(ClientId writer) {
        return client.equals(writer);
    }

    /** This process as the log's entries name it. */
    ClientId client() {
        return client;
    }

    /** Submits an entry here. The answer says only whether it was taken; its effect shows when it is applied. */
    CompletableFuture<RaftClientReply> submit(ClientId writer, long call, ByteString entry) throws IOException {
        return ask(RaftClientRequest.newBuilder().setClientId(writer).setServerId(self).setGroupId(GROUP).setCallId(call)
                .setMessage(Message.valueOf(entry)).setType(RaftClientRequest.writeRequestType()).build());
    }

    CompletableFuture<RaftClientReply> submit(long call, byte[] entry) throws IOException {
        return submit(client, call, UnsafeByteOperations.unsafeWrap(entry));
    }

    /**
     * Completes when a majority has confirmed, after this call, that this server leads, and what was committed then is applied
     * here.
     */
    CompletableFuture<RaftClientReply> confirm() throws IOException {
        return ask(RaftClientRequest.newBuilder().setClientId(asker).setServerId(self).setGroupId(GROUP)
                .setCallId(questions.incrementAndGet()).setMessage(Message.EMPTY).setType(RaftClientRequest.readRequestType()).build());
    }

    /** Asks the group itself where that is possible: the server hands each request to a pool, and waits until the pool took it in. */
    private CompletableFuture<RaftClientReply> ask(RaftClientRequest request) throws IOException {
        return division().orElse(null) instanceof RaftClientAsynchronousProtocol group
                ? group.submitClientRequestAsync(request) : server.submitClientRequestAsync(request);
    }

    /** Changes the members; only where this server leads. */
    RaftClientReply change(Collection<Member> members) throws IOException {
        return server.setConfiguration(new SetConfigurationRequest(asker, self, GROUP, questions.incrementAndGet(),
                SetConfigurationRequest.Arguments.newBuilder().setServersInNewConf(members.stream().map(Engine::peer).toList())
                        .setMode(SetConfigurationRequest.Mode.SET_UNCONDITIONALLY).build()));
    }

    /** Hands the lead to another member; only where this server leads. */
    RaftClientReply transfer(String member) throws IOException {
        return server.transferLeadership(new TransferLeadershipRequest(asker, self, GROUP, questions.incrementAndGet(),
                RaftPeerId.valueOf(member), CHANGE_MILLIS));
    }

    /** Takes the entries or the heartbeat of a leader; answers on one of the engine's threads, once they are synced. */
    CompletableFuture<byte[]> append(byte[] body) throws IOException {
        return server.appendEntriesAsync(AppendEntriesRequestProto.parseFrom(body)).thenApply(reply -> reply.toByteArray());
    }

    /** Answers the engine of another server. */
    byte[] answer(PeerConnection.Kind kind, byte[] body) throws IOException {
        return switch (kind) {
            case VOTE -> server.requestVote(RequestVoteRequestProto.parseFrom(body)).toByteArray();
            case SNAPSHOT -> server.installSnapshot(InstallSnapshotRequestProto.parseFrom(body)).toByteArray();
            case START_ELECTION ->
                    server.startLeaderElection(StartLeaderElectionRequestProto.parseFrom(body)).toByteArray();
            case APPEND, PROPOSE, READ, CHANGE -> throw new IllegalArgumentException(kind + " is not answered here");
        };
    }

    /** Returns when it is closed, also where another thread closes it. */
    @Override
    public synchronized void close() throws IOException {
        server.close();
    }
}
