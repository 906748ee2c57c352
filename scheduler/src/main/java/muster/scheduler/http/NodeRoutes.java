package muster.scheduler.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.Applied;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.Leader;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Values;
import muster.scheduler.state.Command;
import muster.scheduler.state.DrainMetadata;
import muster.scheduler.state.DrainStrategy;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeEvent;
import muster.scheduler.state.Store;
import muster.scheduler.state.Topic;
import muster.wire.GoTime;

/** {@code /v1/nodes} and {@code /v1/node/...} (API page "Nodes"). */
final class NodeRoutes {
    record EligibilityBody(String eligibility) {}

    record DrainSpec(Duration deadline, boolean ignoreSystemJobs) {}

    record DrainBody(DrainSpec drainSpec, boolean markEligible, Map<String, String> meta) {}

    private final Answers answers;
    private final Writer writer;
    private final Leader leader;

    NodeRoutes(Answers answers, Writer writer, Leader leader) {
        this.answers = answers;
        this.writer = writer;
        this.leader = leader;
    }

    void add(Routes routes) {
        routes.get("/v1/nodes", Handlers.blocking(this::nodes));
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/node/*rest", Handlers.blocking(this::node));
        }
    }

    private Reply nodes(Call call) {
        answers.caller(call).require(Permission.NODE_READ);
        String prefix = Answers.prefix("node", call.query("prefix"));
        boolean resources = Answers.flag(call, "resources");
        return answers.read(call, Topic.NODES, Topic.NODES, state -> Listing.byName(call, state.nodes().startingWith(prefix), Node::id,
                Listing.NODE, node -> stub(node, resources, Answers.flag(call, "os"))));
    }

    private static Map<String, Object> stub(Node node, boolean resources, boolean system) {
        Map<String, Object> stub = Views.nodeStub(node, resources);
        if (system) {
            stub.put("Attributes", Map.of("os.name", Values.text(Values.orEmpty(node.attributes()).get("os.name"))));
        }
        return stub;
    }

    private Reply node(Call call) {
        String rest = call.parameter("rest");
        int slash = rest.lastIndexOf('/');
        String last = slash < 0 ? "" : rest.substring(slash + 1);
        String id = slash < 0 ? rest : rest.substring(0, slash);
        Caller caller = answers.caller(call);
        caller.require(List.of("eligibility", "drain", "evaluate", "purge").contains(last) ? Permission.NODE_WRITE : Permission.NODE_READ);
        return switch (last) {
            case "allocations" -> answers.read(call, Topic.nodeAllocations(id), Topic.ALLOCATIONS, state -> Answers.map(
                    JobRoutes.newestFirst(state.allocationsOn(id).stream()
                            .filter(a -> caller.may(a.namespace(), Capability.READ_JOB)).toList()), Views::allocation));
            case "eligibility" -> eligibility(call, id);
            case "drain" -> drain(call, id);
            case "evaluate" -> evaluate(call, id);
            case "purge" -> purge(call, id);
            default -> {
                String whole = Answers.wholeId("node", rest);
                yield answers.read(call, Topic.node(whole), Topic.NODES,
                        state -> Views.node(ObjectQueries.found(state.nodes().get(whole), "node not found")));
            }
        };
    }

    private Node known(String id) {
        Node node = writer.state().nodes().get(id);
        if (node == null) {
            throw new ApiException(500, "node not found");
        }
        return node;
    }

    private NodeEvent event(String message, String subsystem) {
        return new NodeEvent(0, null, message, subsystem, writer.now());
    }

    private Reply eligibility(Call call, String id) {
        Answers.writing(call);
        String wanted = Values.text(Answers.body(EligibilityBody.class, call).eligibility());
        if (!wanted.equals(Node.ELIGIBLE) && !wanted.equals(Node.INELIGIBLE)) {
            throw new ApiException(500, "invalid scheduling eligibility \"" + wanted + "\"");
        }
        Node node = known(id);
        boolean becomes = wanted.equals(Node.ELIGIBLE);
        List<Evaluation> made = becomes && !node.schedulingEligibility().equals(wanted)
                ? leader.evaluationsFor(writer.state(), node, Evaluations.NODE_UPDATE) : List.of();
        NodeEvent event = event(becomes ? "Node marked as eligible for scheduling" : "Node marked as ineligible for scheduling", "Cluster");
        return nodeChanged(call, writer.write(new Command.UpdateNodeEligibility(id, wanted, event, made)), made);
    }

    private static Reply nodeChanged(Call call, Applied<Store.Result> applied, List<Evaluation> made) {
        Map<String, Object> answer = new TreeMap<>();
        answer.put("EvalCreateIndex", made.isEmpty() ? 0 : applied.index());
        answer.put("EvalIDs", made.isEmpty() ? null : made.stream().map(Evaluation::id).toList());
        answer.put("Index", applied.index());
        answer.put("NodeModifyIndex", applied.index());
        return Answers.written(call, answer, applied.index());
    }

    private Reply drain(Call call, String id) {
        Answers.writing(call);
        DrainBody body = Answers.body(DrainBody.class, call);
        Node node = known(id);
        List<Evaluation> made = leader.evaluationsFor(writer.state(), node, Evaluations.NODE_UPDATE);
        DrainStrategy strategy = null;
        if (body.drainSpec() != null) {
            Duration deadline = Values.duration(body.drainSpec().deadline());
            strategy = new DrainStrategy(deadline, deadline.isPositive() ? writer.now().plus(deadline) : GoTime.ZERO,
                    body.drainSpec().ignoreSystemJobs(), writer.now());
        }
        DrainMetadata last = new DrainMetadata("", body.meta(), node.drain() && node.lastDrain() != null ? node.lastDrain().startedAt() : writer.now(),
                strategy != null ? "draining" : "canceled", writer.now());
        NodeEvent event = event(strategy != null ? "Node drain strategy set" : "Node drain disabled", "Drain");
        return nodeChanged(call, writer.write(new Command.UpdateNodeDrain(id, strategy, body.markEligible(),
                strategy == null && !node.drain() ? null : last, event, made)), made);
    }

    private Reply evaluate(Call call, String id) {
        Answers.writing(call);
        Node node = known(id);
        List<Evaluation> made = leader.evaluationsFor(writer.state(), node, Evaluations.NODE_UPDATE);
        long index = made.isEmpty() ? writer.state().index() : writer.write(new Command.UpdateEvaluations(made)).index();
        Map<String, Object> server = new TreeMap<>(Map.of("Datacenter", node.datacenter(), "RPCAdvertiseAddr", "127.0.0.1:4647", "RPCMajorVersion", 1, "RPCMinorVersion", 1));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("EvalCreateIndex", made.isEmpty() ? 0 : index);
        answer.put("EvalIDs", made.isEmpty() ? null : made.stream().map(Evaluation::id).toList());
        answer.put("Features", 0);
        answer.put("HeartbeatTTL", 0);
        answer.put("Index", index);
        answer.put("KnownLeader", false);
        answer.put("LastContact", 0);
        answer.put("LeaderRPCAddr", "127.0.0.1:4647");
        answer.put("NodeModifyIndex", node.modifyIndex());
        answer.put("NumNodes", writer.state().nodes().size());
        answer.put("Servers", List.of(server));
        return Answers.written(call, answer, index);
    }

    private Reply purge(Call call, String id) {
        Answers.writing(call);
        Node node = known(id);
        List<Evaluation> made = leader.evaluationsFor(writer.state(), node, Evaluations.NODE_UPDATE);
        return nodeChanged(call, writer.write(new Command.DeregisterNode(id, made)), made);
    }
}
