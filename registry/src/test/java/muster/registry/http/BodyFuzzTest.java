package muster.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import muster.registry.RegistryServer;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Broken bodies and queries against every endpoint that takes one: each is answered in time, and never by a defect's text. Checks are of
 * kinds that reach for nothing outside this process.
 */
@Timeout(300)
class BodyFuzzTest {
    private record Sample(String method, String path, String body) {}

    private static final List<Sample> SAMPLES = List.of(
            new Sample("PUT", "/v1/catalog/register", """
                    {"Node":"f1","Address":"10.0.0.1","NodeMeta":{"a":"b"},"TaggedAddresses":{"lan":"10.0.0.1"},"Service":{"ID":"s","Service":"s",
                    "Tags":["x"],"Port":80,"Weights":{"Passing":1,"Warning":1},"Proxy":{"DestinationServiceName":"d","Upstreams":[{"LocalBindPort":1}]}},
                    "Checks":[{"CheckID":"c","Name":"c","Status":"passing","Definition":{"IntervalDuration":"10s"}}]}"""),
            new Sample("PUT", "/v1/catalog/deregister", "{\"Node\":\"f1\",\"ServiceID\":\"s\",\"CheckID\":\"\"}"),
            new Sample("PUT", "/v1/agent/service/register", """
                    {"ID":"w1","Name":"w","Tags":["a"],"Port":8080,"Meta":{"v":"1"},"TaggedAddresses":{"lan":{"Address":"10.0.0.1","Port":1}},
                    "EnableTagOverride":true,"Weights":{"Passing":2,"Warning":1},"Check":{"TTL":"10s","Status":"passing",
                    "DeregisterCriticalServiceAfter":"90m","SuccessBeforePassing":1}}"""),
            new Sample("PUT", "/v1/agent/check/register",
                    "{\"ID\":\"c\",\"Name\":\"c\",\"TTL\":\"15s\",\"Notes\":\"n\",\"Header\":{\"a\":[\"b\"]},\"OutputMaxSize\":10}"),
            new Sample("PUT", "/v1/agent/check/update/c", "{\"Status\":\"passing\",\"Output\":\"x\"}"),
            new Sample("PUT", "/v1/session/create", """
                    {"Name":"s","Node":"n1","LockDelay":"15s","Behavior":"release","TTL":"30s","NodeChecks":["serfHealth"],
                    "ServiceChecks":[{"ID":"a"}]}"""),
            new Sample("PUT", "/v1/txn", """
                    [{"KV":{"Verb":"set","Key":"k","Value":"dGVzdA==","Flags":1}},{"KV":{"Verb":"cas","Key":"k","Index":1,"Session":"x"}},
                    {"Node":{"Verb":"set","Node":{"Node":"f2","Address":"10.0.0.2"}}},
                    {"Service":{"Verb":"set","Node":"f2","Service":{"Service":"s","Port":1}}},
                    {"Check":{"Verb":"cas","Check":{"Node":"f2","CheckID":"c","Status":"passing"}}}]"""),
            new Sample("PUT", "/v1/event/fire/deploy?node=a&service=b&tag=c", "payload"),
            new Sample("POST", "/v1/query", """
                    {"Name":"q","Service":{"Service":"w","Tags":["a","!b"],"Near":"_agent","OnlyPassing":true,"NodeMeta":{"a":"b"},
                    "Failover":{"NearestN":1,"Datacenters":["dc2"]}},"DNS":{"TTL":"10s"},"Template":{"Type":"name_prefix_match","Regexp":"^(.*)$"}}"""),
            new Sample("PUT", "/v1/config", """
                    {"Kind":"service-router","Name":"w","Routes":[{"Match":{"HTTP":{"PathPrefix":"/a"}},"Destination":{"Service":"x",
                    "RequestTimeout":"5s"}}]}"""),
            new Sample("PUT", "/v1/config?cas=1", "{\"Kind\":\"service-defaults\",\"Name\":\"w\",\"Protocol\":\"http\"}"),
            new Sample("POST", "/v1/connect/intentions", """
                    {"SourceName":"a","DestinationName":"b","SourceType":"consul","Action":"allow","Meta":{"a":"b"},"Description":"d"}"""),
            new Sample("POST", "/v1/agent/connect/authorize",
                    "{\"Target\":\"db\",\"ClientCertURI\":\"spiffe://t.consul/ns/default/dc/dc1/svc/web\",\"ClientCertSerial\":\"04\"}"),
            new Sample("PUT", "/v1/connect/ca/configuration", "{\"Provider\":\"consul\",\"Config\":{\"LeafCertTTL\":\"72h\",\"PrivateKey\":\"\"}}"),
            new Sample("PUT", "/v1/coordinate/update",
                    "{\"Node\":\"n1\",\"Coord\":{\"Vec\":[0,0,0,0,0,0,0,0],\"Error\":1.5,\"Adjustment\":0,\"Height\":0.1}}"),
            new Sample("PUT", "/v1/operator/autopilot/configuration?cas=1",
                    "{\"CleanupDeadServers\":true,\"LastContactThreshold\":\"200ms\",\"MaxTrailingLogs\":250}"),
            new Sample("POST", "/v1/discovery-chain/w", "{\"OverrideConnectTimeout\":\"7s\",\"OverrideProtocol\":\"http\",\"OverrideMeshGateway\":{\"Mode\":\"\"}}"),
            new Sample("PUT", "/v1/snapshot", "\u001f\u008b\b\0junk"),
            new Sample("PUT", "/v1/acl/token", "{\"Description\":\"d\"}"));

