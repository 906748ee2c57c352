package muster.registry.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import muster.raft.NotLeaderException;
import muster.raft.members.Cluster;
import muster.raft.members.Membership;
import muster.registry.Registry;
import muster.registry.state.Session;

/** What servers of the registry ask each other beside what the log carries. Any thread may call. */
public final class ServerQuestions {
    private static final String RENEW = "registry.renew";

    private final Registry registry;
    private final Membership members;
    private final Cluster cluster;

    public ServerQuestions(Registry registry, Membership members, Cluster cluster) {
        this.registry = registry;
        this.members = members;
        this.cluster = cluster;
    }

    /** Answers the others' questions from now on, and has this server's put to them. */
    public void answer() {
        members.answer(RENEW, (from, body, gone) -> renewed(new String(body, StandardCharsets.US_ASCII)));
        registry.relayRenewals(this::renew);
    }

    private CompletionStage<byte[]> renewed(String id) {
        if (!registry.isLeader()) {
            return CompletableFuture.failedFuture(new NotLeaderException("this server does not lead", registry.leader()));
        }
        Optional<Session> session = registry.snapshot().sessions().get(id);
        return session.<CompletionStage<byte[]>>map(found -> registry.renew(found).thenApply(done -> new byte[0]))
                .orElseGet(() -> CompletableFuture.completedFuture(new byte[0]));
    }

    /** The time of a session runs on the leader alone. */
    private CompletableFuture<Void> renew(String id) {
        Optional<Cluster.Server> leader = cluster.servers().stream().filter(Cluster.Server::leader).findFirst();
        if (leader.isEmpty()) {
            return CompletableFuture.failedFuture(new NotLeaderException("No cluster leader", Optional.empty()));
        }
        return members.ask(leader.get().node(), RENEW, id.getBytes(StandardCharsets.US_ASCII)).handle((done, failure) -> {
            if (failure != null) {
                throw new CompletionException(new NotLeaderException("No cluster leader", Optional.empty()));
            }
            return null;
        });
    }
}
