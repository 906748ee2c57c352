package muster.registry.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.View;
import muster.registry.client.testing.FakeConsul;
import muster.registry.client.testing.FakeRegistry;
import muster.registry.client.testing.RegistryClientContract;
import muster.testkit.Eventually;
import muster.testkit.FreePorts;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract over HTTP, and what a connection can do wrong. */
class HttpRegistryClientTest extends RegistryClientContract {
    static final HttpRegistrySettings.Pace QUICK = new HttpRegistrySettings.Pace(
            Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofMillis(5), Duration.ofMillis(50));

    private static FakeRegistry registry;
    private static FakeConsul consul;
    private static HttpRegistryClient client;

    @BeforeAll
    static void start() {
        registry = new FakeRegistry();
        consul = new FakeConsul(registry);
        client = client(consul.address());
    }

    @AfterAll
    static void stop() {
        client.close();
        consul.close();
        registry.close();
    }

    static HttpRegistryClient client(String address) {
        return new HttpRegistryClient(
                HttpRegistrySettings.of(address).withPace(QUICK), InstantSource.system(), RandomGenerator.getDefault());
    }

    @Override
    protected RegistryClient client() {
        return client;
    }

    /** Plan: fail the server under a watch; the value stays and the reason shows; recovery is reported though nothing changed. */
    @Test
    void an_outage_keeps_the_last_good_value_and_its_end_is_reported() {
        FakeRegistry own = new FakeRegistry();
        List<View<Optional<KeyValue>>> views = Collections.synchronizedList(new ArrayList<>());
        try (FakeConsul server = new FakeConsul(own); HttpRegistryClient watching = client(server.address())) {
            own.put("k", "v".getBytes(StandardCharsets.UTF_8));
            watching.watch(new Query.Key("k", Query.Scope.LOCAL), views::add);
            Eventually.holds("the value", () -> views.size() == 1);
            own.fail("No cluster leader");
            own.close();
            Eventually.holds("the failure", () -> views.size() == 2);
            View<Optional<KeyValue>> failed = views.getLast();
            assertThat(failed.failure().orElseThrow()).contains("500");
            assertThat(failed.value()).isEqualTo(views.getFirst().value());
            assertThat(failed.index()).isEqualTo(views.getFirst().index());
            assertThat(failed.readAt()).isEqualTo(views.getFirst().readAt());
            assertThat(watching.watches()).singleElement().matches(status -> status.failure().isPresent());
        }
    }

    /** Plan: take the server away and bring a new one, with smaller indexes, to its place; the watch ends up with its value. */
    @Test
    void a_server_that_comes_back_empty_is_believed() {
        int port = FreePorts.one();
        List<View<Optional<KeyValue>>> views = Collections.synchronizedList(new ArrayList<>());
        try (ScriptedServer first = new ScriptedServer(port); HttpRegistryClient watching = client("127.0.0.1:" + port)) {
            first.answer(200, 900, "[{\"Key\":\"k\",\"Value\":\"b2xk\",\"ModifyIndex\":900}]");
            watching.watch(new Query.Key("k", Query.Scope.LOCAL), views::add);
            Eventually.holds("the value", () -> views.size() == 1);
            first.close();
            Eventually.holds("the failure", () -> views.getLast().failure().isPresent());
            try (ScriptedServer second = new ScriptedServer(port)) {
                second.answer(404, 3, "");
                Eventually.holds("the new truth", () -> views.getLast().value().orElseThrow().isEmpty());
                assertThat(views.getLast().index()).isEqualTo(3);
            }
        }
    }

    @Test
    void equal_watches_send_one_request() {
        try (ScriptedServer server = new ScriptedServer(0); HttpRegistryClient watching = client(server.address())) {
            List<View<?>> views = Collections.synchronizedList(new ArrayList<>());
            server.answer(404, 1, "");
            for (int i = 0; i < 5; i++) {
                watching.watch(new Query.Key("k", Query.Scope.LOCAL), views::add);
            }
            Eventually.holds("all have an answer", () -> views.size() == 5);
            Eventually.holds("the next request waits", () -> server.requests().size() == 2);
            assertThat(server.requests()).containsExactly("/v1/kv/k", "/v1/kv/k?index=1&wait=60000ms");
        }
    }

