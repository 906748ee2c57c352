package muster.scheduler.remote;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.raft.members.AgentMember;
import muster.raft.members.AskException;
import muster.raft.members.Membership;
import muster.scheduler.client.ServerApi;
import muster.scheduler.client.ServerUnreachableException;
import muster.scheduler.remote.NodeQuestion.Answer;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.NativeService;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeEvent;
import muster.scheduler.state.RefusedException;
import muster.wire.Json;

/**
 * A node's servers over the network: each question goes to the server that answered last, else to another, and again for as long
 * as the hold time where no leader was known. All questions may be put twice. Any thread may call.
 */
public final class NodeCalls implements ServerApi {
    /** An answer of a server that says nothing for so long beyond the time of a question is not waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** For how long a server is left to wait for new allocations: it may have lost the others meanwhile. */
    private static final Duration PULL = Duration.ofSeconds(20);
    private static final long PAUSE_MILLIS = 100;

    private final Membership members;
    private final Duration hold;
    private volatile String preferred = "";

    /** @param hold for how long a question is put again before it fails; an election takes less */
    public NodeCalls(Membership members, Duration hold) {
        this.members = members;
        this.hold = hold;
    }

    /** The server that answered last, "" before the first. */
    public String preferred() {
        return preferred;
    }

    @Override
    public Heartbeat register(Node node) {
        return heartbeat(ask(new NodeQuestion.Register(node)));
    }

    @Override
    public Heartbeat updateStatus(String nodeId, String status) {
        return heartbeat(ask(new NodeQuestion.Status(nodeId, status)));
    }

    private static Heartbeat heartbeat(Answer answer) {
        return new Heartbeat(answer.ttl(), answer.index());
    }

    @Override
    public void addEvents(String nodeId, List<NodeEvent> events) {
        ask(new NodeQuestion.Events(nodeId, events));
    }

    @Override
    public Allocations allocations(String nodeId, long index, Duration wait) throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        while (true) {
            long left = Math.max(0, end - System.nanoTime());
            Duration asked = left > PULL.toNanos() ? PULL : Duration.ofNanos(left);
            // The last of them gets an answer whatever it is.
            Answer answer = await(new NodeQuestion.Pull(nodeId, left == 0 ? 0 : index, asked), asked);
            if (answer.allocations() != null) {
                return new Allocations(answer.index(), answer.allocations());
            }
        }
    }

    @Override
    public void updateAllocations(List<Allocation> allocations) {
        ask(new NodeQuestion.Reports(allocations));
    }

    @Override
    public void registerServices(List<NativeService> services) {
        ask(new NodeQuestion.Services(services));
    }

    @Override
    public void deregisterServices(List<String> ids) {
        ask(new NodeQuestion.NoServices(ids));
    }

    @Override
    public Set<String> services(String nodeId) {
        return Set.copyOf(ask(new NodeQuestion.ServicesOf(nodeId)).ids());
    }

    @Override
    public Allocation allocation(String id) {
        List<Allocation> found = ask(new NodeQuestion.One(id)).allocations();
        return found.isEmpty() ? null : found.getFirst();
    }

    private Answer ask(NodeQuestion question) {
        try {
            return await(question, Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerUnreachableException("interrupted while a server was asked", e);
        }
    }

    /** @param waits for how long the server itself may wait */
    private Answer await(NodeQuestion question, Duration waits) throws InterruptedException {
        byte[] bytes = question.bytes();
        long end = System.nanoTime() + hold.toNanos();
        String trouble = "no servers";
        while (true) {
            for (String server : inTurn()) {
                try {
                    Answer answer = Json.read(Answer.class, one(server, bytes, waits), Json.Unknown.IGNORE);
                    preferred = server;
                    return taken(answer);
                } catch (NoLeader e) {
                    trouble = e.getMessage();
                } catch (ServerUnreachableException e) {
                    trouble = e.getMessage();
                    if (server.equals(preferred)) {
                        preferred = "";
                    }
                }
            }
            if (System.nanoTime() - end > 0) {
                throw new ServerUnreachableException(trouble, null);
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private List<String> inTurn() {
        List<String> names = new ArrayList<>(members.servers().stream().map(AgentMember::name).toList());
        if (names.remove(preferred)) {
            names.addFirst(preferred);
        }
        return names;
    }

    private byte[] one(String server, byte[] question, Duration waits) throws InterruptedException {
        CompletableFuture<byte[]> asked = members.ask(server, NodeQuestion.KIND, question);
        try {
            return asked.get(waits.plus(PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new ServerUnreachableException(e.getCause() instanceof AskException known ? known.getMessage() : e.getCause().toString(), e.getCause());
        } catch (TimeoutException e) {
            asked.cancel(false);
            throw new ServerUnreachableException(server + " did not answer in time", e);
        } catch (InterruptedException e) {
            asked.cancel(false);
            throw e;
        }
    }

    private static Answer taken(Answer answer) {
        return switch (answer.outcome()) {
            case Answer.DONE -> answer;
            case Answer.NO_LEADER -> throw new NoLeader(answer.reason());
            case Answer.UNFIT -> throw new IllegalArgumentException(answer.reason());
            default -> throw new RefusedException(answer.reason());
        };
    }

    private static final class NoLeader extends RuntimeException {
        NoLeader(String message) {
            super(message, null, false, false);
        }
    }
}
