package muster.scheduler.http;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import muster.http.Call;
import muster.http.Dispatcher;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.MemoryLogGroup;
import muster.scheduler.SchedulerServer;
import muster.scheduler.acl.AccessControl;
import muster.scheduler.acl.AccessSettings;
import muster.scheduler.broker.LeaderSettings;
import muster.testkit.ManualClock;
import muster.wire.Json;

/** The API of a server that is asked without a network. */
final class InProcess implements AutoCloseable {
    final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    final SchedulerServer server;
    private final MemoryLogGroup group = new MemoryLogGroup("127.0.0.1:4647");
    private final Dispatcher api;

    record Answer(int status, String text, Map<String, String> headers) {
        @SuppressWarnings("unchecked")
        Map<String, Object> object() {
            return (Map<String, Object>) Json.parse(text);
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> list() {
            return (List<Map<String, Object>>) Json.parse(text);
        }

        /** What a refusal says. */
        String refusal() {
            return status + " " + text;
        }
    }

    private InProcess(boolean access, Routes nodes) {
        server = SchedulerServer.attach(group, LeaderSettings.defaults(1), clock, new java.util.Random(1));
        group.start();
        server.start();
        AccessControl rights = new AccessControl(access ? AccessSettings.on(Optional.empty()) : AccessSettings.OFF, () -> server.state().acl(), clock);
        api = Dispatcher.of(ServerRoutes.of(server, Facts.alone(), rights, new ClientAccess(rights, server::state).guard(nodes), clock,
                new java.util.Random(2)), new SchedulerDialect());
    }

    /** Open to everybody. */
    static InProcess open() {
        return new InProcess(false, new Routes());
    }

    /** With answers to what is about nodes. */
    static InProcess open(Routes nodes) {
        return new InProcess(false, nodes);
    }

    /** Under access control that has not been bootstrapped. */
    static InProcess guarded() {
        return new InProcess(true, new Routes());
    }

    static InProcess guarded(Routes nodes) {
        return new InProcess(true, nodes);
    }

    /** The secret of a new management token. */
    String bootstrap() {
        return (String) call("PUT /v1/acl/bootstrap", "", "").object().get("SecretID");
    }

    /** The secret of a new client token with these rules, and a policy of this name. */
    String token(String management, String name, String rules) {
        call("PUT /v1/acl/policy/" + name, management, Json.text(Map.of("Name", name, "Rules", rules)));
        return (String) call("PUT /v1/acl/token", management, Json.text(Map.of("Name", name, "Type", "client", "Policies", List.of(name))))
                .object().get("SecretID");
    }

    Answer call(String request, String body) {
        return call(request, "", body);
    }

    Answer call(String request, String token, String body) {
        Reply reply = ask(request, token, body);
        return new Answer(reply.status(), new String(((Reply.Full) reply).body(), StandardCharsets.UTF_8), ((Reply.Full) reply).headers());
    }

    Reply ask(String request, String token, String body) {
        String[] parts = request.split(" ", 2);
        String[] target = parts[1].split("\\?", 2);
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : target.length == 1 ? new String[0] : target[1].split("&")) {
            int equals = pair.indexOf('=');
            query.put(pair.substring(0, equals), List.of(pair.substring(equals + 1)));
        }
        return api.handle(new Call(parts[0], target[0], Map.of(), query, token.isEmpty() ? Map.of() : Map.of("x-nomad-token", List.of(token)),
                body.getBytes(StandardCharsets.UTF_8), new InetSocketAddress(0), new CompletableFuture<>())).toCompletableFuture().join();
    }

    @Override
    public void close() {
        server.close();
        group.close();
    }
}
