package muster.registry.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import muster.registry.RegistryServer;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The agent's endpoints over HTTP, at a server that writes compact JSON and takes no scripts. */
@Timeout(60)
class AgentApiTest {
    private static RegistryServer server;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        server = new RegistryServer(0, false);
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        server.close();
    }

    private static HttpRequest request(String line, String body) {
        String[] parts = line.split(" ", 2);
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + parts[1]))
                .method(parts[0], body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)).build();
    }

    private static HttpResponse<String> call(String line, String body) throws Exception {
        return client.send(request(line, body), BodyHandlers.ofString());
    }

    record Exchange(String request, String body, int status, String text) {
        @Override
        public String toString() {
            return request + " " + body;
        }
    }

    static List<Exchange> refusals() {
        return List.of(
                new Exchange("PUT /v1/agent/service/register", "{", 400, "Request decode failed: unexpected EOF"),
                new Exchange("PUT /v1/agent/service/register", "{}", 400, "Missing service name"),
                new Exchange("GET /v1/agent/service/register", "", 405, "method GET not allowed"),
                new Exchange("GET /v1/agent/service/none", "", 404, "unknown service ID: none"),
                new Exchange("PUT /v1/agent/service/deregister/none", "", 200, ""),
                new Exchange("PUT /v1/agent/service/deregister/", "", 500, "ServiceID missing"),
                new Exchange("PUT /v1/agent/service/maintenance/none", "", 400, "Missing value for enable"),
                new Exchange("PUT /v1/agent/service/maintenance/none?enable=true", "", 404,
                        "No service registered with ID \"none\""),
                new Exchange("PUT /v1/agent/maintenance?enable=perhaps", "", 400, "Invalid value for enable: \"perhaps\""),
                new Exchange("PUT /v1/agent/check/pass/none", "", 500, "CheckID \"none\" does not have associated TTL"),
                new Exchange("PUT /v1/agent/check/update/none", "{\"Status\":\"sick\"}", 400, "Invalid check status: 'sick'"),
                new Exchange("PUT /v1/agent/check/register", "{\"Name\":\"c\",\"Args\":[\"true\"],\"Interval\":\"1s\"}", 500,
                        "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true"),
                new Exchange("GET /v1/agent/services?filter=Frob==1", "", 500,
                        "Failed to create boolean expression evaluator: Selector \"Frob\" is not valid"),
                new Exchange("GET /v1/agent/members?segment=x", "", 500,
                        "Network segments are not supported in this version of Consul"),
                new Exchange("GET /v1/agent/monitor?loglevel=frob", "", 400, "Bad request: Unknown log level: frob"),
                new Exchange("PUT /v1/agent/token/default", "{}", 401, "ACL support disabled"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void a_request_is_refused_in_the_originals_words(Exchange test) throws Exception {
        HttpResponse<String> response = call(test.request(), test.body());
        assertThat(response.body()).isEqualTo(test.text());
        assertThat(response.statusCode()).isEqualTo(test.status());
    }

    /** Plan: register, read it back, see its health by status code, report, see it in the catalog, deregister. */
    @Test
    void a_service_goes_through_its_life() throws Exception {
        call("PUT /v1/agent/service/register", "{\"Name\":\"life\",\"Tags\":[\"a\"],\"Port\":80,\"Check\":{\"TTL\":\"60s\"}}");
        assertThat(call("GET /v1/agent/services?filter=Service==life", "").body()).isEqualTo(
                "{\"life\":{\"ID\":\"life\",\"Service\":\"life\",\"Tags\":[\"a\"],\"Meta\":{},\"Port\":80,\"Address\":\"\","
                        + "\"Weights\":{\"Passing\":1,\"Warning\":1},\"EnableTagOverride\":false}}");
        assertThat(call("GET /v1/agent/health/service/id/life?format=text", ""))
                .matches(critical -> critical.statusCode() == 503 && critical.body().equals("critical"));

        assertThat(call("PUT /v1/agent/check/warn/service:life?note=careful", "").statusCode()).isEqualTo(200);
        assertThat(call("GET /v1/agent/health/service/name/life", "").statusCode()).isEqualTo(429);
        assertThat(call("PUT /v1/agent/check/pass/service:life", "").statusCode()).isEqualTo(200);
        Eventually.holds("it passes in the catalog", () ->
                !call("GET /v1/health/service/life?passing", "").body().equals("[]"));

        call("PUT /v1/agent/service/deregister/life", "");
        Eventually.holds("it is gone", () -> call("GET /v1/catalog/service/life", "").body().equals("[]"));
        assertThat(call("GET /v1/agent/checks?filter=ServiceID==life", "").body()).isEqualTo("{}");
    }

    /** Plan: wait on the hash of a service, change another, then it; only the second answers, with another hash. */
    @Test
    void a_wait_on_a_hash_ends_with_the_services_change() throws Exception {
        call("PUT /v1/agent/service/register", "{\"Name\":\"hashed\",\"Port\":1}");
        String hash = call("GET /v1/agent/service/hashed", "").headers().firstValue("X-Consul-ContentHash").orElseThrow();
        CompletableFuture<HttpResponse<String>> waiting = client.sendAsync(
                request("GET /v1/agent/service/hashed?wait=1m&hash=" + hash, ""), BodyHandlers.ofString());
        call("PUT /v1/agent/service/register", "{\"Name\":\"other\",\"Port\":1}");
        call("PUT /v1/agent/service/register", "{\"Name\":\"hashed\",\"Port\":2}");
        HttpResponse<String> changed = waiting.get(30, TimeUnit.SECONDS);
        assertThat(changed.body()).contains("\"Port\":2");
        assertThat(changed.headers().firstValue("X-Consul-ContentHash")).isPresent().isNotEqualTo(java.util.Optional.of(hash));
        call("PUT /v1/agent/service/deregister/hashed", "");
        call("PUT /v1/agent/service/deregister/other", "");
    }
}
