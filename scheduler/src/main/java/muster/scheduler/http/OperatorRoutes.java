package muster.scheduler.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.broker.Collector;
import muster.scheduler.broker.Leader;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Job;
import muster.scheduler.job.ScalingPolicy;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Command;
import muster.scheduler.state.SchedulerConfiguration;
import muster.scheduler.state.State;
import muster.scheduler.state.Table;
import muster.scheduler.state.Topic;
import muster.wire.Key;

/** Status, agent, regions, operator, system, namespaces, scaling policies, search and metrics (API pages of these names). */
final class OperatorRoutes {
    private static final List<String> CONTEXTS = List.of("allocs", "jobs", "nodes", "evals", "deployment", "plugins", "volumes",
            "scaling_policy", "namespaces");
    private static final int MAX_MATCHES = 20;

    record SearchBody(String prefix, String text, String context) {}

    record ConfigurationBody(String schedulerAlgorithm, boolean memoryOversubscriptionEnabled,
            @Key("PreemptionConfig") SchedulerConfiguration.Preemption preemption) {}

    private final Answers answers;
    private final Writer writer;
    private final Leader leader;
    private final Collector collector;
    private final AgentFacts facts;

    OperatorRoutes(Answers answers, Writer writer, Leader leader, AgentFacts facts) {
        this.answers = answers;
        this.writer = writer;
        this.leader = leader;
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
        routes.get("/v1/operator/scheduler/configuration", Handlers.blocking(call -> answers.read(call, Topic.CONFIG, Topic.CONFIG,
                state -> new TreeMap<>(Map.of("Index", state.indexOf(Topic.CONFIG, Topic.CONFIG), "KnownLeader", true,
                        "LastContact", 0, "SchedulerConfig", state.configuration())))));
        routes.get("/v1/namespaces", Handlers.blocking(call -> answers.read(call, "namespaces", "namespaces", s -> List.of(namespace()))));
        routes.get("/v1/namespace/:name", Handlers.blocking(call -> answers.read(call, "namespaces", "namespaces", s -> {
            if (!call.parameter("name").equals("default")) {
                throw new ApiException(404, "Namespace not found");
            }
            return namespace();
        })));
        routes.get("/v1/scaling/policies", Handlers.blocking(this::policies));
        routes.get("/v1/scaling/policy/:id", Handlers.blocking(this::policy));
        routes.get("/v1/metrics", Handlers.direct(this::metrics));
        for (String method : List.of("PUT", "POST")) {
            routes.add(method, "/v1/operator/scheduler/configuration", Handlers.blocking(this::configure));
            routes.add(method, "/v1/system/gc", Handlers.blocking(call -> {
                collector.collectAll();
                return Reply.text(200, "");
            }));
            routes.add(method, "/v1/system/reconcile/summaries", Handlers.blocking(call -> {
                writer.write(new Command.ReconcileSummaries());
                return Reply.text(200, "");
            }));
            routes.add(method, "/v1/search", Handlers.blocking(this::search));
            routes.add(method, "/v1/search/fuzzy", Handlers.blocking(this::fuzzy));
        }
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/acl/*rest", Handlers.direct(call -> Reply.text(400, "ACL support disabled")));
        }
    }

    private static void constant(Routes routes, String path, Object value) {
        routes.get(path, Handlers.direct(call -> Answers.json(call, value)));
    }

    private void agent(Routes routes) {
        routes.get("/v1/agent/self", Handlers.direct(call -> Answers.json(call, facts.self().get())));
        routes.get("/v1/agent/members", Handlers.direct(call -> Answers.json(call, facts.members().get())));
        routes.get("/v1/agent/health", Handlers.direct(call -> {
            Map<String, Object> health = new TreeMap<>();
            for (String type : List.of("client", "server")) {
                if (call.query("type").isEmpty() || call.query("type").equals(type)) {
                    health.put(type, new TreeMap<>(Map.of("ok", true, "message", "ok")));
                }
            }
            return Answers.json(call, health);
        }));
        constant(routes, "/v1/agent/servers", List.of(facts.rpcAddress()));
        for (String method : List.of("PUT", "POST")) {
            routes.add(method, "/v1/agent/servers", Handlers.direct(call -> require(call, "address", "missing server address")));
            routes.add(method, "/v1/agent/join", Handlers.direct(call -> {
                require(call, "address", "missing address to join");
                return Answers.json(call, new TreeMap<>(Map.of("error", "", "num_joined", call.query().get("address").size())));
            }));
            routes.add(method, "/v1/agent/force-leave", Handlers.direct(call -> require(call, "node", "missing node to force leave")));
        }
    }

    private static Reply require(Call call, String name, String message) {
        if (call.query(name).isEmpty()) {
            throw new ApiException(400, message);
        }
        return Reply.text(200, "");
    }

    private static Object namespace() {
        Map<String, Object> namespace = new TreeMap<>();
        namespace.put("CreateIndex", 1);
        namespace.put("Description", "Default shared namespace");
        namespace.put("ModifyIndex", 1);
        namespace.put("Name", "default");
        namespace.put("Quota", "");
        return namespace;
    }

    private Reply configure(Call call) {
        ConfigurationBody body = Answers.body(ConfigurationBody.class, call);
        boolean cas = call.has("cas");
        SchedulerConfiguration old = writer.state().configuration();
        var applied = writer.write(new Command.SetConfiguration(new SchedulerConfiguration(old.createIndex(),
                body.memoryOversubscriptionEnabled(), 0, body.preemption(), body.schedulerAlgorithm()), cas,
                cas ? Long.parseLong(call.query("cas")) : 0));
        return Answers.written(call, new TreeMap<>(Map.of("Index", applied.index(), "Updated", applied.result().value() != 0)),
                applied.index());
    }

    private static List<ScalingPolicy> scalingPolicies(State state) {
        List<ScalingPolicy> found = new ArrayList<>();
        for (Job job : state.jobs()) {
            for (TaskGroup group : Values.orEmpty(job.taskGroups())) {
                if (group.scaling() != null && !job.isStopped()) {
                    found.add(group.scaling());
                }
            }
        }
        return found;
    }

    private static Map<String, Object> stub(ScalingPolicy policy) {
        Map<String, Object> stub = new TreeMap<>();
        stub.put("CreateIndex", policy.createIndex());
        stub.put("Enabled", policy.enabled());
        stub.put("ID", policy.id());
        stub.put("ModifyIndex", policy.modifyIndex());
        stub.put("Target", policy.target());
        stub.put("Type", policy.type().isEmpty() ? "horizontal" : policy.type());
        return stub;
    }

    private Reply policies(Call call) {
        return answers.read(call, Topic.JOBS, Topic.JOBS, state -> {
            List<Object> found = new ArrayList<>();
            for (ScalingPolicy policy : scalingPolicies(state)) {
                Map<String, Object> stub = stub(policy);
                boolean job = call.query("job").isEmpty() || call.query("job").equals(policy.target().get("Job"));
                if (job && (call.query("type").isEmpty() || ((String) stub.get("Type")).startsWith(call.query("type")))) {
                    found.add(stub);
                }
            }
            return found;
        });
    }

    private Reply policy(Call call) {
        return answers.read(call, Topic.JOBS, Topic.JOBS, state -> {
            for (ScalingPolicy policy : scalingPolicies(state)) {
                if (policy.id().equals(call.parameter("id"))) {
                    Map<String, Object> whole = stub(policy);
                    whole.put("Max", policy.max());
                    whole.put("Min", policy.min());
                    whole.put("Policy", policy.policy());
                    return whole;
                }
            }
            throw new ApiException(404, "policy not found");
        });
    }

    private Reply metrics(Call call) {
        var counts = leader.broker().counts();
        Map<String, Integer> gauges = new TreeMap<>(Map.of("nomad.broker.total_ready", counts.ready(),
                "nomad.broker.total_waiting", counts.waiting(), "nomad.broker.total_blocked", leader.blocked().size(),
                "nomad.state.jobs", writer.state().jobs().size(), "nomad.state.allocations", writer.state().allocations().size()));
        if (call.query("format").equals("prometheus")) {
            StringBuilder text = new StringBuilder();
            gauges.forEach((name, value) -> {
                String own = name.replace('.', '_');
                text.append("# HELP ").append(own).append(' ').append(own).append("\n# TYPE ").append(own).append(" gauge\n")
                        .append(own).append(' ').append(value).append('\n');
            });
            return Reply.of(200, "text/plain; version=0.0.4; charset=utf-8",
                    text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        List<Object> list = new ArrayList<>();
        gauges.forEach((name, value) -> list.add(new TreeMap<>(Map.of("Labels", Map.of(), "Name", name, "Value", value))));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("Counters", List.of());
        answer.put("Gauges", list);
        answer.put("Points", List.of());
        answer.put("Samples", List.of());
        answer.put("Timestamp", writer.now().toString());
        return Answers.json(call, answer);
    }

    private Reply search(Call call) {
        SearchBody body = Answers.body(SearchBody.class, call);
        String context = Values.text(body.context());
        String prefix = Values.text(body.prefix());
        boolean all = context.isEmpty() || context.equals("all");
        if (!all && !CONTEXTS.contains(context)) {
            throw new ApiException(500, "context must be one of [" + String.join(" ", CONTEXTS)
                    + "] or 'all' for all contexts; got \"" + context + "\"");
        }
        return answers.query(call, "search", "search", state -> {
            Map<String, Object> matches = new LinkedHashMap<>();
            Map<String, Object> truncations = new LinkedHashMap<>();
            for (String one : all ? CONTEXTS : List.of(context)) {
                List<String> found = matches(state, one, prefix, all);
                if (found != null) {
                    truncations.put(one, found.size() > MAX_MATCHES);
                    matches.put(one, found.isEmpty() ? null : found.subList(0, Math.min(MAX_MATCHES, found.size())));
                }
            }
            return searched(state, matches, truncations);
        });
    }

    private static Object searched(State state, Map<String, Object> matches, Map<String, Object> truncations) {
        Map<String, Object> answer = new TreeMap<>();
        answer.put("Index", state.index());
        answer.put("KnownLeader", true);
        answer.put("LastContact", 0);
        answer.put("Matches", matches);
        answer.put("Truncations", truncations);
        return answer;
    }

    /** Null where the text can't be the beginning of an id of the kind and all kinds are searched. */
    private static List<String> matches(State state, String context, String prefix, boolean all) {
        return switch (context) {
            case "jobs" -> state.jobs().values().stream().map(Job::id).filter(id -> id.startsWith(prefix)).toList();
            case "namespaces" -> "default".startsWith(prefix) ? List.of("default") : List.of();
            case "allocs" -> ids(state.allocations(), prefix, all);
            case "nodes" -> ids(state.nodes(), prefix, all);
            case "evals" -> ids(state.evaluations(), prefix, all);
            case "deployment" -> ids(state.deployments(), prefix, all);
            case "scaling_policy" -> scalingPolicies(state).stream().map(ScalingPolicy::id)
                    .filter(id -> !prefix.isEmpty() && id.startsWith(prefix)).toList();
            default -> List.of();
        };
    }

    private static List<String> ids(Table<?> table, String prefix, boolean all) {
        String even = prefix.replace("-", "").length() % 2 == 0 ? prefix : prefix.substring(0, prefix.length() - 1);
        if (!even.chars().allMatch(c -> c == '-' || Character.digit(c, 16) >= 0)) {
            return all ? null : List.of();
        }
        List<String> found = new ArrayList<>();
        table.scan(even, (id, value) -> found.add(id) && found.size() <= MAX_MATCHES);
        return found;
    }

    private Reply fuzzy(Call call) {
        SearchBody body = Answers.body(SearchBody.class, call);
        String text = Values.text(body.text());
        String context = Values.text(body.context());
        if (text.length() < 2) {
            throw new ApiException(500, "fuzzy search query must be at least 2 characters, got " + text.length());
        }
        boolean all = context.isEmpty() || context.equals("all");
        return answers.query(call, "search", "search", state -> {
            Map<String, Object> matches = new LinkedHashMap<>();
            Map<String, Object> truncations = new LinkedHashMap<>();
            List<Object> jobs = new ArrayList<>();
            List<Object> groups = new ArrayList<>();
            List<Object> tasks = new ArrayList<>();
            for (Job job : state.jobs()) {
                if (job.name().contains(text)) {
                    jobs.add(match(job.name(), job.namespace(), job.id()));
                }
                for (TaskGroup group : Values.orEmpty(job.taskGroups())) {
                    if (group.name().contains(text)) {
                        groups.add(match(group.name(), job.namespace(), job.id()));
                    }
                    group.tasks().stream().filter(task -> task.name().contains(text))
                            .forEach(task -> tasks.add(match(task.name(), job.namespace(), job.id(), group.name())));
                }
            }
            put(matches, truncations, "jobs", jobs, all || context.equals("jobs"));
            put(matches, truncations, "groups", groups, all || context.equals("jobs") && !groups.isEmpty());
            put(matches, truncations, "tasks", tasks, all || context.equals("jobs") && !tasks.isEmpty());
            return searched(state, matches, truncations);
        });
    }

    private static Object match(String id, String... scope) {
        return new TreeMap<>(Map.of("ID", id, "Scope", List.of(scope)));
    }

    private static void put(Map<String, Object> matches, Map<String, Object> truncations, String name, List<Object> found, boolean shown) {
        if (shown) {
            matches.put(name, found.isEmpty() ? null : found.subList(0, Math.min(found.size(), MAX_MATCHES)));
            truncations.put(name, found.size() > MAX_MATCHES);
        }
    }
}
