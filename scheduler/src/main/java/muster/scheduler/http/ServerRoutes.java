package muster.scheduler.http;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import muster.hcl.Function;
import muster.hcl.function.FileFunctions;
import muster.hcl.function.StandardFunctions;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.SchedulerServer;

/** All routes of a server. The agent adds the client's ({@code /v1/client/...}) where it runs one, and starts the listener. */
public final class ServerRoutes {
    private ServerRoutes() {}

    public static Routes of(SchedulerServer server, AgentFacts facts, InstantSource clock, RandomGenerator random) {
        Answers answers = new Answers(server.writer(), server.watches());
        Map<String, Function> functions = new HashMap<>(StandardFunctions.create(clock, random));
        functions.putAll(FileFunctions.disabled());
        Routes routes = new Routes();
        new JobRoutes(answers, new JobWrites(server.writer(), server.leader()::periodic, random, functions)).add(routes);
        new ClusterRoutes(answers, server.writer(), server.leader()).add(routes);
        new OperatorRoutes(answers, server.writer(), server.leader(), facts).add(routes);
        new VariableRoutes(answers, server.writer()).add(routes);
        new ServiceRoutes(answers, server.writer()).add(routes);
        EventStream events = new EventStream();
        server.store().listen(events);
        routes.get("/v1/event/stream", events.handler());
        routes.get("/", Handlers.direct(call -> Reply.empty(307).with("Location", "/ui/")));
        return routes;
    }
}
