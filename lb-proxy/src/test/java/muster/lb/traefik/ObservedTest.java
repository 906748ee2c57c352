package muster.lb.traefik;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import muster.http.Transports;
import muster.lb.proxy.SocketTarget;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who hears of requests: the access log as JSON, the metrics, and neither of them where a router says so. */
class ObservedTest {
    private static Vertx vertx;
    @TempDir
    private Path folder;
    private final FakeRegistry registry = new FakeRegistry();
    private final HttpClient client = HttpClient.newHttpClient();
    private TraefikBalancer balancer;
    private SocketTarget target;

    @BeforeAll
    static void open() {
        vertx = Transports.vertx();
    }

    @AfterAll
    static void shut() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @BeforeEach
    void start() throws Exception {
        TraefikConfig config = TraefikSettings.read(List.of("--entryPoints.http.address=:80", "--entryPoints.traefik.address=:81",
                "--api.insecure", "--providers.consulcatalog.prefix=lb", "--metrics.prometheus.addRoutersLabels=true", "--accesslog.format=json",
                "--accesslog.filepath=" + folder.resolve("access"), "--accesslog.fields.headers.names.Content-Length=keep",
                "--accesslog.fields.headers.names.X-Secret=redact"), "", "")
                .config().orElseThrow().at(Map.of("http", 0, "traefik", 0), "127.0.0.1");
        balancer = TraefikBalancer.start(config, registry, vertx, 2, InstantSource.system());
        target = SocketTarget.saying("served");
    }

    @AfterEach
    void stop() throws Exception {
        balancer.close();
        target.close();
        client.close();
    }

    @Test
    void aRequestThatWentToASecondServerSaysSo() throws Exception {
        int dead;
        try (ServerSocket closed = new ServerSocket(0)) {
            dead = closed.getLocalPort();
        }
        register("web", target.port(), "http.routers.web.rule=PathPrefix(`/web`)");
        register("web", dead, "http.routers.web.rule=PathPrefix(`/web`)");
        register("sound", target.port(), "http.routers.sound.rule=PathPrefix(`/sound`)");
        Eventually.holds("both are shown", () -> at("traefik", "/api/http/services/web@consulcatalog").contains(":" + dead + "\""));
        Eventually.holds("the other is shown", () -> at("traefik", "/api/http/services/sound@consulcatalog").contains(":" + target.port() + "\""));
        // Which of the two servers is asked first hangs on their ports: the dead one has its turn with the first or with the second request, or with both.
        assertThat(List.of(at("http", "/web/1"), at("http", "/web/2"), at("http", "/sound"))).containsOnly("served");
        Eventually.passes("the lines are written", () -> assertThat(lines("")).hasSize(3));
        assertThat(lines("sound@consulcatalog")).hasSize(1).allSatisfy(line -> assertThat(line).contains("\"RetryAttempts\":0"));
        List<String> again = lines("\"RetryAttempts\":1");
        assertThat(again).isNotEmpty().allSatisfy(line -> assertThat(line).contains("\"OriginDuration\":",
                "\"downstream_Content-Length\":\"6\"", "\"request_X-Secret\":\"REDACTED\"", "\"RouterName\":\"web@consulcatalog\"").doesNotContain("hidden"));
        assertThat(at("traefik", "/metrics")).contains("traefik_service_retries_total{service=\"web@consulcatalog\"} " + again.size() + "\n",
                "traefik_router_requests_total{code=\"200\",method=\"GET\",protocol=\"http\",router=\"web@consulcatalog\",service=\"web@consulcatalog\"} 2\n");
        assertThat(at("traefik", "/metrics").replaceAll("(?s).*last_reload_success (\\d+).*", "$1")).hasSize(10);
    }

    @Test
    void aRouterMayAskNotToBeObserved() throws Exception {
        register("quiet", target.port(), "http.routers.quiet.rule=Path(`/quiet`)", "http.routers.quiet.observability.accesslogs=false",
                "http.routers.quiet.observability.metrics=false");
        register("loud", target.port(), "http.routers.loud.rule=Path(`/loud`)", "http.routers.loud.observability.metrics=false");
        Eventually.passes("they are there", () -> assertThat(at("http", "/loud") + at("http", "/quiet")).isEqualTo("servedserved"));
        Eventually.passes("the line is written", () -> assertThat(Files.readString(folder.resolve("access"))).contains("loud@consulcatalog"));
        assertThat(Files.readString(folder.resolve("access"))).doesNotContain("quiet@consulcatalog");
        assertThat(at("traefik", "/metrics")).doesNotContain("quiet@consulcatalog").doesNotContain("loud@consulcatalog");
    }

    /** The lines of the access log with a text in them. */
    private List<String> lines(String text) throws Exception {
        return Files.readString(folder.resolve("access")).lines().filter(line -> line.contains(text)).toList();
    }

    private void register(String service, int port, String... tags) {
        registry.add(registry.instance(service, service + "-" + port, "127.0.0.1", port,
                java.util.Arrays.stream(tags).map(tag -> "lb." + tag).toArray(String[]::new)));
    }

    private String at(String entryPoint, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + balancer.port(entryPoint) + path)).header("X-Secret", "hidden").build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }
}
