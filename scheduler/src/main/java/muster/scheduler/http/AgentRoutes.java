package muster.scheduler.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import muster.http.Call;
import muster.http.Handler;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.members.AgentMember;
import muster.raft.members.Cluster;
import muster.scheduler.acl.Permission;
import muster.wire.Json;

/** What every agent answers of itself and those around it, server or not (API page "Agent"). */
public final class AgentRoutes {
    /** How many lines wait for a slow reader. */
    private static final int LOG_BUFFER = 512;

    private final AgentFacts facts;

    private final BiConsumer<Call, Permission.Whole> rights;

    private AgentRoutes(AgentFacts facts, BiConsumer<Call, Permission.Whole> rights) {
        this.facts = facts;
        this.rights = rights;
    }

    /**
     * Adds {@code /v1/agent/*}.
     *
     * @param rights throws where a caller may not do what it asks for
     */
    public static void add(Routes routes, AgentFacts facts, BiConsumer<Call, Permission.Whole> rights) {
        new AgentRoutes(facts, rights).add(routes);
    }

    private void add(Routes routes) {
        routes.get("/v1/agent/self", needing(Permission.AGENT_READ, call -> Answers.json(call, facts.self().get())));
        routes.get("/v1/agent/members", needing(Permission.NODE_READ, this::members));
        routes.get("/v1/agent/health", Handlers.direct(this::health));
        routes.get("/v1/agent/servers", needing(Permission.AGENT_READ, call -> Answers.json(call,
                facts.servers().stream().filter(AgentMember::isAlive).map(AgentFacts::rpcAddress).toList())));
        routes.get("/v1/agent/monitor", needing(Permission.AGENT_READ, this::monitor));
        for (String method : List.of("PUT", "POST")) {
            routes.add(method, "/v1/agent/servers", needing(Permission.AGENT_WRITE, this::useServers));
            routes.add(method, "/v1/agent/join", needing(Permission.AGENT_WRITE, this::join));
            routes.add(method, "/v1/agent/force-leave", needing(Permission.AGENT_WRITE, this::forceLeave));
        }
    }

    private Handler needing(Permission.Whole permission, Function<Call, Reply> answer) {
        return Handlers.blocking(call -> {
            rights.accept(call, permission);
            return answer.apply(call);
        });
    }

    /** Lines as they are, or each in a frame of JSON; lines are dropped for a client that does not keep up, as in the original. */
    private Reply monitor(Call call) {
        LogFeed.Level level = LogFeed.Level.of(call.query("log_level"))
                .orElseThrow(() -> new ApiException(400, "Unknown log level: " + call.query("log_level")));
        boolean json = Answers.flag(call, "log_json");
        boolean plain = Answers.flag(call, "plain");
        for (String other : List.of("node_id", "server_id")) {
            if (!call.query(other).isEmpty()) {
                throw new ApiException(400, "the log is that of the asked agent: ask the other one itself instead of giving " + other);
            }
        }
        return new Reply.Streaming(200, Map.of("Content-Type", plain ? "text/plain" : "application/json"), sink -> {
            BlockingQueue<String> lines = new ArrayBlockingQueue<>(LOG_BUFFER);
            try (AutoCloseable following = facts.logs().follow(level, json, lines::offer)) {
                while (!sink.isClosed()) {
                    String line = lines.poll(1, TimeUnit.SECONDS);
                    if (line != null) {
                        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
                        sink.write(plain ? bytes : Json.write(Map.of("Data", bytes)));
                    }
                }
            } catch (IOException | InterruptedException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException("log stream not closed", e);
            }
        });
    }

    private Reply members(Call call) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ServerName", facts.node());
        answer.put("ServerRegion", facts.region());
        answer.put("ServerDC", facts.datacenter());
        answer.put("Members", facts.servers().stream().map(facts.member()).toList());
        return Answers.json(call, answer);
    }

    private Reply health(Call call) {
        Map<String, Object> health = new TreeMap<>();
        boolean well = health(call, "client", facts.served(), "no known servers", health)
                & health(call, "server", facts.led(), "no leader", health);
        return well ? Answers.json(call, health) : Reply.text(500, new String(Json.write(health, false), StandardCharsets.UTF_8));
    }

    private static boolean health(Call call, String type, Optional<BooleanSupplier> asked, String trouble, Map<String, Object> health) {
        if (asked.isEmpty() || !call.query("type").isEmpty() && !call.query("type").equals(type)) {
            return true;
        }
        boolean well = asked.get().getAsBoolean();
        health.put(type, new TreeMap<>(Map.of("ok", well, "message", well ? "ok" : trouble)));
        return well;
    }

    /** The servers of an agent that runs tasks: whoever is found there tells of the others. */
    private Reply useServers(Call call) {
        if (facts.served().isEmpty()) {
            throw new ApiException(501, "Invalid method");
        }
        List<String> addresses = addresses(call, "missing server address");
        joined(addresses);
        return Reply.text(200, "");
    }

    private Reply join(Call call) {
        if (facts.led().isEmpty()) {
            throw new ApiException(501, "Invalid method");
        }
        Cluster.Joined joined = joined(addresses(call, "missing address to join"));
        List<String> problems = joined.problems();
        StringBuilder error = new StringBuilder();
        if (!problems.isEmpty()) {
            error.append(problems.size()).append(problems.size() == 1 ? " error" : " errors").append(" occurred:\n");
            problems.forEach(problem -> error.append("\t* ").append(problem).append('\n'));
            error.append('\n');
        }
        return Answers.json(call, new TreeMap<>(Map.of("error", error.toString(), "num_joined", joined.count())));
    }

    /** An agent is a member of its own cluster already. */
    private Cluster.Joined joined(List<String> addresses) {
        List<String> others = new ArrayList<>(addresses);
        others.removeIf(facts.cluster().self().address()::equals);
        try {
            Cluster.Joined joined = others.isEmpty() ? new Cluster.Joined(0, List.of()) : facts.cluster().join(others);
            return new Cluster.Joined(joined.count() + addresses.size() - others.size(), joined.problems());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(500, "the agent is shutting down");
        }
    }

    private static List<String> addresses(Call call, String missing) {
        if (call.query("address").isEmpty()) {
            throw new ApiException(400, missing);
        }
        return call.query().get("address");
    }

    private Reply forceLeave(Call call) {
        if (facts.led().isEmpty()) {
            throw new ApiException(501, "Invalid method");
        }
        if (call.query("node").isEmpty()) {
            throw new ApiException(400, "missing node to force leave");
        }
        facts.cluster().forceLeave(facts.shortName(call.query("node")), call.has("prune") && !call.query("prune").equals("false"));
        return Reply.text(200, "");
    }
}
