package muster.scheduler.remote;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.raft.LogGroup;
import muster.raft.NotLeaderException;
import muster.raft.ReadMode;
import muster.raft.members.Cluster;
import muster.raft.members.Membership;
import muster.scheduler.SchedulerServer;
import muster.scheduler.client.ServerApi;
import muster.scheduler.remote.NodeQuestion.Answer;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.RefusedException;
import muster.wire.Json;
import muster.wire.JsonException;

/**
 * What a server answers to nodes. What writes or counts as a sign of life is the leader's: other servers pass it on, once. What
 * is read is answered by any server that has made sure that its state is the newest. Any thread may call.
 */
public final class NodeAnswers {
    private static final Duration LONGEST_PULL = Duration.ofMinutes(5);
    private static final long RELAY_SECONDS = 9;

    private final SchedulerServer server;
    private final LogGroup log;
    private final Membership members;
    private final Cluster cluster;

    public NodeAnswers(SchedulerServer server, LogGroup log, Membership members, Cluster cluster) {
        this.server = server;
        this.log = log;
        this.members = members;
        this.cluster = cluster;
    }

    /** Answers from now on. */
    public void start() {
        members.answer(NodeQuestion.KIND, (from, body, gone) -> answer(body, true));
        members.answer(NodeQuestion.LEADER_KIND, (from, body, gone) -> answer(body, false));
    }

    private CompletionStage<byte[]> answer(byte[] body, boolean passOn) {
        try {
            NodeQuestion question = NodeQuestion.of(body);
            if (question.isForLeader() && !server.leader().leads()) {
                return CompletableFuture.completedFuture(passOn ? passedOn(body) : Json.write(Answer.not(Answer.NO_LEADER, "No cluster leader")));
            }
            return CompletableFuture.completedFuture(Json.write(outcome(question)));
        } catch (IOException | JsonException e) {
            return CompletableFuture.failedFuture(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CompletableFuture.completedFuture(Json.write(Answer.not(Answer.NO_LEADER, "the server is shutting down")));
        }
    }

    private byte[] passedOn(byte[] body) throws InterruptedException {
        Optional<Cluster.Server> leader = cluster.servers().stream().filter(Cluster.Server::leader).findFirst();
        String trouble = "No cluster leader";
        if (leader.isPresent() && !leader.get().node().equals(members.self().name())) {
            try {
                return members.ask(leader.get().node(), NodeQuestion.LEADER_KIND, body).get(RELAY_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                trouble = e.getCause().getMessage();
            } catch (TimeoutException e) {
                trouble = "the leader " + leader.get().node() + " did not answer in time";
            }
        }
        return Json.write(Answer.not(Answer.NO_LEADER, trouble));
    }

    private Answer outcome(NodeQuestion question) throws InterruptedException {
        try {
            if (!question.isForLeader()) {
                log.current(ReadMode.LEASE).get();
            }
            return done(question);
        } catch (NotLeaderException e) {
            return Answer.not(Answer.NO_LEADER, "No cluster leader");
        } catch (ExecutionException e) {
            return Answer.not(Answer.NO_LEADER, String.valueOf(e.getCause().getMessage()));
        } catch (IllegalArgumentException e) {
            return Answer.not(Answer.UNFIT, e.getMessage());
        } catch (RefusedException e) {
            return Answer.not(Answer.REFUSED, e.getMessage());
        }
    }

    private Answer done(NodeQuestion question) throws InterruptedException {
        ServerApi here = server.clients();
        switch (question) {
            case NodeQuestion.Register q -> {
                return Answer.of(here.register(q.node()));
            }
            case NodeQuestion.Status q -> {
                return Answer.of(here.updateStatus(q.id(), q.status()));
            }
            case NodeQuestion.Events q -> here.addEvents(q.id(), q.events());
            case NodeQuestion.Reports q -> here.updateAllocations(q.allocations());
            case NodeQuestion.Services q -> here.registerServices(q.services());
            case NodeQuestion.NoServices q -> here.deregisterServices(q.ids());
            case NodeQuestion.Pull q -> {
                ServerApi.Allocations found = here.allocations(q.id(), q.index(), q.atMost().compareTo(LONGEST_PULL) > 0 ? LONGEST_PULL : q.atMost());
                return Answer.of(found.index(), q.index() > 0 && found.index() <= q.index() ? null : found.allocations());
            }
            case NodeQuestion.ServicesOf q -> {
                return Answer.of(List.copyOf(here.services(q.id())));
            }
            case NodeQuestion.One q -> {
                Allocation found = here.allocation(q.id());
                return Answer.of(0, found == null ? List.of() : List.of(found));
            }
        }
        return Answer.done();
    }
}
