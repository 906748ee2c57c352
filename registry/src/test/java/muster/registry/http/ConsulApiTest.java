package muster.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import muster.registry.RegistryServer;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Consul's wire over a socket: bytes, statuses, headers. */
class ConsulApiTest {
    private static RegistryServer server;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        server = new RegistryServer(0, false);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.close();
    }

    private static HttpRequest request(String line, String body) {
        String[] parts = line.split(" ", 2);
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + parts[1]))
                .method(parts[0], HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static HttpResponse<String> call(String line, String body) throws Exception {
        return CLIENT.send(request(line, body), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** A request and what comes back; digits of indexes are written as #. */
    record Exchange(String name, String request, String body, int status, String answer) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Exchange> exchanges() {
        String register = "{\"Node\":\"t1\",\"Address\":\"10.1.1.1\",\"Service\":{\"ID\":\"1\",\"Service\":\"t-web\",\"Port\":5},"
                + "\"Check\":{\"CheckID\":\"c\",\"Name\":\"n\",\"Status\":\"passing\",\"ServiceID\":\"1\"}}";
        return Stream.of(
                new Exchange("a put answers true", "PUT /v1/kv/t/a?flags=3", "v", 200, "true"),
                new Exchange("a key has Consul's order of fields", "GET /v1/kv/t/a", "", 200,
                        "[{\"LockIndex\":0,\"Key\":\"t/a\",\"Flags\":3,\"Value\":\"dg==\",\"CreateIndex\":#,\"ModifyIndex\":#}]"),
                new Exchange("a missing key is a bare 404", "GET /v1/kv/t/none", "", 404, ""),
                new Exchange("a raw value is its bytes", "GET /v1/kv/t/a?raw", "", 200, "v"),
                new Exchange("pretty indents and ends the line", "GET /v1/kv/t/?keys&pretty", "", 200,
                        "[\n    \"t/a\"\n]\n"),
                new Exchange("flags have to be a number", "PUT /v1/kv/t/b?flags=x", "v", 500,
                        "strconv.ParseUint: parsing \"x\": invalid syntax"),
                new Exchange("a key has to be named", "GET /v1/kv/", "", 400, "Missing key name"),
                new Exchange("two conditions conflict", "PUT /v1/kv/t/b?cas=0&acquire=x", "v", 400,
                        "Conflicting flags: acquire=x&cas=0"),
                new Exchange("an index has to be a number", "GET /v1/kv/t/a?index=x", "", 400, "Invalid index"),
                new Exchange("stale and consistent conflict", "GET /v1/kv/t/a?stale&consistent", "", 400,
                        "Cannot specify ?stale with ?consistent, conflicting semantics."),
                new Exchange("there is one datacenter", "GET /v1/catalog/nodes?dc=dc9", "", 500, "No path to datacenter"),
                new Exchange("another method is refused", "POST /v1/kv/t/a", "", 405, "method POST not allowed"),
                new Exchange("an unknown path is a bare 404", "GET /v1/nope", "", 404, ""),
                new Exchange("unknown fields are refused", "PUT /v1/catalog/register", "{\"Frob\":1}", 400,
                        "Request decode failed: json: unknown field \"Frob\""),
                new Exchange("a registration needs a body", "PUT /v1/catalog/register", "", 400,
                        "Request decode failed: EOF"),
                new Exchange("a registration answers true", "PUT /v1/catalog/register", register, 200, "true"),
                new Exchange("health joins node, service and checks", "GET /v1/health/service/t-web", "", 200,
                        "[{\"Node\":{\"ID\":\"\",\"Node\":\"t1\",\"Address\":\"10.1.1.1\",\"Datacenter\":\"dc1\","
                                + "\"TaggedAddresses\":null,\"Meta\":null,\"CreateIndex\":#,\"ModifyIndex\":#},"
                                + "\"Service\":{\"ID\":\"1\",\"Service\":\"t-web\",\"Tags\":[],\"Address\":\"\",\"Meta\":null,"
                                + "\"Port\":5,\"Weights\":{\"Passing\":1,\"Warning\":1},\"EnableTagOverride\":false,"
                                + "\"Proxy\":{\"MeshGateway\":{},\"Expose\":{}},\"Connect\":{},\"CreateIndex\":#,"
                                + "\"ModifyIndex\":#},\"Checks\":[{\"Node\":\"t1\",\"CheckID\":\"c\",\"Name\":\"n\","
                                + "\"Status\":\"passing\",\"Notes\":\"\",\"Output\":\"\",\"ServiceID\":\"1\","
                                + "\"ServiceName\":\"t-web\",\"ServiceTags\":[],\"Type\":\"\",\"Definition\":{},"
                                + "\"CreateIndex\":#,\"ModifyIndex\":#}]}]"),
                new Exchange("filters are checked before rows", "GET /v1/catalog/nodes?filter=Frob%20%3D%3D%20%22x%22", "", 500,
                        "Failed to create boolean expression evaluator: Selector \"Frob\" is not valid"),
                new Exchange("a failed transaction is a conflict", "PUT /v1/txn",
                        "[{\"KV\":{\"Verb\":\"get\",\"Key\":\"t/none\"}}]", 409,
                        "{\"Results\":null,\"Errors\":[{\"OpIndex\":0,\"What\":\"key \\\"t/none\\\" doesn't exist\"}],"
                                + "\"Index\":#,\"LastContact\":#,\"KnownLeader\":true,\"ConsistencyLevel\":\"\"}"),
                new Exchange("access control is off", "GET /v1/acl/tokens", "", 401, "ACL support disabled"),
                new Exchange("the leader is an address", "GET /v1/status/leader", "", 200, "\"127.0.0.1:8300\""));
    }

    @Test
    void answersAsConsulDoes() throws Exception {
        // Plan: the exchanges build on one another, so they run in their order, each on its own connection or not.
        for (Exchange exchange : exchanges().toList()) {
            HttpResponse<String> response = call(exchange.request(), exchange.body());
            assertThat(response.statusCode()).as(exchange.name()).isEqualTo(exchange.status());
            assertThat(response.body().replaceAll("(CreateIndex|ModifyIndex|,\"Index|LastContact)\":\\d+", "$1\":#")).as(exchange.name())
                    .isEqualTo(exchange.answer());
        }
    }

    static Stream<String> reads() {
        return Stream.of("/v1/kv/none", "/v1/session/list", "/v1/catalog/nodes", "/v1/health/state/any");
    }

    @ParameterizedTest
    @MethodSource("reads")
    void readsTellHowCurrentTheyAre(String path) throws Exception {
        HttpResponse<String> response = call("GET " + path, "");
        assertThat(header(response, "X-Consul-Index")).matches("[1-9][0-9]*");
        assertThat(header(response, "X-Consul-KnownLeader")).isEqualTo("true");
        assertThat(header(response, "X-Consul-LastContact")).isEqualTo("0");
        assertThat(header(response, "X-Consul-Effective-Consistency"))
                .isEqualTo(path.contains("catalog") || path.contains("health") ? "leader" : "");
        assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
    }

    @Test
    void aBlockedReadWakesForItsKey() throws Exception {
        call("PUT /v1/kv/blocked/a", "1");
        String index = header(call("GET /v1/kv/blocked/a", ""), "X-Consul-Index");
        CompletableFuture<HttpResponse<String>> waiting = CLIENT.sendAsync(
                request("GET /v1/kv/blocked/a?raw&wait=60s&index=" + index, ""), HttpResponse.BodyHandlers.ofString());
        Eventually.holds("the read waits", () -> server.registry().waiting() == 1);
        call("PUT /v1/kv/blocked/other", "1");
        assertThat(waiting).isNotDone();
        call("PUT /v1/kv/blocked/a", "2");
        assertThat(waiting.get(10, TimeUnit.SECONDS).body()).isEqualTo("2");
    }
}
