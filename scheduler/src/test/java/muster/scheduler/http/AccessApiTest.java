package muster.scheduler.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import muster.http.Handlers;
import muster.http.HttpListener;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.MemoryLogGroup;
import muster.scheduler.SchedulerServer;
import muster.scheduler.acl.AccessControl;
import muster.scheduler.acl.AccessSettings;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.MigrationPass;
import muster.scheduler.state.Node;
import muster.scheduler.state.PlanResult;
import muster.testkit.ManualClock;
import muster.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Namespaces, tokens, policies and roles over HTTP, and that each endpoint looks at rights. */
@Timeout(60)
class AccessApiTest {
    @TempDir
    Path data;
    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final MemoryLogGroup group = new MemoryLogGroup("127.0.0.1:4647");
    private final RandomGenerator random = new java.util.Random(1);
    private final SchedulerServer server = SchedulerServer.attach(group, LeaderSettings.defaults(1), clock, random);
    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http = HttpClient.newHttpClient();
    private HttpListener listener;

    @BeforeEach
    void start() throws Exception {
        group.start();
        server.start();
        AccessControl access = new AccessControl(AccessSettings.on(Optional.of(data)), () -> server.state().acl(), clock);
        Routes client = new Routes();
        client.get("/v1/client/stats", Handlers.direct(call -> Reply.text(200, "stats")));
        client.get("/v1/client/fs/logs/*alloc", Handlers.direct(call -> Reply.text(200, "logs")));
        client.get("/v1/client/allocation/*rest", Handlers.direct(call -> call.path().endsWith("/exec")
                ? new Reply.WebSocket(peer -> peer.send(peer.receive().orElseThrow())) : Reply.text(200, "allocation")));
        Routes nodes = new ClientAccess(access, server::state).guard(client);
        Routes routes = ServerRoutes.of(server, Facts.alone(), access, nodes, clock, random).addAll(nodes);
        listener = HttpListener.start(vertx, HttpListener.Listen.on("127.0.0.1", 0), routes, new SchedulerDialect());
    }

    @AfterEach
    void stop() {
        http.close();
        listener.close();
        vertx.close().await();
        server.close();
        group.close();
    }