    private static final List<String> ODD = List.of("null", "[]", "{}", "-1", "1e999", "18446744073709551616", "0.5", "true", "\"\"", "\"\\u0000\"",
            "\"-1s\"", "\"9999999h\"", "\"\ud800\"", "[[[[[[]]]]]]", "{\"a\":{\"a\":{\"a\":{}}}}", "\"" + "x".repeat(5_000) + "\"", "[null]", "{\"\":null}");

    private static final List<String> READS = List.of("/v1/catalog/nodes", "/v1/catalog/services", "/v1/catalog/service/w", "/v1/health/service/w",
            "/v1/health/state/any", "/v1/kv/k", "/v1/kv/?recurse", "/v1/kv/?keys", "/v1/agent/services", "/v1/agent/checks", "/v1/agent/self",
            "/v1/event/list", "/v1/session/list", "/v1/query", "/v1/query/q/execute", "/v1/query/q/explain", "/v1/connect/intentions",
            "/v1/connect/intentions/match", "/v1/connect/intentions/check", "/v1/coordinate/nodes", "/v1/config/service-defaults",
            "/v1/agent/health/service/name/w", "/v1/agent/service/w1", "/v1/agent/metrics", "/v1/agent/connect/ca/leaf/w", "/v1/status/leader");
    private static final List<String> PARAMETERS = List.of("filter", "near", "node-meta", "tag", "passing", "dc", "index", "hash", "cas", "flags",
            "acquire", "separator", "format", "limit", "name", "by", "source", "target", "consistent", "stale", "cached", "max_stale", "pretty");
    private static final List<String> VALUES = List.of("", "-1", "18446744073709551616", "x", "_agent", "a:b", "a", "0", "1", "\u0000", "Name==", "ID == w1",
            "\"", "%", "(((((", "not not", "dc2", "/", "prometheus", "1h", "..", "\ufffd");

    private static RegistryServer server;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        server = new RegistryServer(0, false);
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        server.close();
    }

    private static void ask(String method, String target, byte[] body) throws Exception {
        assertThat(answer(method, target, body)).as("%s %s with %s", method, target,
                new String(body, 0, Math.min(body.length, 2_000), StandardCharsets.UTF_8)).doesNotStartWith("internal error");
    }

    private static String answer(String method, String target, byte[] body) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + target))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body)).timeout(Duration.ofSeconds(60)).build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }

    private static <T> T one(RandomGenerator random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** Where a text's values begin: after a colon, an opening bracket or a comma between values. */
    private static List<Integer> values(String json) {
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < json.length() - 1; i++) {
            if (json.charAt(i) == ':' || json.charAt(i) == '[') {
                starts.add(i + 1);
            }
        }
        return starts;
    }

    private static String with(String json, int start, String odd) {
        int end = start;
        int depth = 0;
        boolean quoted = false;
        while (end < json.length()) {
            char c = json.charAt(end);
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == '{' || c == '[')) {
                depth++;
            } else if (!quoted && depth == 0 && (c == ',' || c == '}' || c == ']')) {
                break;
            } else if (!quoted && (c == '}' || c == ']')) {
                depth--;
            }
            end++;
        }
        return json.substring(0, start) + odd + json.substring(end);
    }

    private static byte[] broken(RandomGenerator random, byte[] body) {
        byte[] bytes = body.clone();
        if (bytes.length == 0) {
            return bytes;
        }
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                yield bytes;
            }
            case 2 -> {
                int from = random.nextInt(bytes.length);
                byte[] longer = Arrays.copyOf(bytes, bytes.length + bytes.length - from);
                System.arraycopy(bytes, from, longer, bytes.length, bytes.length - from);
                yield longer;
            }
            default -> "[".repeat(random.nextInt(3_000)).getBytes(StandardCharsets.UTF_8);
        };
    }

    @Test
    void samplesAsTheyAreAreAnswered() throws Exception {
        for (Sample sample : SAMPLES) {
            ask(sample.method(), sample.path(), sample.body().getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void eachValueMayBeAnyOddOne() throws Exception {
        Map<String, String> surprises = new TreeMap<>();
        for (Sample sample : SAMPLES) {
            for (int start : values(sample.body())) {
                for (String odd : ODD) {
                    String body = with(sample.body(), start, odd);
                    String answer = answer(sample.method(), sample.path(), body.getBytes(StandardCharsets.UTF_8));
                    if (answer.startsWith("internal error")) {
                        surprises.putIfAbsent(answer, sample.method() + " " + sample.path() + " " + body);
                    }
                }
            }
        }
        assertThat(surprises).isEmpty();
    }

    @Test
    void brokenBodiesAreAnswered() {
        SeededRandom.rounds(400, random -> {
            Sample sample = one(random, SAMPLES);
            ask(sample.method(), sample.path(), broken(random, sample.body().getBytes(StandardCharsets.UTF_8)));
        });
    }

    @Test
    void oddQueriesAreAnswered() {
        SeededRandom.rounds(600, random -> {
            StringBuilder target = new StringBuilder(one(random, READS));
            for (int i = random.nextInt(3); i >= 0; i--) {
                target.append(target.indexOf("?") < 0 ? '?' : '&').append(one(random, PARAMETERS)).append('=')
                        .append(URLEncoder.encode(one(random, VALUES), StandardCharsets.UTF_8));
            }
            target.append(target.indexOf("?") < 0 ? '?' : '&').append("wait=10ms");
            ask(random.nextInt(8) == 0 ? "DELETE" : "GET", target.toString(), new byte[0]);
        });
    }
}
