package muster.scheduler.remote;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Dispatcher;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.members.AgentMember;
import muster.raft.members.AskException;
import muster.raft.members.Membership;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.State;

/**
 * The paths {@code /v1/client/*} on any agent: what is about an allocation or a node is answered by the agent that runs it, found
 * by a server where it is not this one (API page "Client"). Any thread may call; nothing blocks.
 */
public final class NodeRelay {
    /** An agent that runs tasks says so by this tag, whose value is its node's id. */
    public static final String NODE_TAG = "node_id";
    private static final long MAX_BODY = 16 << 20;
    private static final int MOST_HOPS = 2;

    /**
     * This agent's node.
     *
     * @param api its own answers to these paths
     */
    public record Here(String nodeId, Dispatcher api) {}

    private final Optional<Here> here;
    private final Optional<Supplier<State>> state;
    private final Membership members;
    private final ApiCalls calls;
    private final ServerRelay servers;

    /**
     * @param here the node that this agent is, where it is one
     * @param state of this server; none on an agent without one, which asks a server
     */
    public NodeRelay(Optional<Here> here, Optional<Supplier<State>> state, Membership members, ApiCalls calls, ServerRelay servers) {
        this.here = here;
        this.state = state;
        this.members = members;
        this.calls = calls;
        this.servers = servers;
    }

    /** The routes of the paths. */
    public Routes routes() {
        Routes routes = new Routes();
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/client/*rest", MAX_BODY, this::handle);
        }
        return routes;
    }

    private CompletionStage<Reply> handle(Call call) {
        Optional<String> allocation = allocation(call.path());
        if (allocation.isPresent()) {
            return state.isPresent() ? ofAllocation(call, allocation.get()) : orServers(call);
        }
        String node = call.query("node_id").isEmpty() ? here.map(Here::nodeId).orElse("") : call.query("node_id");
        if (node.isEmpty()) {
            return refused(400, "No local Node and node_id not provided");
        }
        if (state.isEmpty()) {
            return orServers(about(call, node));
        }
        return here.filter(own -> own.nodeId().equals(node)).isPresent() ? own(call) : ofNode(call, node);
    }

    private static Call about(Call call, String node) {
        Map<String, List<String>> query = new LinkedHashMap<>(call.query());
        query.put("node_id", List.of(node));
        return new Call(call.method(), call.path(), call.parameters(), query, call.headers(), call.body(), call.remote(), call.gone());
    }

    /** The whole id in the path; nothing where the path is not about an allocation, or what stands there is no id. */
    private static Optional<String> allocation(String path) {
        String[] parts = path.split("/");
        Optional<String> found = parts.length < 5 ? Optional.empty()
                : parts[3].equals("fs") && parts.length > 5 ? Optional.of(parts[5])
                : parts[3].equals("allocation") ? Optional.of(parts[4]) : Optional.empty();
        return found.filter(id -> id.length() == 36);
    }

    private CompletionStage<Reply> ofAllocation(Call call, String id) {
        Allocation allocation = state.orElseThrow().get().allocations().get(id);
        if (allocation == null) {
            return here.isPresent() ? own(call) : refused(404, "Unknown allocation \"" + id + "\"");
        }
        return here.filter(own -> own.nodeId().equals(allocation.nodeId())).isPresent() ? own(call) : ofNode(call, allocation.nodeId());
    }

    private CompletionStage<Reply> ofNode(Call call, String nodeId) {
        if (state.orElseThrow().get().nodes().get(nodeId) == null) {
            return refused(404, "Unknown node " + nodeId);
        }
        Optional<AgentMember> agent = members.members().stream()
                .filter(member -> member.isAlive() && member.tag(NODE_TAG).equals(nodeId)).findFirst();
        if (agent.isEmpty() || ApiCalls.hops(call) > MOST_HOPS) {
            return refused(404, "No path to node");
        }
        return calls.ask(agent.get().name(), call).exceptionally(failure -> {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            return cause instanceof AskException asked && asked.reason() == AskException.Reason.NOT_SENT
                    ? Reply.text(404, "No path to node") : Reply.text(500, "rpc error making call: " + cause.getMessage());
        });
    }

    /** Servers know the rights of who asks, and then ask the agent of the node: that may be this one. */
    private CompletionStage<Reply> orServers(Call call) {
        return here.isPresent() && ApiCalls.hops(call) > 0 ? own(call) : servers.forward(call);
    }

    private CompletionStage<Reply> own(Call call) {
        return here.orElseThrow().api().handle(call);
    }

    private static CompletionStage<Reply> refused(int status, String text) {
        return CompletableFuture.completedFuture(Reply.text(status, text));
    }
}
