package muster.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Random;
import muster.registry.RegistryServer;
import muster.wire.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The mesh's endpoints as a client of the API sees them. */
class MeshApiTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static RegistryServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new RegistryServer(0, true);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static HttpResponse<String> call(String method, String path, String body) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private static Object json(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = call(method, path, body);
        assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
        return answer.body().isEmpty() ? "" : Json.parse(answer.body());
    }

    private static Object at(Object tree, Object... path) {
        Object found = tree;
        for (Object step : path) {
            found = step instanceof Integer index ? ((List<?>) found).get(index) : ((Map<?, ?>) found).get(step);
        }
        return found;
    }

    private static String coordinate(String node, double x) {
        return "{\"Node\": \"" + node + "\", \"Coord\": {\"Vec\": [" + x + ",0,0,0,0,0,0,0], \"Error\": 1.5, \"Adjustment\": 0, \"Height\": 0.00001}}";
    }

    @Test
    void nearSortsByCoordinatesEverywhere() throws Exception {
        // Plan: three nodes with a service, two of them with coordinates; ask each list near one of them.
        for (String node : List.of("near-a", "near-b", "near-c")) {
            json("PUT", "/v1/catalog/register", "{\"Node\": \"" + node + "\", \"Address\": \"10.0.0.1\", \"Service\": {\"Service\": \"near\"}}");
        }
        assertThat(call("PUT", "/v1/coordinate/update", coordinate("near-a", 0.9)).statusCode()).isEqualTo(200);
        call("PUT", "/v1/coordinate/update", coordinate("near-c", 0.1));
        assertThat(at(json("GET", "/v1/catalog/service/near?near=near-c", ""), 0, "Node")).isEqualTo("near-c");
        assertThat(at(json("GET", "/v1/health/service/near?near=near-c", ""), 1, "Node", "Node")).isEqualTo("near-a");
        assertThat(at(json("GET", "/v1/health/service/near?near=near-c", ""), 2, "Node", "Node")).isEqualTo("near-b");
        json("POST", "/v1/query", "{\"Name\": \"near\", \"Service\": {\"Service\": \"near\", \"Near\": \"near-a\"}}");
        assertThat(at(json("GET", "/v1/query/near/execute?limit=1", ""), "Nodes", 0, "Node", "Node")).isEqualTo("near-a");
        assertThat(at(json("GET", "/v1/coordinate/node/near-c", ""), 0, "Coord", "Height")).isEqualTo(0.00001);
        assertThat(call("PUT", "/v1/coordinate/update", "{\"Node\": \"near-a\", \"Coord\": {\"Vec\": [1]}}").body())
                .isEqualTo("incompatible coordinate");
    }

    @Test
    void gatewaysAreFoundByTheServicesBehindThem() throws Exception {
        // Plan: an ingress gateway in the catalog and one in the configuration; then ask from either side.
        json("PUT", "/v1/catalog/register", "{\"Node\": \"gw\", \"Address\": \"10.0.0.9\", \"Service\":"
                + " {\"Kind\": \"ingress-gateway\", \"Service\": \"in\", \"Port\": 8080}}");
        json("PUT", "/v1/config", "{\"Kind\": \"ingress-gateway\", \"Name\": \"in\", \"Listeners\": [{\"Port\": 8080, \"Protocol\": \"tcp\","
                + " \"Services\": [{\"Name\": \"behind\"}]}]}");
        Object services = json("GET", "/v1/catalog/gateway-services/in", "");
        assertThat(at(services, 0, "Service", "Name")).isEqualTo("behind");
        assertThat(at(services, 0, "Port")).isEqualTo(8080L);
        assertThat(at(json("GET", "/v1/health/ingress/behind", ""), 0, "Service", "Service")).isEqualTo("in");
        assertThat((List<?>) json("GET", "/v1/health/ingress/other", "")).isEmpty();
    }

    @Test
    void aConnectionIsDecidedByItsIntention() throws Exception {
        String domain = (String) at(json("GET", "/v1/connect/ca/roots", ""), "TrustDomain");
        json("PUT", "/v1/connect/intentions/exact?source=web&destination=auth-db", "{\"Action\": \"deny\"}");
        String from = "{\"Target\": \"auth-db\", \"ClientCertURI\": \"spiffe://" + domain + "/ns/default/dc/dc1/svc/web\"}";
        Object decision = json("POST", "/v1/agent/connect/authorize", from);
        assertThat(at(decision, "Authorized")).isEqualTo(false);
        assertThat((String) at(decision, "Reason")).startsWith("Matched intention: DENY default/web => default/auth-db");
        assertThat(at(json("POST", "/v1/agent/connect/authorize", from.replace("svc/web", "svc/api")), "Authorized")).isEqualTo(true);
        assertThat((String) at(json("POST", "/v1/agent/connect/authorize", from.replace(domain, "elsewhere")), "Reason"))
                .isEqualTo("Identity from an external trust domain: elsewhere");
        assertThat(call("POST", "/v1/agent/connect/authorize", "{\"Target\": \"x\", \"ClientCertURI\": \"y\"}").body())
                .isEqualTo("Bad request: ClientCertURI not a valid Connect identifier");
        json("DELETE", "/v1/connect/intentions/exact?source=web&destination=auth-db", "");
    }

    @Test
    void theAuthoritysConfigurationIsSetAndShownWithoutItsKey() throws Exception {
        assertThat(call("PUT", "/v1/connect/ca/configuration", "{\"Provider\": \"consul\", \"Config\": {\"LeafCertTTL\": \"48h\"}}").statusCode())
                .isEqualTo(200);
        Object shown = json("GET", "/v1/connect/ca/configuration", "");
        assertThat(at(shown, "Config", "LeafCertTTL")).isEqualTo("48h");
        assertThat(shown.toString()).doesNotContain("PRIVATE KEY");
        assertThat(call("PUT", "/v1/connect/ca/configuration", "{\"Provider\": \"vault\"}").body())
                .isEqualTo("could not initialize provider: unknown CA provider \"vault\"");
        assertThat(call("GET", "/v1/connect/ca/roots?pem=true", "").body()).startsWith("-----BEGIN CERTIFICATE-----\n");
    }

    @Test
    void anyBodyIsAnsweredInWords() throws Exception {
        // Plan: good bodies with bytes changed, cut and doubled, at every endpoint that takes one.
        Random random = new Random(7);
        Map<String, String> endpoints = Map.of(
                "PUT /v1/config", "{\"Kind\": \"service-resolver\", \"Name\": \"f\", \"Subsets\": {\"v1\": {\"Filter\": \"a == 1\"}}, \"Redirect\": {}}",
                "POST /v1/query", "{\"Name\": \"\", \"Template\": {\"Type\": \"name_prefix_match\", \"Regexp\": \"(\"}, \"Service\": {\"Service\": \"${match(1)}\", \"Tags\": []}}",
                "POST /v1/connect/intentions", "{\"SourceName\": \"a*\", \"DestinationName\": \"b\", \"Action\": \"allow\", \"Meta\": {\"k\": \"v\"}}",
                "PUT /v1/connect/ca/configuration", "{\"Provider\": \"nobody\", \"Config\": {\"LeafCertTTL\": \"1h\", \"PrivateKeyBits\": 1}}",
                "PUT /v1/coordinate/update", coordinate("nobody", 1),
                "POST /v1/agent/connect/authorize", "{\"Target\": \"x\", \"ClientCertURI\": \"spiffe://a/ns/b/dc/c/svc/d\"}",
                "POST /v1/discovery-chain/fuzz", "{\"OverrideProtocol\": \"tcp\", \"OverrideConnectTimeout\": \"5s\"}");
        for (Map.Entry<String, String> endpoint : endpoints.entrySet()) {
            for (int i = 0; i < 40; i++) {
                StringBuilder body = new StringBuilder(endpoint.getValue());
                for (int changes = random.nextInt(4); changes >= 0 && body.length() > 1; changes--) {
                    int place = random.nextInt(body.length());
                    switch (random.nextInt(3)) {
                        case 0 -> body.setCharAt(place, (char) random.nextInt(32, 127));
                        case 1 -> body.setLength(place);
                        default -> body.insert(place, body.substring(place / 2, place));
                    }
                }
                String[] parts = endpoint.getKey().split(" ");
                HttpResponse<String> answer = call(parts[0], parts[1], body.toString());
                assertThat(answer.statusCode()).as(body.toString()).isIn(200, 400, 500);
                assertThat(answer.body()).as(body.toString()).doesNotContain("internal error").doesNotContain("Exception");
            }
        }
    }
}
