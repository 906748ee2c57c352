package muster.scheduler.http;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import muster.hcl.Function;
import muster.hcl.function.FileFunctions;
import muster.hcl.function.StandardFunctions;
import muster.http.Dispatcher;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.SchedulerServer;
import muster.scheduler.acl.AccessControl;
import muster.scheduler.acl.AccessSettings;

/** All routes of a server. The agent adds the client's ({@code /v1/client/...}) where it runs one, and starts the listener. */
public final class ServerRoutes {
    private ServerRoutes() {}

    /** With access control off. */
    public static Routes of(SchedulerServer server, AgentFacts facts, InstantSource clock, RandomGenerator random) {
        return of(server, facts, new AccessControl(AccessSettings.OFF, () -> server.state().acl(), clock), new Routes(), clock, random);
    }

    /**
     * @param access looks at the rights of whoever asks
     * @param nodes the answers to {@code /v1/client/...} on this agent, which look at rights too: a job's actions run by them
     */
    public static Routes of(SchedulerServer server, AgentFacts facts, AccessControl access, Routes nodes, InstantSource clock,
            RandomGenerator random) {
        Answers answers = new Answers(server.writer(), server.watches(), access);
        Map<String, Function> functions = new HashMap<>(StandardFunctions.create(clock, random));
        functions.putAll(FileFunctions.disabled());
        Routes routes = new Routes();
        new JobRoutes(answers, server.writer(), server.leader()::periodic, random, functions, Dispatcher.of(nodes, new SchedulerDialect())::handle).add(routes);
        new JobStatuses(answers).add(routes);
        new EvaluationRoutes(answers, server.writer()).add(routes);
        new AllocationRoutes(answers, server.writer()).add(routes);
        new DeploymentRoutes(answers, server.writer()).add(routes);
        new NodeRoutes(answers, server.writer(), server.leader()).add(routes);
        new NodePoolRoutes(answers, server.writer(), facts.region()).add(routes);
        new OperatorRoutes(answers, server.writer()).add(routes);
        new PeerRoutes(answers, server.writer(), facts).add(routes);
        AgentRoutes.add(routes, facts, (call, permission) -> answers.caller(call).require(permission));
        new NamespaceRoutes(answers, server.writer(), facts.region()).add(routes);
        new AclRoutes(answers, server.writer()).add(routes);
        new SearchRoutes(answers).add(routes);
        new ScalingRoutes(answers).add(routes);
        new MetricsRoutes(server.writer(), server.leader()).add(routes);
        EnterpriseRoutes.add(routes);
        new VariableRoutes(answers, server.writer()).add(routes);
        new ServiceRoutes(answers, server.writer()).add(routes);
        EventStream events = new EventStream(answers::caller);
        server.store().listen(events);
        routes.get("/v1/event/stream", events.handler());
        routes.get("/", Handlers.direct(call -> Reply.empty(307).with("Location", "/ui/")));
        return routes;
    }
}