    /** Plan: answers with indexes 7, 7 (no change), 5 (smaller), 9, 0; look at what was asked after each. */
    @Test
    void the_index_is_sent_back_reset_when_smaller_and_never_zero() {
        try (ScriptedServer server = new ScriptedServer(0); HttpRegistryClient watching = client(server.address())) {
            List<View<List<String>>> views = Collections.synchronizedList(new ArrayList<>());
            server.answer(200, 7, "[\"a\"]");
            server.answer(200, 7, "[\"a\"]");
            server.answer(200, 5, "[\"b\"]");
            server.answer(200, 9, "[\"b\"]");
            server.answer(200, 0, "[\"c\"]");
            watching.watch(new Query.Keys("p/", "", Query.Scope.LOCAL), views::add);
            Eventually.holds("five answers and a sixth request", () -> server.requests().size() == 6);
            assertThat(server.requests()).containsExactly(
                    "/v1/kv/p/?keys=",
                    "/v1/kv/p/?keys=&index=7&wait=60000ms",
                    "/v1/kv/p/?keys=&index=7&wait=60000ms",
                    "/v1/kv/p/?keys=",
                    "/v1/kv/p/?keys=&index=9&wait=60000ms",
                    "/v1/kv/p/?keys=");
            Eventually.holds("the last value", () -> views.getLast().value().orElseThrow().equals(List.of("c")));
            assertThat(views).extracting(view -> view.value().orElseThrow())
                    .doesNotHaveDuplicates()
                    .isSubsetOf(List.of("a"), List.of("b"), List.of("c"));
        }
    }

    /** Plan: the pause after an answer that can't be waited for is as good as endless; so no second request comes. */
    @Test
    void a_server_without_indexes_is_not_flooded() {
        HttpRegistrySettings.Pace slow = new HttpRegistrySettings.Pace(
                Duration.ofMillis(1), Duration.ofDays(1), Duration.ofMillis(1), Duration.ofMillis(1));
        try (ScriptedServer server = new ScriptedServer(0); HttpRegistryClient watching = new HttpRegistryClient(
                HttpRegistrySettings.of(server.address()).withPace(slow), InstantSource.system(), RandomGenerator.getDefault())) {
            List<View<?>> views = Collections.synchronizedList(new ArrayList<>());
            server.answer(200, -1, "[]");
            watching.watch(new Query.Keys("p/", "", Query.Scope.LOCAL), views::add);
            Eventually.holds("the answer", () -> views.size() == 1);
            server.answer(404, 1, "");
            watching.read(new Query.Key("k", Query.Scope.LOCAL));
            assertThat(server.requests()).containsExactly("/v1/kv/p/?keys=", "/v1/kv/k");
        }
    }

    @Test
    void close_ends_a_waiting_request() throws Exception {
        try (ScriptedServer server = new ScriptedServer(0)) {
            HttpRegistryClient watching = client(server.address());
            server.answer(404, 1, "");
            watching.watch(new Query.Key("k", Query.Scope.LOCAL), view -> {});
            Eventually.holds("the next request waits", () -> server.requests().size() == 2);
            watching.close();
            assertThat(watching.watches()).isEmpty();
            assertThatThrownBy(() -> watching.watch(new Query.Key("k", Query.Scope.LOCAL), view -> {}))
                    .isInstanceOf(RegistryException.class);
            assertThatThrownBy(() -> watching.put("k", new byte[0])).isInstanceOf(RegistryException.class);
        }
    }

    @Test
    void token_datacenter_and_consistency_are_sent_and_the_token_is_not_shown() {
        try (ScriptedServer server = new ScriptedServer(0)) {
            HttpRegistrySettings settings = HttpRegistrySettings.of("http://" + server.address() + "/")
                    .withToken("s3cret").withDatacenter("dc2").withPace(QUICK);
            assertThat(settings.toString()).doesNotContain("s3cret");
            try (HttpRegistryClient reading = new HttpRegistryClient(settings, InstantSource.system(), RandomGenerator.getDefault())) {
                server.answer(200, 1, "[]");
                reading.read(new Query.HealthService("a b", List.of("x&y"), true, "_agent",
                        new Query.Scope("", Query.Consistency.STALE)));
                server.answer(200, 1, "true");
                reading.put("k", new byte[] {1});
            }
            assertThat(server.requests()).containsExactly(
                    "/v1/health/service/a%20b?tag=x%26y&passing=1&near=_agent&dc=dc2&stale=", "/v1/kv/k?dc=dc2");
            assertThat(server.tokens()).containsOnly("s3cret");
        }
    }

    @Test
    void an_answer_that_is_no_json_names_the_request() {
        try (ScriptedServer server = new ScriptedServer(0); HttpRegistryClient reading = client(server.address())) {
            server.answer(200, 1, "<html>");
            assertThatThrownBy(() -> reading.read(new Query.Nodes("", Query.Scope.LOCAL)))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("/v1/catalog/nodes")
                    .hasMessageContaining("can't be read");
        }
    }

    @Test
    void nobody_there_is_an_exception_that_names_the_address() {
        int port = FreePorts.one();
        try (HttpRegistryClient reading = client("127.0.0.1:" + port)) {
            assertThatThrownBy(reading::self)
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .matches(e -> ((RegistryException) e).status() == 0);
            assertThatThrownBy(() -> reading.delete("k", false)).isInstanceOf(RegistryException.class);
        }
    }
}
