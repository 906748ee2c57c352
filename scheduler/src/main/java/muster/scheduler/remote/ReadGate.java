package muster.scheduler.remote;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Handler;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.LogGroup;
import muster.raft.NotLeaderException;
import muster.raft.ReadMode;
import muster.raft.members.AskException;
import muster.raft.members.Cluster;

/**
 * Before each request of a server among several: that its state is as new as the request asks for. Without a word a read is as new
 * as the leader's, with {@code ?consistent} a majority has confirmed that, with {@code ?stale} the server answers from what it has
 * and says how old that may be. What is decided by a state is decided by one as new as the leader's. (Nomad HTTP API:
 * consistency modes) Nothing blocks.
 */
public final class ReadGate {
    /** What tells of this agent or of the log itself. */
    private static final List<String> OWN = List.of("/v1/agent/", "/v1/status/", "/v1/client/", "/v1/regions", "/v1/metrics", "/v1/operator/raft/",
            "/v1/operator/autopilot/health", "/v1/jobs/parse", "/v1/validate/");
    private static final String KNOWN_LEADER = "X-Nomad-KnownLeader";
    private static final String LAST_CONTACT = "X-Nomad-LastContact";

    private final LogGroup log;
    private final Cluster cluster;
    private final ApiCalls calls;

    public ReadGate(LogGroup log, Cluster cluster, ApiCalls calls) {
        this.log = log;
        this.cluster = cluster;
        this.calls = calls;
    }

    /** The same routes behind the gate. */
    public Routes guard(Routes routes) {
        Routes guarded = new Routes();
        for (Routes.Route route : routes.all()) {
            boolean own = !route.pattern().startsWith("/v1/") || OWN.stream().anyMatch(route.pattern()::startsWith);
            guarded.add(route.method(), route.pattern(), route.maxBody(), own ? route.handler() : gated(route.handler()));
        }
        return guarded;
    }

    private Handler gated(Handler inner) {
        return call -> {
            boolean reads = call.method().equals("GET") || call.method().equals("HEAD");
            if (isLeadersAlone(call) && !log.isLeader()) {
                return passedOn(call);
            }
            if (reads && call.has("stale")) {
                return inner.handle(call).thenApply(this::dated);
            }
            return log.current(call.has("consistent") ? ReadMode.QUORUM : ReadMode.LEASE).thenCompose(done -> inner.handle(call));
        };
    }

    /** Launches of periodic jobs are kept apart by the leader's memory. */
    private static boolean isLeadersAlone(Call call) {
        return call.path().startsWith("/v1/job/") && call.path().endsWith("/periodic/force");
    }

    private CompletionStage<Reply> passedOn(Call call) {
        Optional<Cluster.Server> leader = cluster.servers().stream().filter(Cluster.Server::leader).findFirst();
        if (leader.isEmpty() || ApiCalls.hops(call) > 2) {
            throw new NotLeaderException("No cluster leader", Optional.empty());
        }
        return calls.ask(leader.get().node(), call).exceptionally(failure -> {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            return Reply.text(500, cause instanceof AskException asked && asked.reason() == AskException.Reason.NOT_SENT
                    ? "No cluster leader" : "rpc error making call: " + cause.getMessage());
        });
    }

    private Reply dated(Reply reply) {
        if (!reply.headers().containsKey(KNOWN_LEADER)) {
            return reply;
        }
        Map<String, String> headers = new LinkedHashMap<>(reply.headers());
        headers.put(KNOWN_LEADER, Boolean.toString(log.hasLeader()));
        headers.put(LAST_CONTACT, Long.toString(log.isLeader() ? 0 : log.lastContact().map(Duration::toMillis).orElse(0L)));
        return switch (reply) {
            case Reply.Full full -> full.withHeaders(headers);
            case Reply.WebSocket socket -> socket;
            case Reply.Streaming streaming -> new Reply.Streaming(streaming.status(), headers, streaming.source());
        };
    }
}