    private HttpResponse<String> call(String request, String token, String body) {
        String[] parts = request.split(" ");
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + parts[1]))
                .method(parts[0], HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            builder.header("X-Nomad-Token", token);
        }
        try {
            return http.send(builder.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return (Map<String, Object>) Json.parse(response.body());
    }

    private String bootstrapped() {
        return (String) json(call("PUT /v1/acl/bootstrap", "", "")).get("SecretID");
    }

    private String token(String management, String rules) {
        String policy = Json.text(Map.of("Name", "p", "Rules", rules));
        assertThat(call("PUT /v1/acl/policy/p", management, policy).statusCode()).isEqualTo(200);
        return (String) json(call("PUT /v1/acl/token", management, "{\"Name\":\"t\",\"Type\":\"client\",\"Policies\":[\"p\"]}")).get("SecretID");
    }

    record Refusal(String request, String body, String lacks) {
        @Override
        public String toString() {
            return request;
        }
    }

    static List<Refusal> refusals() {
        String read = "'namespace:read-job' on \"default\"";
        String submit = "'namespace:submit-job' on \"default\"";
        String id = "00000000-0000-0000-0000-000000000001";
        String job = "{\"Job\":{\"ID\":\"j\",\"Type\":\"batch\",\"Datacenters\":[\"dc1\"],\"TaskGroups\":[{\"Name\":\"g\",\"Tasks\":[{\"Name\":\"t\","
                + "\"Driver\":\"raw_exec\",\"Config\":{\"command\":\"true\"}}]}]}}";
        return List.of(
                new Refusal("GET /v1/jobs", "", "'namespace:list-jobs' on \"default\""),
                new Refusal("GET /v1/jobs?namespace=team", "", "'namespace:list-jobs' on \"team\""),
                new Refusal("PUT /v1/jobs", job, submit),
                new Refusal("PUT /v1/job/j/plan", job, submit),
                new Refusal("PUT /v1/validate/job", job, read),
                new Refusal("PUT /v1/jobs/parse", "{\"JobHCL\":\"x\"}", "'namespace:parse-job' on \"default\" or 'namespace:submit-job' on \"default\""),
                new Refusal("GET /v1/job/j", "", read),
                new Refusal("GET /v1/job/j/versions", "", read),
                new Refusal("GET /v1/job/j/allocations", "", read),
                new Refusal("GET /v1/job/j/scale", "", "'namespace:read-job' on \"default\" or 'namespace:read-job-scaling' on \"default\""),
                new Refusal("PUT /v1/job/j/scale", "{}", "'namespace:scale-job' on \"default\" or 'namespace:submit-job' on \"default\""),
                new Refusal("PUT /v1/job/j/dispatch", "{}", "'namespace:dispatch-job' on \"default\""),
                new Refusal("PUT /v1/job/j/evaluate", "", read),
                new Refusal("PUT /v1/job/j/revert", "{\"JobID\":\"j\"}", submit),
                new Refusal("PUT /v1/job/j/stable", "{\"JobID\":\"j\"}", submit),
                new Refusal("PUT /v1/job/j/periodic/force", "", "'namespace:dispatch-job' on \"default\" or 'namespace:submit-job' on \"default\""),
                new Refusal("DELETE /v1/job/j", "", submit),
                new Refusal("GET /v1/evaluations", "", read),
                new Refusal("GET /v1/evaluation/" + id, "", read),
                new Refusal("GET /v1/allocations", "", read),
                new Refusal("GET /v1/allocation/" + id, "", read),
                new Refusal("PUT /v1/allocation/" + id + "/stop", "", "'namespace:alloc-lifecycle' on \"default\""),
                new Refusal("GET /v1/deployments", "", read),
                new Refusal("PUT /v1/deployment/fail/" + id, "", submit),
                new Refusal("GET /v1/nodes", "", "'node:read'"),
                new Refusal("GET /v1/node/" + id, "", "'node:read'"),
                new Refusal("PUT /v1/node/" + id + "/drain", "{}", "'node:write'"),
                new Refusal("PUT /v1/node/" + id + "/purge", "", "'node:write'"),
                new Refusal("GET /v1/namespace/team", "", "any capability on \"team\""),
                new Refusal("PUT /v1/namespace", "{\"Name\":\"a\"}", "'management'"),
                new Refusal("GET /v1/acl/tokens", "", "'management'"),
                new Refusal("PUT /v1/acl/policy/x", "{\"Name\":\"x\"}", "'management'"),
                new Refusal("PUT /v1/acl/role", "{}", "'management'"),
                new Refusal("GET /v1/var/a", "", "'variables:read' on \"default:a\""),
                new Refusal("PUT /v1/var/a", "{\"Items\":{\"k\":\"v\"}}", "'variables:write' on \"default:a\""),
                new Refusal("DELETE /v1/var/a", "", "'variables:destroy' on \"default:a\""),
                new Refusal("GET /v1/services", "", read),
                new Refusal("GET /v1/service/a", "", read),
                new Refusal("GET /v1/scaling/policies", "", "'namespace:list-scaling-policies' on \"default\""),
                new Refusal("PUT /v1/system/gc", "", "'management'"),
                new Refusal("GET /v1/operator/scheduler/configuration", "", "'operator:read'"),
                new Refusal("PUT /v1/operator/scheduler/configuration", "{}", "'operator:write'"),
                new Refusal("GET /v1/agent/self", "", "'agent:read'"),
                new Refusal("GET /v1/agent/members", "", "'node:read'"),
                new Refusal("GET /v1/event/stream?topic=Job", "", read),
                new Refusal("GET /v1/event/stream?topic=Node", "", "'node:read'"),
                new Refusal("GET /v1/event/stream", "", "'management'"),
                new Refusal("GET /v1/client/stats", "", "'node:read'"),
                new Refusal("GET /v1/client/fs/logs/" + id, "", "'namespace:read-logs' on \"default\" or 'namespace:read-fs' on \"default\""),
                new Refusal("GET /v1/client/allocation/" + id + "/exec", "", "'namespace:alloc-exec' on \"default\""));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whoHasNoTokenIsToldWhatIsLacking(Refusal refusal) {
        HttpResponse<String> response = call(refusal.request(), "", refusal.body());

        assertThat(response.statusCode()).as(response.body()).isEqualTo(403);
        assertThat(response.body()).isEqualTo("Permission denied");
        assertThat(response.headers().firstValue("X-Muster-Denied")).contains("anonymous token lacks permission " + refusal.lacks());
    }

    @Test
    void bootstrappingHappensOnceUnlessTheOperatorOpensItAgainOnTheDisk() throws IOException {
        bootstrapped();
        long index = server.state().acl().bootstrapIndex();

        HttpResponse<String> again = call("PUT /v1/acl/bootstrap", "", "");
        assertThat(again.statusCode()).isEqualTo(500);
        assertThat(again.body()).isEqualTo("ACL bootstrap already done (reset index: " + index + ")");
        Files.createDirectories(data.resolve("server"));
        Files.writeString(data.resolve("server/acl-bootstrap-reset"), (index + 1) + "\n");
        assertThat(call("PUT /v1/acl/bootstrap", "", "").body())
                .isEqualTo("Invalid bootstrap reset index (specified " + (index + 1) + ", reset index: " + index + ")");
        Files.writeString(data.resolve("server/acl-bootstrap-reset"), index + "\n");
        assertThat(call("PUT /v1/acl/bootstrap", "", "").statusCode()).isEqualTo(200);
    }

    /** Plan: two namespaces with a variable and a service-less job list; a token for one of them sees that one alone, also with *. */
    @Test
    void aClientSeesItsNamespaceAlone() {
        String root = bootstrapped();
        assertThat(call("PUT /v1/namespace/team", root, "{\"Name\":\"team\",\"Description\":\"A team\"}").statusCode()).isEqualTo(200);
        for (String namespace : List.of("default", "team")) {
            assertThat(call("PUT /v1/var/a?namespace=" + namespace, root, "{\"Items\":{\"k\":\"v\"}}").statusCode()).isEqualTo(200);
        }
        String client = token(root, "namespace \"team\" { policy = \"read\" variables { path \"*\" { capabilities = [\"read\"] } } }");

        assertThat(call("GET /v1/jobs?namespace=*", client, "").body()).isEqualTo("[]");
        assertThat(call("GET /v1/jobs?namespace=team", client, "").statusCode()).isEqualTo(200);
        assertThat(call("GET /v1/vars?namespace=*", client, "").body()).contains("\"Namespace\":\"team\"").doesNotContain("\"default\"");
        assertThat(call("GET /v1/namespaces", client, "").body()).contains("\"team\"").doesNotContain("\"default\"");
        HttpResponse<String> denied = call("GET /v1/var/a", client, "");
        assertThat(denied.headers().firstValue("X-Muster-Denied").orElseThrow()).startsWith("token with AccessorID '").endsWith(
                "lacks permission 'variables:read' on \"default:a\"").doesNotContain(client);
        assertThat(call("GET /v1/acl/policies", client, "").body()).contains("\"Name\":\"p\"");
        assertThat(json(call("GET /v1/acl/token/self", client, ""))).containsEntry("SecretID", client);
    }

    @Test
    void anUnknownOrExpiredTokenIsToldApartFromAMissingRight() {
        String root = bootstrapped();
        assertThat(call("GET /v1/jobs", "no-such-secret", "").body()).isEqualTo("ACL token not found");
        assertThat(call("PUT /v1/acl/policy/p", root, "{\"Name\":\"p\",\"Rules\":\"node { policy = \\\"read\\\" }\"}").statusCode()).isEqualTo(200);
        String secret = (String) json(call("PUT /v1/acl/token", root,
                "{\"Type\":\"client\",\"Policies\":[\"p\"],\"ExpirationTTL\":\"10m\"}")).get("SecretID");
        assertThat(call("GET /v1/nodes", secret, "").statusCode()).isEqualTo(200);
        clock.advance(Duration.ofMinutes(10));

        HttpResponse<String> expired = call("GET /v1/nodes", secret, "");
        assertThat(expired.statusCode()).isEqualTo(403);
        assertThat(expired.body()).isEqualTo("ACL token expired");
    }

    @Test
    void aRoleGivesItsPoliciesToItsTokens() {
        String root = bootstrapped();
        assertThat(call("PUT /v1/acl/policy/p", root, "{\"Name\":\"p\",\"Rules\":\"node { policy = \\\"read\\\" }\"}").statusCode()).isEqualTo(200);
        String role = (String) json(call("PUT /v1/acl/role", root, "{\"Name\":\"ops\",\"Policies\":[{\"Name\":\"p\"}]}")).get("ID");
        String secret = (String) json(call("PUT /v1/acl/token", root, "{\"Type\":\"client\",\"Roles\":[{\"Name\":\"ops\"}]}")).get("SecretID");
        assertThat(call("GET /v1/nodes", secret, "").statusCode()).isEqualTo(200);
        assertThat(json(call("GET /v1/acl/role/name/ops", secret, ""))).containsEntry("ID", role);

        assertThat(call("DELETE /v1/acl/role/" + role, root, "").statusCode()).isEqualTo(200);
        assertThat(call("GET /v1/nodes", secret, "").statusCode()).isEqualTo(403);
    }

    @Test
    void aOneTimeTokenIsGoodOnce() {
        String root = bootstrapped();
        @SuppressWarnings("unchecked")
        Map<String, Object> made = (Map<String, Object>) json(call("POST /v1/acl/token/onetime", root, "")).get("OneTimeToken");
        String body = Json.text(Map.of("OneTimeSecretID", made.get("OneTimeSecretID")));

        assertThat(call("POST /v1/acl/token/onetime/exchange", "", body).body()).contains(root);
        assertThat(call("POST /v1/acl/token/onetime/exchange", "", body).statusCode()).isEqualTo(403);
    }

    @Test
    @SuppressWarnings("unchecked")
    void aServerOfTheLogIsKnownByItsAddress() {
        String root = bootstrapped();

        List<Map<String, Object>> servers = (List<Map<String, Object>>) json(call("GET /v1/operator/raft/configuration", root, "")).get("Servers");
        assertThat(servers).singleElement().satisfies(server -> assertThat(server)
                .containsEntry("ID", "127.0.0.1:4647").containsEntry("Address", "127.0.0.1:4647").containsEntry("RaftProtocol", "2"));
        assertThat(call("DELETE /v1/operator/raft/peer?id=127.0.0.1:1", root, "").body())
                .isEqualTo("id \"127.0.0.1:1\" was not found in the Raft configuration");
        for (String id : List.of("127.0.0.1:4647", "00000000-0000-4000-8000-000000000001")) {
            assertThat(json(call("PUT /v1/operator/raft/transfer-leadership?id=" + id, root, ""))).containsEntry("Noop", true);
        }
    }

    record Wrong(String request, String body, int status, String message) {}

    static List<Wrong> wrong() {
        return List.of(
                new Wrong("PUT /v1/acl/policy/a", "{\"Name\":\"b\"}", 400, "ACL policy name does not match request path"),
                new Wrong("PUT /v1/acl/policy/a", "{\"Name\":\"a\",\"Rules\":\"\"}", 500,
                        "policy 0 invalid: 1 error occurred:\n\t* failed to parse rules: Invalid policy: \n\n"),
                new Wrong("GET /v1/acl/policy/none", "", 404, "ACL policy not found"),
                new Wrong("GET /v1/acl/token/none", "", 404, "ACL token not found"),
                new Wrong("DELETE /v1/acl/token/none", "", 500, "Cannot delete nonexistent tokens: none"),
                new Wrong("PUT /v1/acl/token", "{\"Type\":\"x\"}", 500,
                        "token 0 invalid: 1 error occurred:\n\t* token type must be client or management\n\n"),
                new Wrong("PUT /v1/acl/token/a", "{\"AccessorID\":\"b\"}", 400, "ACL token accessor ID does not match request path"),
                new Wrong("PUT /v1/namespace", "{\"Name\":\"bad name\"}", 500, "Invalid namespace \"bad name\": 1 error occurred:\n"
                        + "\t* invalid name \"bad name\". Must match regex ^[a-zA-Z0-9-]{1,128}$\n\n"),
                new Wrong("PUT /v1/namespace/a", "{\"Name\":\"b\"}", 400, "Namespace name does not match request path"),
                new Wrong("DELETE /v1/namespace/default", "", 500, "can not delete default namespace"),
                new Wrong("GET /v1/namespace/none", "", 404, "Namespace not found"),
                new Wrong("GET /v1/acl/token", "", 405, "Invalid method"),
                new Wrong("PUT /v1/acl/role", "{\"Name\":\"r\",\"Policies\":[{\"Name\":\"none\"}]}", 400, "cannot find policy none"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void whatIsWrongIsSaid(Wrong wrong) {
        HttpResponse<String> response = call(wrong.request(), bootstrapped(), wrong.body());

        assertThat(response.body()).isEqualTo(wrong.message());
        assertThat(response.statusCode()).isEqualTo(wrong.status());
    }

    @Test
    void aBrowsersConversationNamesItsTokenInTheFirstMessage() throws Exception {
        String management = bootstrapped();
        String may = token(management, "namespace \"default\" { capabilities = [\"alloc-exec\"] }");
        assertThat(greeted("{\"version\":1,\"auth_token\":\"" + may + "\"}")).contains(may);
        assertThat(greeted("{\"version\":1}")).isEqualTo("closed 1008 Permission denied");
        assertThat(greeted("what")).startsWith("closed 1008");
    }

    /** The first text, or the end, of a conversation that begins with these words. */
    private String greeted(String words) throws Exception {
        java.util.concurrent.CompletableFuture<String> heard = new java.util.concurrent.CompletableFuture<>();
        java.net.http.WebSocket socket = http.newWebSocketBuilder().buildAsync(
                URI.create("ws://127.0.0.1:" + listener.port() + "/v1/client/allocation/x/exec?ws_handshake=true"),
                new java.net.http.WebSocket.Listener() {
                    @Override
                    public java.util.concurrent.CompletionStage<?> onText(java.net.http.WebSocket from, CharSequence text, boolean last) {
                        heard.complete(text.toString());
                        return null;
                    }

                    @Override
                    public java.util.concurrent.CompletionStage<?> onClose(java.net.http.WebSocket from, int status, String reason) {
                        heard.complete("closed " + status + " " + reason);
                        return null;
                    }
                }).get();
        socket.sendText(words, true).get();
        String answer = heard.get(10, java.util.concurrent.TimeUnit.SECONDS);
        socket.abort();
        return answer;
    }

    /** Plan: take a lock, try what others may not, renew and release it; only the holder sees the lock's id. */
    @Test
    void aLockOfAVariableIsTakenRenewedAndReleased() {
        String root = bootstrapped();
        Map<?, ?> taken = json(call("PUT /v1/var/a/b?lock-acquire", root, "{\"Lock\":{\"TTL\":\"20s\",\"LockDelay\":\"1m\"}}"));
        String id = (String) ((Map<?, ?>) taken.get("Lock")).get("ID");
        assertThat(taken.get("Lock")).isEqualTo(Map.of("ID", id, "LockDelay", "1m0s", "TTL", "20s"));

        assertThat(json(call("GET /v1/var/a/b", root, "")).get("Lock")).isEqualTo(Map.of("LockDelay", "1m0s", "TTL", "20s"));
        HttpResponse<String> second = call("PUT /v1/var/a/b?lock-acquire", root, "{}");
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(second.body()).doesNotContain(id);
        assertThat(call("PUT /v1/var/a/b", root, "{\"Items\":{\"k\":\"v\"}}").statusCode()).isEqualTo(409);
        assertThat(call("DELETE /v1/var/a/b", root, "").statusCode()).isEqualTo(409);
        String mine = "{\"Items\":{\"k\":\"v\"},\"Lock\":{\"ID\":\"" + id + "\"}}";
        assertThat(call("PUT /v1/var/a/b", root, mine).statusCode()).isEqualTo(200);
        assertThat(call("PUT /v1/var/a/b?lock-renew", root, mine).statusCode()).isEqualTo(200);
        assertThat(call("PUT /v1/var/a/b?lock-renew", root, "{}").statusCode()).isEqualTo(400);
        assertThat(call("PUT /v1/var/a/b?lock-acquire&lock-renew", root, mine).statusCode()).isEqualTo(400);
        assertThat(call("PUT /v1/var/c?lock-acquire", root, "{\"Lock\":{\"TTL\":\"1s\"}}").body()).contains("between 10 seconds and 24 hours");
        assertThat(call("PUT /v1/var/a/b?lock-release", root, mine).statusCode()).isEqualTo(200);
        assertThat(json(call("GET /v1/var/a/b", root, ""))).doesNotContainKey("Lock").containsEntry("Items", Map.of("k", "v"));
    }

    @Test
    void theLogOfAnAgentIsReadAsItIsWritten() throws Exception {
        String root = bootstrapped();
        assertThat(call("GET /v1/agent/monitor?log_level=frob", root, "").body()).isEqualTo("Unknown log level: frob");
        assertThat(call("GET /v1/agent/monitor", "", "").statusCode()).isEqualTo(403);
        for (String[] form : new String[][] {{"plain=true&log_level=debug", "DEBUG as text\n"}, {"log_json=true", "{\"Data\":\"SU5GTyBhcyBKU09OCg==\"}"}}) {
            HttpResponse<java.io.InputStream> response = http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port()
                    + "/v1/agent/monitor?" + form[0])).header("X-Nomad-Token", root).build(), HttpResponse.BodyHandlers.ofInputStream());
            try (java.io.InputStream body = response.body()) {
                assertThat(new String(body.readNBytes(form[1].length()), java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(form[1]);
            }
        }
    }

    @Test
    void aNodeThatTakesOverDataNeedsNoToken() throws Exception {
        // Plan: an allocation on a node takes the place of one elsewhere; its node reads that one's data, and nothing else, by its pass.
        bootstrapped();
        String old = "00000000-0000-0000-0000-000000000001";
        Node node = Json.read(Node.class, "{\"ID\":\"n1\",\"Name\":\"n1\",\"SecretID\":\"s\"}".getBytes(), Json.Unknown.REFUSE);
        Job job = Json.read(Job.class, ("{\"ID\":\"j\",\"Namespace\":\"default\",\"TaskGroups\":[{\"Name\":\"g\",\"EphemeralDisk\":"
                + "{\"Migrate\":true,\"Sticky\":true},\"Tasks\":[{\"Name\":\"t\"}]}]}").getBytes(), Json.Unknown.REFUSE);
        Allocation taking = Json.read(Allocation.class, ("{\"ID\":\"00000000-0000-0000-0000-000000000002\",\"Namespace\":\"default\",\"JobID\":\"j\","
                + "\"TaskGroup\":\"g\",\"NodeID\":\"n1\",\"PreviousAllocation\":\"" + old + "\"}").getBytes(), Json.Unknown.REFUSE);
        server.writer().write(new Command.RegisterNode(node, null, List.of()));
        server.writer().write(new Command.ApplyPlan(new PlanResult("e", job, List.of(), List.of(taking), List.of(), null, List.of(), List.of(), 0)));
        String path = "/v1/client/allocation/" + old;
        assertThat(call("GET " + path + "/snapshot", MigrationPass.of(node, old), "").statusCode()).isEqualTo(200);
        assertThat(call("GET " + path + "/snapshot", "", "").statusCode()).isEqualTo(403);
        assertThat(call("GET " + path + "/snapshot", MigrationPass.of(node, "other"), "").statusCode()).isEqualTo(403);
        assertThat(call("GET " + path + "/checks", MigrationPass.of(node, old), "").statusCode()).isEqualTo(403);
    }
}
