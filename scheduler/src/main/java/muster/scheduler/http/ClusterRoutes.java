package muster.scheduler.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.Applied;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.DeploymentWatcher;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.Leader;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.DesiredTransition;
import muster.scheduler.state.DrainMetadata;
import muster.scheduler.state.DrainStrategy;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeEvent;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.scheduler.state.Table;
import muster.scheduler.state.Topic;
import muster.wire.Key;

/** Evaluations, allocations, deployments and nodes (API pages of these names). */
final class ClusterRoutes {
    record DeploymentBody(@Key("DeploymentID") String deploymentId) {}

    record PromoteBody(boolean all, List<String> groups) {}

    record PauseBody(boolean pause) {}

    record HealthBody(@Key("HealthyAllocationIDs") List<String> healthy, @Key("UnhealthyAllocationIDs") List<String> unhealthy) {}

    record EligibilityBody(String eligibility) {}

    record DeleteBody(@Key("EvalIDs") List<String> evalIds) {}

    record DrainSpec(java.time.Duration deadline, boolean ignoreSystemJobs) {}

    record DrainBody(DrainSpec drainSpec, boolean markEligible, Map<String, String> meta) {}

    private final Answers answers;
    private final Writer writer;
    private final Leader leader;
    private final Evaluations evaluations;

    ClusterRoutes(Answers answers, Writer writer, Leader leader) {
        this.answers = answers;
        this.writer = writer;
        this.leader = leader;
        evaluations = new Evaluations(writer);
    }

