package muster.lb.traefik;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import muster.http.Transports;
import muster.lb.fabio.FabioBalancer;
import muster.lb.fabio.FabioSettings;
import muster.lb.proxy.SocketTarget;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An outage is not multiplied: whatever fails, retries are a share of the requests and no more. */
class RetriesTest {
    private static final int REQUESTS = 300;
    private static Vertx vertx;
    private final FakeRegistry registry = new FakeRegistry();

    @BeforeAll
    static void open() {
        vertx = Transports.vertx();
    }

    @AfterAll
    static void shut() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** Plan: a service that hangs up on every request is asked 300 times; it sees them, a hundred saved up, and a fifth on top. */
    @Test
    void aServiceThatHangsUpIsNotAskedManyTimesMore() throws Exception {
        TraefikConfig config = TraefikSettings.read(List.of("--entryPoints.http.address=:80", "--providers.consulcatalog.prefix=lb"), "", "")
                .config().orElseThrow().at(Map.of("http", 0), "127.0.0.1");
        TraefikBalancer balancer = TraefikBalancer.start(config, registry, vertx, 2, InstantSource.system());
        try (SocketTarget target = new SocketTarget((head, in, out) -> false)) {
            registry.add(registry.instance("web", "web-1", "127.0.0.1", target.port(), "lb.http.routers.web.rule=PathPrefix(`/`)"));
            assertThat(asked(balancer.port("http"), target, 502)).isLessThanOrEqualTo(REQUESTS + 100 + REQUESTS / 5 + 2);
        } finally {
            balancer.close();
        }
    }

    @Test
    void norInFabiosDialectWhereTheShareIsSet() throws Exception {
        FabioSettings settings = FabioSettings.read(List.of("-proxy.addr", "127.0.0.1:0", "-ui.addr", "127.0.0.1:0", "-proxy.retry.share", "0",
                "-proxy.eject.failures", "0", "-registry.consul.register.enabled=false"), Map.of(), "", "");
        FabioBalancer balancer = FabioBalancer.start(settings.config().orElseThrow(), registry, vertx);
        try (SocketTarget target = new SocketTarget((head, in, out) -> false)) {
            registry.add(registry.instance("web", "web-1", "127.0.0.1", target.port(), "urlprefix-/"));
            assertThat(asked(balancer.proxyPort(), target, 502)).isEqualTo(REQUESTS);
        } finally {
            balancer.close();
        }
    }

    /** How many requests the target saw of those that were sent once it was routed. */
    private static int asked(int port, SocketTarget target, int status) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
            Eventually.holds("it is routed", () -> client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == status);
            int before = target.heads().size();
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(status);
            }
            return target.heads().size() - before;
        }
    }
}
