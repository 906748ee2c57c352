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

/** Operator and system (API pages of these names). */
final class OperatorRoutes {
    record ConfigurationBody(String schedulerAlgorithm, boolean memoryOversubscriptionEnabled,
            @Key("PreemptionConfig") SchedulerConfiguration.Preemption preemption) {}

    private final Answers answers;
    private final Writer writer;
    private final Collector collector;

    OperatorRoutes(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
        collector = new Collector(writer);
    }

    void add(Routes routes) {
        constant(routes, "/v1/volumes", List.of());
        constant(routes, "/v1/plugins", List.of());
        routes.get("/v1/plugin/csi/*id", Handlers.direct(call -> Reply.text(404, "plugin not found")));
        routes.get("/v1/volume/csi/*id", Handlers.direct(call -> Reply.text(404, "volume not found")));
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
