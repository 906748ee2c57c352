package muster.lb.traefik;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import muster.lb.proxy.OpenVertx;
import muster.lb.proxy.SocketTarget;
import muster.registry.client.HealthCheck;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The whole balancer: a registry in memory, real sockets on both sides. */
class TraefikBalancerTest {
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    @AutoClose
    private final RunningTraefik traefik = new RunningTraefik(VERTX, "--ping", "--providers.consulcatalog.exposedbydefault=false");

    @Test
    void theWorkshopsServiceIsBalancedAndShown() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a"); SocketTarget b = SocketTarget.saying("b")) {
            register("hello", a.port(), "enable=true", "http.routers.http.rule=Path(`/`)");
            register("hello", b.port(), "enable=true", "http.routers.http.rule=Path(`/`)");
            Eventually.holds("both are shown", () -> api("/api/http/services/hello@consulcatalog").body().contains(":" + b.port() + "\""));
            assertThat(get("/").body() + get("/").body()).isIn("ab", "ba");
            assertThat(get("/x").statusCode()).isEqualTo(404);
            assertThat(api("/api/http/routers/http@consulcatalog").body())
                    .contains("\"rule\":\"Path(`/`)\"", "\"service\":\"hello\"", "\"status\":\"enabled\"", "\"using\":[\"http\"]");
            traefik.registry.setStatus("hello-" + b.port(), HealthCheck.Status.CRITICAL);
            Eventually.holds("one is left", () -> !api("/api/http/services/hello@consulcatalog").body().contains(":" + b.port() + "\""));
            assertThat(get("/").body() + get("/").body()).isEqualTo("aa");
        }
    }

    @Test
    void whatIsNotExposedIsNotRouted() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("hidden", a.port(), "http.routers.h.rule=Path(`/`)");
            register("seen", a.port(), "enable=true", "http.routers.s.rule=Path(`/seen`)");
            Eventually.passes("the other is routed", () -> assertThat(get("/seen").statusCode()).isEqualTo(200));
            assertThat(get("/").statusCode()).isEqualTo(404);
            assertThat(api("/api/http/services/hidden@consulcatalog").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void middlewaresActInTheOrderOfTheRoutersList() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("web", a.port(), "enable=true", "http.routers.w.rule=PathPrefix(`/api`)", "http.routers.w.middlewares=strip, add, head",
                    "http.middlewares.strip.stripprefix.prefixes=/api", "http.middlewares.add.addprefix.prefix=/v2",
                    "http.middlewares.head.headers.customrequestheaders.X-In=1",
                    "http.middlewares.head.headers.customresponseheaders.X-Out=2");
            Eventually.passes("it is routed", () -> assertThat(get("/api/x").statusCode()).isEqualTo(200));
            assertThat(get("/api/a%2Fb?q").headers().firstValue("X-Out")).contains("2");
            assertThat(a.heads().getLast().lines().map(String::strip)).contains("GET /v2/a%2Fb?q HTTP/1.1", "X-In: 1", "X-Forwarded-Prefix: /api");
        }
    }

    @Test
    void whatIsNotSupportedDisablesItsRouterByNameAndNoOther() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("web", a.port(), "enable=true", "http.routers.w.rule=Path(`/w`)", "http.routers.w.middlewares=limit",
                    "http.middlewares.limit.plugin.mine.a=b", "http.routers.ok.rule=Path(`/ok`)", "http.routers.bad.rule=Nope(`/`)");
            Eventually.passes("the good one is routed", () -> assertThat(get("/ok").statusCode()).isEqualTo(200));
            assertThat(get("/w").statusCode()).isEqualTo(404);
            assertThat(api("/api/http/routers/w@consulcatalog").body()).contains("\"status\":\"disabled\"", "unknown plugin type");
            assertThat(api("/api/http/routers/bad@consulcatalog").body()).contains("\"status\":\"disabled\"", "unsupported function: Nope");
        }
    }

    @Test
    void clientsAreNotBelievedWhoForwardedThem() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("web", a.port(), "enable=true", "http.routers.w.rule=Path(`/`)");
            Eventually.passes("it is routed", () -> assertThat(get("/").statusCode()).isEqualTo(200));
            try (Socket socket = new Socket("127.0.0.1", traefik.port("http"))) {
                socket.setSoTimeout(60_000);
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
            register("web", a.port(), "enable=true", "http.routers.w.rule=Path(`/`)");
            register("web", b.port(), "enable=true", "http.routers.w.rule=Path(`/`)");
            Eventually.holds("both are shown", () -> api("/api/http/services/web@consulcatalog").body().contains(":" + b.port() + "\""));
            String target = "/api/drain?target=127.0.0.1:" + a.port();
            assertThat(traefik.call("PUT", target).body()).contains("\"routes\":1", "\"inFlight\":0");
            assertThat(List.of(get("/").body(), get("/").body(), get("/").body())).containsOnly("b");
            register("other", b.port(), "enable=true", "http.routers.o.rule=Path(`/o`)");
            Eventually.passes("the table changed", () -> assertThat(get("/o").statusCode()).isEqualTo(200));
            assertThat(List.of(get("/").body(), get("/").body())).containsOnly("b");
            assertThat(api("/api/drain").body()).contains("127.0.0.1:" + a.port());
            assertThat(api("/api/status").body()).contains("\"drained\":[{\"target\":\"127.0.0.1:" + a.port() + "\",\"inFlight\":0}]",
                    "\"src\":\"web@consulcatalog\"", "\"state\":\"in use\"", "\"state\":\"drained\"");
            assertThat(traefik.call("DELETE", target).statusCode()).isEqualTo(200);
            assertThat(List.of(get("/").body(), get("/").body())).contains("a");
            assertThat(traefik.call("PUT", "/api/drain?target=127.0.0.1:1").statusCode()).isEqualTo(404);
            assertThat(traefik.call("PUT", "/api/drain").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void instancesThatAllVanishAtOnceAreUsedOnAndShown() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            List<String> names = List.of("one", "two", "three");
            names.forEach(name -> register(name, a.port(), "enable=true", "http.routers." + name + ".rule=Path(`/" + name + "`)"));
            for (String name : names) {
                Eventually.passes(name + " is routed", () -> assertThat(get("/" + name).statusCode()).isEqualTo(200));
            }
            traefik.registry.removeNode(traefik.registry.self().nodeName());
            Eventually.holds("it is shown", () -> api("/api/rawdata").body().contains("left at once with all others"));
            assertThat(get("/three").body()).isEqualTo("a");
        }
    }

    @Test
    void aListIsSearchedAndCutAsAsked() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("web", a.port(), "enable=true", "http.routers.wa.rule=Path(`/one`)", "http.routers.wb.rule=Path(`/two`)",
                    "http.routers.bad.rule=Nope(`/`)", "http.routers.sec.rule=Host(`s`)", "http.routers.sec.tls=true");
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
            register("web", a.port(), "enable=true", "http.routers.gold.rule=PathPrefix(`/a`) && Header(`X-Kind`, `gold`)",
                    "http.routers.all.rule=PathPrefix(`/a`)");
            Eventually.passes("it is routed", () -> assertThat(get("/a").statusCode()).isEqualTo(200));
            String url = "/api/explain?url=http://h/b/../a//x";
            assertThat(api(url).body()).contains("\"router\":\"all@consulcatalog\",\"middlewares\"");
            assertThat(api(url + "&header=X-Kind:%20gold").body()).contains("\"router\":\"gold@consulcatalog\",\"middlewares\"");
        }
    }

    @Test
    void withoutTheRegistryTheLastTableServesAndSaysSinceWhen() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a")) {
            register("web", a.port(), "enable=true", "http.routers.w.rule=Path(`/`)");
            Eventually.passes("it is routed", () -> assertThat(get("/").statusCode()).isEqualTo(200));
            traefik.registry.fail("no leader");
            Eventually.passes("it is shown", () -> assertThat(api("/api/rawdata").body())
                    .containsPattern("\"failure\":\"[^\"]*no leader[^\"]*\",\"tableAsOf\":\"20[0-9-]+T[0-9:.]+Z\""));
            assertThat(get("/").body()).isEqualTo("a");
            traefik.registry.recover();
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
        traefik.register(service, port, tags);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return traefik.get(path);
    }

    private HttpResponse<String> api(String path) throws IOException, InterruptedException {
        return traefik.api(path);
    }
}
