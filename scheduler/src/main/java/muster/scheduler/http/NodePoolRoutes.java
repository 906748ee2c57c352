package muster.scheduler.http;

import java.util.List;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.NodePoolCapability;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Job;
import muster.scheduler.job.Reach;
import muster.scheduler.state.Command;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodePool;
import muster.scheduler.state.State;
import muster.scheduler.state.Topic;

/** {@code /v1/node/pools} and {@code /v1/node/pool/...} (API page "Node pools"). */
final class NodePoolRoutes {
    private final Answers answers;
    private final Writer writer;
    private final String region;

    NodePoolRoutes(Answers answers, Writer writer, String region) {
        this.answers = answers;
        this.writer = writer;
        this.region = region;
    }

    void add(Routes routes) {
        routes.get("/v1/node/pools", Handlers.blocking(this::list));
        for (String method : List.of("PUT", "POST")) {
            routes.add(method, "/v1/node/pools", Handlers.blocking(call -> write(call, "")));
            routes.add(method, "/v1/node/pool/:name", Handlers.blocking(call -> write(call, call.parameter("name"))));
        }
        routes.get("/v1/node/pool/:name", Handlers.blocking(this::read));
        routes.delete("/v1/node/pool/:name", Handlers.blocking(this::delete));
        routes.get("/v1/node/pool/:name/nodes", Handlers.blocking(this::nodes));
        routes.get("/v1/node/pool/:name/jobs", Handlers.blocking(this::jobs));
    }

    private static Permission to(NodePoolCapability capability, String pool) {
        return new Permission.OnNodePool(pool, capability);
    }

    private Reply list(Call call) {
        Caller caller = answers.caller(call);
        return answers.read(call, Topic.NODE_POOLS, Topic.NODE_POOLS, state -> Listing.byName(call,
                state.nodePools().startingWith(call.query("prefix")).stream()
                        .filter(pool -> caller.may(to(NodePoolCapability.READ, pool.name()))).toList(),
                NodePool::name, Listing.NODE_POOL, pool -> pool));
    }

    private static NodePool known(State state, String name) {
        NodePool pool = state.nodePools().get(name);
        if (pool == null) {
            throw new ApiException(404, "node pool not found");
        }
        return pool;
    }

    private Reply read(Call call) {
        String name = call.parameter("name");
        answers.caller(call).require(to(NodePoolCapability.READ, name));
        return answers.read(call, Topic.NODE_POOLS, Topic.NODE_POOLS, state -> known(state, name));
    }

    private Reply write(Call call, String name) {
        NodePool pool = Answers.body(NodePool.class, call);
        if (!name.isEmpty() && !pool.name().equals(name)) {
            throw new ApiException(400, "Node pool name does not match request path");
        }
        answers.caller(call).require(to(NodePoolCapability.WRITE, pool.name()));
        List<String> faults = pool.faults();
        if (!faults.isEmpty()) {
            throw new ApiException(400, "invalid node pool \"" + pool.name() + "\": " + Answers.errors(faults));
        }
        if (pool.isBuiltIn()) {
            throw new ApiException(400, "modifying node pool \"" + pool.name() + "\" is not allowed");
        }
        return done(writer.write(new Command.UpsertNodePools(List.of(pool))).index());
    }

    private Reply delete(Call call) {
        String name = call.parameter("name");
        answers.caller(call).require(to(NodePoolCapability.DELETE, name));
        State state = writer.state();
        if (known(state, name).isBuiltIn()) {
            throw new ApiException(400, "deleting node pool \"" + name + "\" is not allowed");
        }
        if (state.nodes().values().stream().anyMatch(node -> node.pool().equals(name))) {
            throw new ApiException(500, "node pool \"" + name + "\" has nodes in regions: [" + region + "]");
        }
        if (state.jobs().values().stream().anyMatch(job -> job.pool().equals(name) && !"dead".equals(job.status()))) {
            throw new ApiException(500, "node pool \"" + name + "\" has non-terminal jobs in regions: [" + region + "]");
        }
        return done(writer.write(new Command.DeleteNodePools(List.of(name))).index());
    }

    private static Reply done(long index) {
        return Reply.empty(200).with("X-Nomad-Index", Long.toString(index));
    }

    private Reply nodes(Call call) {
        String name = call.parameter("name");
        Caller caller = answers.caller(call);
        caller.require(to(NodePoolCapability.READ, name));
        caller.require(Permission.NODE_READ);
        boolean resources = Answers.flag(call, "resources");
        return answers.read(call, Topic.NODES, Topic.NODES, state -> {
            known(state, name);
            return Listing.byName(call, state.nodes().values().stream().filter(node -> name.equals(Reach.ALL_POOLS) || node.pool().equals(name)).toList(),
                    Node::id, Listing.NODE, node -> Views.nodeStub(node, resources));
        });
    }

    private Reply jobs(Call call) {
        String name = call.parameter("name");
        answers.caller(call).require(to(NodePoolCapability.READ, name));
        var visible = answers.visible(call, Capability.LIST_JOBS);
        return answers.read(call, Topic.JOBS, Topic.JOBS, state -> {
            known(state, name);
            List<Job> shown = state.jobs().values().stream().filter(job -> visible.test(job.namespace()) && job.pool().equals(name)).toList();
            return Listing.byName(call, shown, job -> job.namespace() + "/" + job.id(), Listing.JOB,
                    job -> Views.jobStub(job, state.summaries().get(State.key(job.namespace(), job.id()))));
        });
    }
}
