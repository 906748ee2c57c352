package muster.scheduler.http;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Collector;
import muster.scheduler.broker.Writer;
import muster.scheduler.state.Command;
import muster.scheduler.state.SchedulerConfiguration;
import muster.scheduler.state.Topic;
import muster.wire.Key;

/** Status, agent, regions, operator and system (API pages of these names). */
final class OperatorRoutes {
    record ConfigurationBody(String schedulerAlgorithm, boolean memoryOversubscriptionEnabled,
            @Key("PreemptionConfig") SchedulerConfiguration.Preemption preemption) {}

    private final Answers answers;
    private final Writer writer;
    private final Collector collector;
    private final AgentFacts facts;

    OperatorRoutes(Answers answers, Writer writer, AgentFacts facts) {
        this.answers = answers;
        this.writer = writer;
        this.facts = facts;
        collector = new Collector(writer);
    }

    void add(Routes routes) {
        constant(routes, "/v1/status/leader", facts.rpcAddress());
        constant(routes, "/v1/status/peers", List.of(facts.rpcAddress()));
        constant(routes, "/v1/regions", List.of(facts.region()));
        constant(routes, "/v1/volumes", List.of());
        constant(routes, "/v1/plugins", List.of());
        agent(routes);
        routes.get("/v1/operator/scheduler/configuration", Handlers.blocking(call -> allowed(call, Permission.OPERATOR_READ).read(call, Topic.CONFIG, Topic.CONFIG,
                state -> new TreeMap<>(Map.of("Index", state.indexOf(Topic.CONFIG, Topic.CONFIG), "KnownLeader", true,
                        "LastContact", 0, "SchedulerConfig", state.configuration())))));
        for (String method : List.of("PUT", "POST")) {
            routes.add(method, "/v1/operator/scheduler/configuration", Handlers.blocking(this::configure));
            routes.add(method, "/v1/system/gc", Handlers.blocking(call -> {
                answers.caller(call).require(Permission.MANAGEMENT);
                collector.collectAll();
                return Reply.text(200, "");
            }));
            routes.add(method, "/v1/system/reconcile/summaries", Handlers.blocking(call -> {
                answers.caller(call).require(Permission.MANAGEMENT);
                writer.write(new Command.ReconcileSummaries());
                return Reply.text(200, "");
            }));
        }
    }

    private Answers allowed(Call call, Permission permission) {
        answers.caller(call).require(permission);
        return answers;
    }

    private static void constant(Routes routes, String path, Object value) {
        routes.get(path, Handlers.direct(call -> Answers.json(call, value)));
    }

    private void agent(Routes routes) {
        routes.get("/v1/agent/self", Handlers.direct(call -> {
            answers.caller(call).require(Permission.AGENT_READ);
            return Answers.json(call, facts.self().get());
        }));
        routes.get("/v1/agent/members", Handlers.direct(call -> {
            answers.caller(call).require(Permission.NODE_READ);
            return Answers.json(call, facts.members().get());
        }));
        routes.get("/v1/agent/health", Handlers.direct(call -> {
            Map<String, Object> health = new TreeMap<>();
            for (String type : List.of("client", "server")) {
                if (call.query("type").isEmpty() || call.query("type").equals(type)) {
                    health.put(type, new TreeMap<>(Map.of("ok", true, "message", "ok")));
                }
            }
            return Answers.json(call, health);
        }));
        routes.get("/v1/agent/servers", Handlers.direct(call -> {
            answers.caller(call).require(Permission.AGENT_READ);
            return Answers.json(call, List.of(facts.rpcAddress()));
        }));
        for (String method : List.of("PUT", "POST")) {
            routes.add(method, "/v1/agent/servers", Handlers.direct(call -> {
                answers.caller(call).require(Permission.AGENT_WRITE);
                return require(call, "address", "missing server address");
            }));
            routes.add(method, "/v1/agent/join", Handlers.direct(call -> {
                answers.caller(call).require(Permission.AGENT_WRITE);
                require(call, "address", "missing address to join");
                return Answers.json(call, new TreeMap<>(Map.of("error", "", "num_joined", call.query().get("address").size())));
            }));
            routes.add(method, "/v1/agent/force-leave", Handlers.direct(call -> {
                answers.caller(call).require(Permission.AGENT_WRITE);
                return require(call, "node", "missing node to force leave");
            }));
        }
    }

    private static Reply require(Call call, String name, String message) {
        if (call.query(name).isEmpty()) {
            throw new ApiException(400, message);
        }
        return Reply.text(200, "");
    }

    private Reply configure(Call call) {
        answers.caller(call).require(Permission.OPERATOR_WRITE);
        ConfigurationBody body = Answers.body(ConfigurationBody.class, call);
        boolean cas = call.has("cas");
        SchedulerConfiguration old = writer.state().configuration();
        var applied = writer.write(new Command.SetConfiguration(new SchedulerConfiguration(old.createIndex(),
                body.memoryOversubscriptionEnabled(), 0, body.preemption(), body.schedulerAlgorithm()), cas,
                cas ? Long.parseLong(call.query("cas")) : 0));
        return Answers.written(call, new TreeMap<>(Map.of("Index", applied.index(), "Updated", applied.result().value() != 0)),
                applied.index());
    }
}
