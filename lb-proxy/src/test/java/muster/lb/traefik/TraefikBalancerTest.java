package muster.lb.traefik;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import muster.http.Transports;
import muster.lb.proxy.SocketTarget;
import muster.registry.client.HealthCheck;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole balancer: a registry in memory, real sockets on both sides. */
class TraefikBalancerTest {
    private static Vertx vertx;
    private final FakeRegistry registry = new FakeRegistry();
    private final HttpClient client = HttpClient.newHttpClient();
    private TraefikBalancer balancer;

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
                "--api.insecure", "--ping", "--providers.consulcatalog.prefix=lb", "--providers.consulcatalog.exposedbydefault=false"), "", "")
                .config().orElseThrow().at(Map.of("http", 0, "traefik", 0), "127.0.0.1");
        balancer = TraefikBalancer.start(config, registry, vertx, 2, InstantSource.system());
    }

    @AfterEach
    void stop() {
        balancer.close();
        client.close();
    }

    @Test
    void theWorkshopsServiceIsBalancedAndShown() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a"); SocketTarget b = SocketTarget.saying("b")) {
            register("hello", a.port(), "lb.enable=true", "lb.http.routers.http.rule=Path(`/`)");
            register("hello", b.port(), "lb.enable=true", "lb.http.routers.http.rule=Path(`/`)");
            Eventually.holds("both are shown", () -> api("/api/http/services/hello@consulcatalog").body().contains(":" + b.port() + "\""));
            assertThat(get("/").body() + get("/").body()).isIn("ab", "ba");
            assertThat(get("/x").statusCode()).isEqualTo(404);
            assertThat(api("/api/http/routers/http@consulcatalog").body())
                    .contains("\"rule\":\"Path(`/`)\"", "\"service\":\"hello\"", "\"status\":\"enabled\"", "\"using\":[\"http\"]");
            registry.setStatus("hello-" + b.port(), HealthCheck.Status.CRITICAL);
            Eventually.holds("one is left", () -> !api("/api/http/services/hello@consulcatalog").body().contains(":" + b.port() + "\""));
            assertThat(get("/").body() + get("/").body()).isEqualTo("aa");
        }
    }

    @Test
    void whatIsNotExposedIsNotRouted() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("hidden", a.port(), "lb.http.routers.h.rule=Path(`/`)");
            register("seen", a.port(), "lb.enable=true", "lb.http.routers.s.rule=Path(`/seen`)");
            Eventually.passes("the other is routed", () -> assertThat(get("/seen").statusCode()).isEqualTo(200));
            assertThat(get("/").statusCode()).isEqualTo(404);
            assertThat(api("/api/http/services/hidden@consulcatalog").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void middlewaresActInTheOrderOfTheRoutersList() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("web", a.port(), "lb.enable=true", "lb.http.routers.w.rule=PathPrefix(`/api`)", "lb.http.routers.w.middlewares=strip, add, head",
                    "lb.http.middlewares.strip.stripprefix.prefixes=/api", "lb.http.middlewares.add.addprefix.prefix=/v2",
                    "lb.http.middlewares.head.headers.customrequestheaders.X-In=1",
                    "lb.http.middlewares.head.headers.customresponseheaders.X-Out=2");
            Eventually.passes("it is routed", () -> assertThat(get("/api/x").statusCode()).isEqualTo(200));
            assertThat(get("/api/a%2Fb?q").headers().firstValue("X-Out")).contains("2");
            assertThat(a.heads().getLast().lines().map(String::strip)).contains("GET /v2/a%2Fb?q HTTP/1.1", "X-In: 1", "X-Forwarded-Prefix: /api");
        }
    }

    @Test
    void whatIsNotSupportedDisablesItsRouterByNameAndNoOther() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("web", a.port(), "lb.enable=true", "lb.http.routers.w.rule=Path(`/w`)", "lb.http.routers.w.middlewares=limit",
                    "lb.http.middlewares.limit.plugin.mine.a=b", "lb.http.routers.ok.rule=Path(`/ok`)", "lb.http.routers.bad.rule=Nope(`/`)");
            Eventually.passes("the good one is routed", () -> assertThat(get("/ok").statusCode()).isEqualTo(200));
            assertThat(get("/w").statusCode()).isEqualTo(404);
            assertThat(api("/api/http/routers/w@consulcatalog").body()).contains("\"status\":\"disabled\"", "unknown plugin type");
            assertThat(api("/api/http/routers/bad@consulcatalog").body()).contains("\"status\":\"disabled\"", "unsupported function: Nope");
        }
    }

    @Test
    void clientsAreNotBelievedWhoForwardedThem() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("web", a.port(), "lb.enable=true", "lb.http.routers.w.rule=Path(`/`)");
            Eventually.passes("it is routed", () -> assertThat(get("/").statusCode()).isEqualTo(200));
            try (Socket socket = new Socket("127.0.0.1", balancer.port("http"))) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write(("GET / HTTP/1.1\r\nHost: h.t:8080\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Prefix: /evil\r\n"
                        + "Connection: close, X-Real-Ip\r\nX-Real-Ip: 6.6.6.6\r\n\r\n").getBytes(ISO_8859_1));
                socket.getInputStream().readAllBytes();
            }
            assertThat(a.heads().getLast().lines().map(String::strip)).contains("X-Forwarded-For: 127.0.0.1", "X-Real-Ip: 127.0.0.1",
                    "X-Forwarded-Host: h.t:8080", "X-Forwarded-Port: 8080", "X-Forwarded-Proto: http", "Host: h.t:8080")
                    .noneMatch(line -> line.contains("/evil"));
        }
    }

    /** Plan: two servers share; one is drained and gets nothing, also after the table changed; taken back it gets its share. */
    @Test
    void aDrainedServerGetsNoRequestsUntilItIsTakenBack() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a"); SocketTarget b = SocketTarget.saying("b")) {
            register("web", a.port(), "lb.enable=true", "lb.http.routers.w.rule=Path(`/`)");
            register("web", b.port(), "lb.enable=true", "lb.http.routers.w.rule=Path(`/`)");
            Eventually.holds("both are shown", () -> api("/api/http/services/web@consulcatalog").body().contains(":" + b.port() + "\""));
            String target = "/api/drain?target=127.0.0.1:" + a.port();
            assertThat(call("PUT", target).body()).contains("\"routes\":1", "\"inFlight\":0");
            assertThat(List.of(get("/").body(), get("/").body(), get("/").body())).containsOnly("b");
            register("other", b.port(), "lb.enable=true", "lb.http.routers.o.rule=Path(`/o`)");
            Eventually.passes("the table changed", () -> assertThat(get("/o").statusCode()).isEqualTo(200));
            assertThat(List.of(get("/").body(), get("/").body())).containsOnly("b");
            assertThat(api("/api/drain").body()).contains("127.0.0.1:" + a.port());
            assertThat(api("/api/status").body()).contains("\"drained\":[{\"target\":\"127.0.0.1:" + a.port() + "\",\"inFlight\":0}]",
                    "\"src\":\"web@consulcatalog\"", "\"state\":\"in use\"", "\"state\":\"drained\"");
            assertThat(call("DELETE", target).statusCode()).isEqualTo(200);
            assertThat(List.of(get("/").body(), get("/").body())).contains("a");
            assertThat(call("PUT", "/api/drain?target=127.0.0.1:1").statusCode()).isEqualTo(404);
            assertThat(call("PUT", "/api/drain").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void instancesThatAllVanishAtOnceAreUsedOnAndShown() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            List<String> names = List.of("one", "two", "three");
            names.forEach(name -> register(name, a.port(), "lb.enable=true", "lb.http.routers." + name + ".rule=Path(`/" + name + "`)"));
            for (String name : names) {
                Eventually.passes(name + " is routed", () -> assertThat(get("/" + name).statusCode()).isEqualTo(200));
            }
            names.forEach(name -> registry.remove(registry.self().nodeName(), name + "-" + a.port()));
            Eventually.holds("it is shown", () -> api("/api/rawdata").body().contains("left at once with all others"));
            assertThat(get("/three").body()).isEqualTo("a");
        }
    }

    @Test
    void aListIsSearchedAndCutAsAsked() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("web", a.port(), "lb.enable=true", "lb.http.routers.wa.rule=Path(`/one`)", "lb.http.routers.wb.rule=Path(`/two`)",
                    "lb.http.routers.bad.rule=Nope(`/`)", "lb.http.routers.sec.rule=Host(`s`)", "lb.http.routers.sec.tls=true");
            Eventually.passes("it is routed", () -> assertThat(get("/one").statusCode()).isEqualTo(200));
            assertThat(api("/api/http/routers?search=/ONE").body()).contains("wa@").doesNotContain("wb@");
            assertThat(api("/api/http/routers?search=web").body()).isEqualTo("[]\n");
            assertThat(api("/api/http/routers?status=DISABLED").body()).contains("bad@").doesNotContain("wa@");
            assertThat(api("/api/http/routers?search=w&status=enabled&per_page=1").headers().firstValue("X-Next-Page")).contains("2");
            assertThat(api("/api/http/routers/sec@consulcatalog").body()).contains("\"tls\":{\"options\":\"default\"}");
            for (String wrong : List.of("page=0", "page=x", "per_page=-1")) {
                HttpResponse<String> refused = api("/api/http/routers?" + wrong);
                assertThat(refused.statusCode()).isEqualTo(400);
                assertThat(refused.body()).contains("invalid request: " + wrong.replaceFirst("=.*", ": "));
            }
            assertThat(api("/api/http/routers?page=9").body()).contains("invalid request: page: 9, per_page: 100");
            assertThat(api("/api/http/routers/nobody@consulcatalog").body()).isEqualTo("{\"message\":\"router not found: nobody@consulcatalog\"}\n");
        }
    }

    @Test
    void aReasonIsFoundWithTheHeadersOfTheRequest() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("web", a.port(), "lb.enable=true", "lb.http.routers.gold.rule=PathPrefix(`/a`) && Header(`X-Kind`, `gold`)",
                    "lb.http.routers.all.rule=PathPrefix(`/a`)");
            Eventually.passes("it is routed", () -> assertThat(get("/a").statusCode()).isEqualTo(200));
            String url = "/api/explain?url=http://h/b/../a//x";
            assertThat(api(url).body()).contains("\"router\":\"all@consulcatalog\",\"middlewares\"");
            assertThat(api(url + "&header=X-Kind:%20gold").body()).contains("\"router\":\"gold@consulcatalog\",\"middlewares\"");
        }
    }

    @Test
    void withoutTheRegistryTheLastTableServesAndSaysSinceWhen() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("web", a.port(), "lb.enable=true", "lb.http.routers.w.rule=Path(`/`)");
            Eventually.passes("it is routed", () -> assertThat(get("/").statusCode()).isEqualTo(200));
            registry.fail("no leader");
            Eventually.passes("it is shown", () -> assertThat(api("/api/rawdata").body())
                    .containsPattern("\"failure\":\"[^\"]*no leader[^\"]*\",\"tableAsOf\":\"20[0-9-]+T[0-9:.]+Z\""));
            assertThat(get("/").body()).isEqualTo("a");
            registry.recover();
            Eventually.holds("it is over", () -> api("/api/rawdata").body().contains("\"tableAsOf\":\"\""));
        }
    }

    @Test
    void thePagesAreThere() throws Exception {
        assertThat(api("/").headers().firstValue("Location").orElse("")).endsWith("/dashboard/");
        assertThat(api("/dashboard/").headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        java.util.regex.Matcher script = java.util.regex.Pattern.compile("src=\"(/dashboard/assets/[^\"]+main\\.js)\"").matcher(api("/dashboard/").body());
        assertThat(script.find()).isTrue();
        assertThat(api(script.group(1)).headers().firstValue("Content-Type").orElse("")).startsWith("text/javascript");
        assertThat(api("/ping").body()).isEqualTo("OK");
        assertThat(api("/api/overview").body()).contains("ConsulCatalog");
        assertThat(api("/api/rawdata").body()).contains("api@internal");
    }

    private void register(String service, int port, String... tags) {
        registry.add(registry.instance(service, service + "-" + port, "127.0.0.1", port, tags));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return at(balancer.port("http"), path);
    }

    private HttpResponse<String> call(String method, String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + balancer.port("traefik") + path))
                .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> api(String path) throws IOException, InterruptedException {
        return at(balancer.port("traefik"), path);
    }

    private HttpResponse<String> at(int port, String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
