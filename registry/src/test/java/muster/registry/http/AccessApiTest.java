package muster.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import muster.registry.RegistryServer;
import muster.registry.acl.AccessSettings;
import muster.registry.acl.AgentTokens;
import muster.registry.acl.TokenCache;
import muster.testkit.Eventually;
import muster.wire.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Access control over a socket: who is refused, what is left out, and what a refusal says. */
class AccessApiTest {
    private static final String MANAGEMENT = "11111111-2222-3333-4444-555555555555";
    private static final String RECOVERY = "99999999-2222-3333-4444-555555555555";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static RegistryServer server;

    @BeforeAll
    static void start() throws Exception {
        AccessSettings settings = new AccessSettings(true, false, false, MANAGEMENT, new AgentTokens("", MANAGEMENT, RECOVERY, ""), false,
                Duration.ofSeconds(1), Duration.ofHours(24), TokenCache.Rules.USUAL, Optional.empty());
        server = new RegistryServer(0, false, false, settings);
        call("PUT /v1/kv/open/a", MANAGEMENT, "1");
        call("PUT /v1/kv/closed/a", MANAGEMENT, "2");
        for (String name : List.of("web", "db")) {
            call("PUT /v1/catalog/register", MANAGEMENT, "{\"Node\":\"far\",\"Address\":\"10.0.0.9\",\"Service\":{\"ID\":\"" + name
                    + "\",\"Service\":\"" + name + "\",\"Port\":80}}");
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.close();
    }

    private static HttpRequest request(String line, String token, String body) {
        String[] parts = line.split(" ", 2);
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + parts[1]))
                .method(parts[0], HttpRequest.BodyPublishers.ofString(body));
        return (token.isEmpty() ? builder : builder.header("X-Consul-Token", token)).build();
    }

    private static HttpResponse<String> call(String line, String token, String body) throws Exception {
        return CLIENT.send(request(line, token, body), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static String field(HttpResponse<String> response, String name) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return (String) ((Map<?, ?>) Json.parse(response.body())).get(name);
    }

    private record Made(String secret, String accessor) {}

    /** A token with one policy of the given rules. */
    private static Made token(String name, String rules, String more) throws Exception {
        String policy = Json.text(Map.of("Name", name, "Rules", rules));
        assertThat(call("PUT /v1/acl/policy", MANAGEMENT, policy).statusCode()).isEqualTo(200);
        HttpResponse<String> made = call("PUT /v1/acl/token", MANAGEMENT, "{\"Policies\":[{\"Name\":\"" + name + "\"}]" + more + "}");
        return new Made(field(made, "SecretID"), field(made, "AccessorID"));
    }

    /** A request of somebody without a token, and the permission that the refusal names. */
    record Refusal(String request, String body, String text, String lacks) {
        @Override
        public String toString() {
            return request;
        }
    }

    static Stream<Refusal> refusals() {
        String denied = "Permission denied";
        return Stream.of(
                new Refusal("GET /v1/kv/open/a", "", denied, "'key:read' on \"open/a\""),
                new Refusal("PUT /v1/kv/open/a", "x", denied, "'key:write' on \"open/a\""),
                new Refusal("DELETE /v1/kv/open/?recurse", "", denied, "'key:write' on \"open/\""),
                new Refusal("PUT /v1/catalog/register", "{\"Node\":\"x\",\"Address\":\"1.1.1.1\"}", denied, "'node:write' on \"x\""),
                new Refusal("PUT /v1/catalog/deregister", "{\"Node\":\"far\"}", denied, "'node:write' on \"far\""),
                new Refusal("PUT /v1/agent/service/register", "{\"Name\":\"web\"}", "Permission denied: Missing service:write on web",
                        "'service:write' on \"web\""),
                new Refusal("PUT /v1/session/create", "", denied, "'session:write' on \"n1\""),
                new Refusal("PUT /v1/event/fire/deploy", "", denied, "'event:write' on \"deploy\""),
                new Refusal("GET /v1/agent/self", "", denied, "'agent:read' on \"n1\""),
                new Refusal("PUT /v1/agent/reload", "", denied, "'agent:write' on \"n1\""),
                new Refusal("PUT /v1/agent/token/default", "{\"Token\":\"x\"}", denied, "'agent:write' on \"n1\""),
                new Refusal("GET /v1/operator/raft/configuration", "", denied, "'operator:read'"),
                new Refusal("GET /v1/operator/keyring", "", denied, "'keyring:read'"),
                new Refusal("GET /v1/acl/tokens", "", denied, "'acl:read'"),
                new Refusal("PUT /v1/acl/policy", "{\"Name\":\"p\"}", denied, "'acl:write'"),
                new Refusal("POST /v1/connect/intentions", "{\"SourceName\":\"a\",\"DestinationName\":\"b\",\"Action\":\"allow\"}",
                        denied, "'intention:write' on \"b\""));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRefusalNamesTokenPermissionAndThing(Refusal refusal) throws Exception {
        HttpResponse<String> response = call(refusal.request(), "", refusal.body());
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).isEqualTo(refusal.text());
        assertThat(header(response, "X-Muster-Denied")).isEqualTo("anonymous token lacks permission " + refusal.lacks());
        Made token = token("refusal-" + Integer.toHexString(refusal.request().hashCode()), "", "");
        assertThat(header(call(refusal.request(), token.secret(), refusal.body()), "X-Muster-Denied"))
                .isEqualTo("token with AccessorID '" + token.accessor() + "' lacks permission " + refusal.lacks())
                .doesNotContain(token.secret());
    }

    @Test
    void anUnknownSecretIsNobody() throws Exception {
        HttpResponse<String> response = call("GET /v1/catalog/nodes", "no-such-secret", "");
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).isEqualTo("ACL not found");
        assertThat(header(response, "X-Muster-Denied")).doesNotContain("no-such-secret");
    }

    record Listing(String path, String shown) {}

    static Stream<Listing> listings() {
        return Stream.of(new Listing("/v1/kv/?keys", "[\"open/a\"]"), new Listing("/v1/kv/closed/?keys", ""),
                new Listing("/v1/kv/closed/?recurse", ""), new Listing("/v1/catalog/services", "{\"web\":[]}"),
                new Listing("/v1/catalog/service/db", "[]"), new Listing("/v1/health/service/db", "[]"),
                new Listing("/v1/session/list", "[]"), new Listing("/v1/health/node/n1", "[]"));
    }

    @Test
    void listsShowWhatTheirReaderMaySee() throws Exception {
        Made reader = token("reader", """
                key_prefix "open/" { policy = "read" }
                service "web" { policy = "read" }
                node "far" { policy = "read" }
                """, "");
        for (Listing listing : listings().toList()) {
            HttpResponse<String> response = call("GET " + listing.path(), reader.secret(), "");
            assertThat(response.statusCode()).as(listing.path()).isEqualTo(listing.shown().isEmpty() ? 404 : 200);
            assertThat(response.body()).as(listing.path()).isEqualTo(listing.shown());
        }
        // Only who has a token is told that there is more.
        assertThat(header(call("GET /v1/catalog/services", reader.secret(), ""), "X-Consul-Results-Filtered-By-ACLs")).isEqualTo("true");
        assertThat(header(call("GET /v1/catalog/services", "", ""), "X-Consul-Results-Filtered-By-ACLs")).isEmpty();
        assertThat(header(call("GET /v1/catalog/services", MANAGEMENT, ""), "X-Consul-Results-Filtered-By-ACLs")).isEmpty();
    }

    @Test
    void whoLosesTheRightWhileWaitingIsRefused() throws Exception {
        // Plan: read a key, wait for its change, take the token away, change the key: the waiting read must not show it.
        Made reader = token("waiter", "key \"open/a\" { policy = \"read\" }", "");
        String index = header(call("GET /v1/kv/open/a", reader.secret(), ""), "X-Consul-Index");
        CompletableFuture<HttpResponse<String>> waiting = CLIENT.sendAsync(
                request("GET /v1/kv/open/a?raw&wait=60s&index=" + index, reader.secret(), ""), HttpResponse.BodyHandlers.ofString());
        Eventually.holds("the read waits", () -> server.registry().waiting() == 1);
        call("DELETE /v1/acl/token/" + reader.accessor(), MANAGEMENT, "");
        call("PUT /v1/kv/open/a", MANAGEMENT, "secret");
        HttpResponse<String> response = waiting.get(10, TimeUnit.SECONDS);
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).isEqualTo("ACL not found");
    }

    @Test
    void aChangedPolicyHoldsAtOnce() throws Exception {
        Made token = token("changing", "key \"open/a\" { policy = \"deny\" }", "");
        assertThat(call("GET /v1/kv/open/a?raw", token.secret(), "").statusCode()).isEqualTo(403);
        String id = field(call("GET /v1/acl/policy/name/changing", MANAGEMENT, ""), "ID");
        call("PUT /v1/acl/policy/" + id, MANAGEMENT, Json.text(Map.of("Name", "changing", "Rules", "key \"open/a\" { policy = \"read\" }")));
        assertThat(call("GET /v1/kv/open/a?raw", token.secret(), "").statusCode()).isEqualTo(200);
    }

    @Test
    void anExpiredTokenIsNobodyAndGoes() throws Exception {
        Made token = token("brief", "key \"open/a\" { policy = \"read\" }", ",\"ExpirationTTL\":\"1s\"");
        Eventually.holds("the token ends", () -> call("GET /v1/kv/open/a?raw", token.secret(), "").statusCode() == 403);
        Eventually.holds("and is removed", () -> !call("GET /v1/acl/tokens", MANAGEMENT, "").body().contains(token.accessor()));
    }

    @Test
    void theRecoveryTokenOpensTheAgentAndNothingElse() throws Exception {
        assertThat(call("GET /v1/agent/self", RECOVERY, "").statusCode()).isEqualTo(200);
        assertThat(call("GET /v1/kv/open/a", RECOVERY, "").body()).isEqualTo("ACL not found");
    }

    @Test
    void whoSendsNoTokenHasTheAgentsDefaultOne() throws Exception {
        Made token = token("default", "key_prefix \"closed/\" { policy = \"read\" }", "");
        assertThat(call("PUT /v1/agent/token/default", MANAGEMENT, "{\"Token\":\"" + token.secret() + "\"}").statusCode()).isEqualTo(200);
        assertThat(call("GET /v1/kv/closed/a?raw", "", "").body()).isEqualTo("2");
        assertThat(call("PUT /v1/agent/token/default", MANAGEMENT, "{\"Token\":\"\"}").statusCode()).isEqualTo(200);
        assertThat(call("GET /v1/kv/closed/a?raw", "", "").statusCode()).isEqualTo(403);
        assertThat(call("PUT /v1/agent/token/frob", MANAGEMENT, "{\"Token\":\"\"}").body()).isEqualTo("Token \"frob\" is unknown");
    }

    @Test
    void aRegistrationReachesTheCatalogWithItsTokensRights() throws Exception {
        // Plan: register locally with a token that may write its service, see it in the catalog, and see that its removal arrives too.
        Made owner = token("owner", "service \"api\" { policy = \"write\" }", "");
        assertThat(call("PUT /v1/agent/service/register", owner.secret(), "{\"Name\":\"api\",\"Port\":1}").statusCode()).isEqualTo(200);
        Eventually.holds("the service arrives", () -> call("GET /v1/catalog/service/api", MANAGEMENT, "").body().contains("\"api\""));
        assertThat(call("PUT /v1/agent/service/deregister/api", owner.secret(), "").statusCode()).isEqualTo(200);
        Eventually.holds("and leaves", () -> call("GET /v1/catalog/service/api", MANAGEMENT, "").body().equals("[]"));
    }

    @Test
    void eventsAreShownToWhoMayReadTheirNames() throws Exception {
        Made firing = token("firing", "event_prefix \"deploy\" { policy = \"write\" }", "");
        assertThat(call("PUT /v1/event/fire/deploy-web", firing.secret(), "").statusCode()).isEqualTo(200);
        assertThat(call("GET /v1/event/list", firing.secret(), "").body()).contains("deploy-web");
        assertThat(call("GET /v1/event/list", "", "").body()).isEqualTo("[]");
    }

    @Test
    void bootstrappingIsClosedOnceThereIsAManagementToken() throws Exception {
        HttpResponse<String> response = call("PUT /v1/acl/bootstrap", "", "");
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).matches("Permission denied: ACL bootstrap no longer allowed \\(reset index: \\d+\\)");
    }
}