    void add(Routes routes) {
        routes.get("/v1/evaluations", Handlers.blocking(call -> list(call, "eval", Topic.EVALUATIONS, State::evaluations,
                Evaluation::namespace, isAsked(call), found -> Listing.byAge(call, found, Evaluation::createIndex, Evaluation::id,
                        Listing.EVALUATION, e -> e))));
        routes.delete("/v1/evaluations", Handlers.blocking(this::deleteEvaluations));
        routes.get("/v1/evaluations/count", Handlers.blocking(call -> list(call, "eval", Topic.EVALUATIONS, State::evaluations,
                Evaluation::namespace, isAsked(call), found -> Map.of("Count", Listing.byAge(call, found, Evaluation::createIndex, Evaluation::id,
                        Listing.EVALUATION, e -> e).rows().size()))));
        routes.get("/v1/allocations", Handlers.blocking(call -> list(call, "alloc", Topic.ALLOCATIONS, State::allocations,
                Allocation::namespace, a -> true, found -> Listing.byAge(call, found, Allocation::createIndex, Allocation::id,
                        Listing.ALLOCATION, a -> stub(call, a)))));
        routes.get("/v1/deployments", Handlers.blocking(call -> list(call, "deployment", Topic.DEPLOYMENTS, State::deployments,
                Deployment::namespace, d -> true, found -> Listing.byAge(call, found, Deployment::createIndex, Deployment::id,
                        Listing.DEPLOYMENT, d -> d))));
        routes.get("/v1/nodes", Handlers.blocking(this::nodes));
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/evaluation/*rest", Handlers.blocking(this::evaluation));
            routes.add(method, "/v1/allocation/*rest", Handlers.blocking(this::allocation));
            routes.add(method, "/v1/deployment/*rest", Handlers.blocking(this::deployment));
            routes.add(method, "/v1/node/*rest", Handlers.blocking(this::node));
        }
    }

    private <T> Reply list(Call call, String kind, String topic, Function<State, Table<T>> table,
            Function<T, String> namespace, Predicate<T> asked, Function<List<T>, Object> view) {
        Predicate<String> visible = answers.visible(call, Capability.READ_JOB);
        String prefix = Answers.prefix(kind, call.query("prefix"));
        return answers.read(call, topic, topic, state -> {
            List<T> found = new ArrayList<>(table.apply(state).startingWith(prefix));
            found.removeIf(value -> !visible.test(namespace.apply(value)) || !asked.test(value));
            return view.apply(found);
        });
    }

    private static Object stub(Call call, Allocation allocation) {
        Map<String, Object> stub = Views.allocationStub(allocation, Answers.flag(call, "resources"));
        if (call.has("task_states") && !Answers.flag(call, "task_states")) {
            stub.put("TaskStates", null);
        }
        return stub;
    }

    /** Evaluations of one job, or in one status, where the query names one. */
    private static Predicate<Evaluation> isAsked(Call call) {
        String job = call.query("job");
        String status = call.query("status");
        return evaluation -> (job.isEmpty() || job.equals(evaluation.jobId())) && (status.isEmpty() || status.equals(evaluation.status()));
    }

    private Reply deleteEvaluations(Call call) {
        answers.caller(call).require(Permission.MANAGEMENT);
        List<String> ids = Values.orEmpty(Answers.body(DeleteBody.class, call).evalIds());
        if (ids.isEmpty()) {
            throw new ApiException(400, "evals must be specified by either filter or ID");
        }
        for (String id : ids) {
            Evaluation evaluation = found(state().evaluations().get(Answers.wholeId("eval", id)), "eval not found");
            if (!evaluation.isTerminal()) {
                throw new ApiException(500, "cannot delete evaluation " + id + ": it is " + evaluation.status() + ", and only what is over can be deleted");
            }
        }
        long index = writer.write(new Command.Collect(ids, List.of(), List.of(), List.of(), List.of())).index();
        return Answers.written(call, Map.of("Count", ids.size()), index);
    }

    private Reply evaluation(Call call) {
        String rest = call.parameter("rest");
        if (rest.endsWith("/allocations")) {
            String id = Answers.wholeId("alloc", rest.substring(0, rest.length() - "/allocations".length()));
            readable(call, state().evaluations().get(id), Evaluation::namespace);
            return answers.read(call, Topic.ALLOCATIONS, Topic.ALLOCATIONS, state -> Answers.map(
                    state.allocations().values().stream().filter(a -> a.evalId().equals(id)).toList(),
                    a -> Views.allocationStub(a, false)));
        }
        String id = Answers.wholeId("eval", rest);
        readable(call, state().evaluations().get(id), Evaluation::namespace);
        return answers.read(call, Topic.evaluation(id), Topic.EVALUATIONS,
                state -> found(state.evaluations().get(id), "eval not found"));
    }

    private State state() {
        return writer.state();
    }

    /** Refuses whom the namespace of an object, or of the request where there is no such object, is closed to. */
    private <T> void readable(Call call, T value, Function<T, String> namespace) {
        require(call, value, namespace, Capability.READ_JOB);
    }

    private <T> void require(Call call, T value, Function<T, String> namespace, Capability capability) {
        answers.caller(call).require(Permission.in(value == null ? Answers.namespace(call) : namespace.apply(value), capability));
    }

    private static <T> T found(T value, String message) {
        if (value == null) {
            throw new ApiException(404, message);
        }
        return value;
    }

    private Reply allocation(Call call) {
        String rest = call.parameter("rest");
        if (rest.endsWith("/stop")) {
            Answers.writing(call);
            return stop(call, rest.substring(0, rest.length() - "/stop".length()));
        }
        String id = Answers.wholeId("alloc", rest);
        readable(call, state().allocations().get(id), Allocation::namespace);
        return answers.read(call, Topic.allocation(id), Topic.ALLOCATIONS,
                state -> Views.allocation(found(state.allocations().get(id), "alloc not found")));
    }

    private Reply stop(Call call, String text) {
        String id = Answers.wholeId("alloc", text);
        State state = writer.state();
        require(call, state.allocations().get(id), Allocation::namespace, Capability.ALLOC_LIFECYCLE);
        Allocation allocation = found(state.allocations().get(id), "allocation not found");
        Job job = state.job(allocation.namespace(), allocation.jobId());
        Evaluation evaluation = job == null
                ? evaluations.ofUnknown(allocation.namespace(), allocation.jobId(), Evaluations.ALLOC_STOP)
                : evaluations.of(job, Evaluations.ALLOC_STOP);
        Boolean hurried = Answers.flag(call, "no_shutdown_delay") ? true : null;
        Applied<Store.Result> applied = writer.write(new Command.UpdateTransitions(
                Map.of(id, new DesiredTransition(null, true, hurried, null)), List.of(evaluation)));
        return Answers.written(call, new TreeMap<>(Map.of("EvalID", evaluation.id(), "Index", applied.index())), applied.index());
    }

    private Reply deployment(Call call) {
        String rest = call.parameter("rest");
        int slash = rest.indexOf('/');
        if (slash < 0) {
            String id = Answers.wholeId("deployment", rest);
            readable(call, state().deployments().get(id), Deployment::namespace);
            return answers.read(call, Topic.deployment(id), Topic.DEPLOYMENTS,
                    state -> found(state.deployments().get(id), "deployment not found"));
        }
        String id = rest.substring(slash + 1);
        String action = rest.substring(0, slash);
        if (action.equals("allocations")) {
            readable(call, state().deployments().get(id), Deployment::namespace);
            return answers.read(call, Topic.ALLOCATIONS, Topic.ALLOCATIONS, state -> Answers.map(
                    state.allocations().values().stream().filter(a -> a.deploymentId().equals(id)).toList(),
                    a -> Views.allocationStub(a, false)));
        }
        if (!List.of("promote", "fail", "pause", "allocation-health", "unblock").contains(action)) {
            throw ApiException.invalidMethod();
        }
        Answers.writing(call);
        if (!action.equals("fail")) {
            named(Answers.body(DeploymentBody.class, call).deploymentId(), id);
        }
        Deployment deployment = writer.state().deployments().get(id);
        require(call, deployment, Deployment::namespace, Capability.SUBMIT_JOB);
        if (deployment == null) {
            throw new ApiException(500, "deployment not found");
        }
        return switch (action) {
            case "promote" -> promote(call, active(deployment, "promote"));
            case "fail" -> fail(call, active(deployment, "fail"));
            case "pause" -> pause(call, active(deployment, "pause"));
            case "allocation-health" -> health(call, active(deployment, "set health of allocations for a"));
            default -> throw new ApiException(500, "can't unblock a deployment of a single region");
        };
    }

    /** A request tells the deployment twice, as the original's does. */
    private static void named(String given, String id) {
        if (Values.text(given).isEmpty()) {
            throw new ApiException(400, "DeploymentID must be specified");
        }
        if (!given.equals(id)) {
            throw new ApiException(400, "Deployment ID does not match");
        }
    }

    private static Deployment active(Deployment deployment, String action) {
        if (!deployment.isActive()) {
            throw new ApiException(500, "can't " + action + " terminal deployment");
        }
        return deployment;
    }

    private Job jobOf(Deployment deployment) {
        Job job = writer.state().job(deployment.namespace(), deployment.jobId());
        if (job == null) {
            throw new ApiException(500, "job not found");
        }
        return job;
    }

    private Reply promote(Call call, Deployment deployment) {
        PromoteBody body = Answers.body(PromoteBody.class, call);
        List<String> faults = new ArrayList<>();
        State state = writer.state();
        deployment.taskGroups().forEach((name, group) -> {
            if (group.desiredCanaries() > 0 && (body.all() || Values.orEmpty(body.groups()).contains(name))) {
                long healthy = Values.orEmpty(group.placedCanaries()).stream().map(state.allocations()::get)
                        .filter(a -> a != null && a.isHealthy()).count();
                if (healthy < group.desiredCanaries()) {
                    faults.add("Task group \"" + name + "\" has " + healthy + "/" + group.desiredCanaries() + " healthy allocations");
                }
            }
        });
        if (!faults.isEmpty()) {
            throw new ApiException(500, Answers.errors(faults));
        }
        Evaluation evaluation = evaluations.ofDeployment(jobOf(deployment), deployment.id());
        return changed(call, writer.write(new Command.PromoteDeployment(deployment.id(), body.all() ? null : Values.orEmpty(body.groups()),
                evaluation)), evaluation, null);
    }

    private Reply fail(Call call, Deployment deployment) {
        Evaluation evaluation = evaluations.ofDeployment(jobOf(deployment), deployment.id());
        DeploymentWatcher.Ending end = DeploymentWatcher.ending(writer.state(), deployment, "Deployment marked as failed");
        return changed(call, writer.write(new Command.UpdateDeployment(deployment.id(), Deployment.FAILED, end.description(),
                again(end.rollback()), evaluation)), evaluation, end.rollback() == null ? null : end.rollback().version());
    }

    private Job again(Job rollback) {
        return rollback == null ? null : rollback.withSubmitTime(writer.nowNanos());
    }

    private Reply pause(Call call, Deployment deployment) {
        PauseBody body = Answers.body(PauseBody.class, call);
        Evaluation evaluation = body.pause() ? null : evaluations.ofDeployment(jobOf(deployment), deployment.id());
        boolean waits = deployment.taskGroups().values().stream().anyMatch(g -> g.desiredCanaries() > 0 && !g.promoted());
        String running = waits ? "Deployment is running but requires manual promotion" : "Deployment is running";
        return changed(call, writer.write(new Command.UpdateDeployment(deployment.id(),
                body.pause() ? Deployment.PAUSED : Deployment.RUNNING, body.pause() ? "Deployment is paused" : running, null,
                evaluation)), evaluation, null);
    }

    private Reply health(Call call, Deployment deployment) {
        HealthBody body = Answers.body(HealthBody.class, call);
        if (Values.orEmpty(body.healthy()).isEmpty() && Values.orEmpty(body.unhealthy()).isEmpty()) {
            throw new ApiException(500, "must specify at least one healthy/unhealthy allocation ID");
        }
        Evaluation evaluation = evaluations.ofDeployment(jobOf(deployment), deployment.id());
        boolean fails = !Values.orEmpty(body.unhealthy()).isEmpty();
        DeploymentWatcher.Ending end = fails
                ? DeploymentWatcher.ending(writer.state(), deployment, "Failed due to unhealthy allocations") : null;
        return changed(call, writer.write(new Command.SetAllocationHealth(deployment.id(), body.healthy(), body.unhealthy(),
                writer.now(), fails ? Deployment.FAILED : null, fails ? end.description() : null,
                fails ? again(end.rollback()) : null, evaluation)), evaluation,
                fails && end.rollback() != null ? end.rollback().version() : null);
    }

    private static Reply changed(Call call, Applied<Store.Result> applied, Evaluation evaluation, Long reverted) {
        Map<String, Object> answer = new TreeMap<>();
        answer.put("DeploymentModifyIndex", applied.index());
        answer.put("EvalCreateIndex", evaluation == null ? 0 : applied.index());
        answer.put("EvalID", evaluation == null ? "" : evaluation.id());
        answer.put("Index", applied.index());
        answer.put("RevertedJobVersion", reverted);
        return Answers.written(call, answer, applied.index());
    }

    private Reply nodes(Call call) {
        answers.caller(call).require(Permission.NODE_READ);
        String prefix = Answers.prefix("node", call.query("prefix"));
        boolean resources = Answers.flag(call, "resources");
        return answers.read(call, Topic.NODES, Topic.NODES, state -> Listing.byName(call, state.nodes().startingWith(prefix), Node::id,
                Listing.NODE, node -> Views.nodeStub(node, resources)));
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
                        state -> Views.node(found(state.nodes().get(whole), "node not found")));
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
            java.time.Duration deadline = Values.duration(body.drainSpec().deadline());
            strategy = new DrainStrategy(deadline, deadline.isPositive() ? writer.now().plus(deadline) : muster.wire.GoTime.ZERO,
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
