package muster.lb.traefik;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import muster.lb.proxy.OpenVertx;
import muster.lb.proxy.SocketTarget;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Each middleware against a real exchange. Every test registers one service, whose tags give a router at {@code /NAME} and the middleware
 * that is tried, and waits until the router is there.
 */
class MiddlewaresTest {
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    @AutoClose
    private final RunningTraefik traefik = new RunningTraefik(VERTX);
    private final CountDownLatch release = new CountDownLatch(1);
    @AutoClose
    private final SocketTarget target = new SocketTarget((head, in, out) -> {
        String path = head.substring(head.indexOf(' ') + 1, head.indexOf(" HTTP"));
        if (path.contains("/slow")) {
            release.await(60, TimeUnit.SECONDS);
        }
        int length = head.toLowerCase(java.util.Locale.ROOT).lines().filter(line -> line.startsWith("content-length:"))
                .map(line -> Integer.parseInt(line.substring(15).strip())).findFirst().orElse(0);
        String body = new String(in.readNBytes(length), UTF_8);
        int status = path.matches(".*/status/[0-9]+") ? Integer.parseInt(path.replaceFirst(".*/", "")) : 200;
        out.write(SocketTarget.answer(status, path.endsWith("/long") ? "x".repeat(5000) : path + " " + body));
        return true;
    });

    @AfterEach
    void releaseTheSlow() {
        release.countDown();
    }

    @Test
    void pathsAreChanged() throws Exception {
        route("a", "addprefix.prefix=/p");
        route("s", "stripprefix.prefixes=/s");
        route("r", "replacepath.path=/new");
        route("x", "replacepathregex.regex=^/x/(.*)", "replacepathregex.replacement=/y/$1");
        route("g", "stripprefixregex.regex=/g/[0-9]+");
        assertThat(get("/a/1").body()).startsWith("/p/a/1");
        assertThat(get("/s/1?q").body()).startsWith("/1?q");
        assertThat(get("/r").body()).startsWith("/new");
        assertThat(get("/x/7").body()).startsWith("/y/7");
        assertThat(get("/g/42/x").body()).startsWith("/x");
        route("e", "stripprefix.prefixes=/e/\u00e9 b");
        assertThat(get("/e/%C3%A9%20b/c%2Fd").body()).startsWith("/c%2Fd ");
        assertThat(target.heads().getLast()).contains("X-Forwarded-Prefix: /e/");
    }

    @Test
    void headersAreSetAndRemovedAndBrowsersGetTheirAnswers() throws Exception {
        route("h", "headers.customrequestheaders.X-In=1", "headers.customresponseheaders.X-Out=2", "headers.stsseconds=10",
                "headers.forcestsheader=true", "headers.framedeny=true", "headers.contenttypenosniff=true",
                "headers.accesscontrolalloworiginlist=https://a.test", "headers.accesscontrolallowmethods=GET,PUT", "headers.addvaryheader=true");
        HttpResponse<String> answer = send(request("/h").header("Origin", "https://a.test"));
        assertThat(answer.headers().map()).containsEntry("x-out", List.of("2")).containsEntry("strict-transport-security", List.of("max-age=10"))
                .containsEntry("x-frame-options", List.of("DENY")).containsEntry("x-content-type-options", List.of("nosniff"))
                .containsEntry("access-control-allow-origin", List.of("https://a.test")).containsEntry("vary", List.of("Origin"));
        assertThat(target.heads().getLast()).contains("X-In: 1");
        HttpResponse<String> preflight = send(request("/h").method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", "https://a.test").header("Access-Control-Request-Method", "PUT"));
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods")).contains("GET,PUT");
        assertThat(preflight.body()).isEmpty();
    }

    @Test
    void passwordsAreAsked() throws Exception {
        route("b", "basicauth.users=bob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "basicauth.headerfield=X-User", "basicauth.removeheader=true");
        HttpResponse<String> none = get("/b");
        assertThat(none.statusCode()).isEqualTo(401);
        assertThat(none.headers().firstValue("WWW-Authenticate")).contains("Basic realm=\"traefik\"");
        assertThat(send(request("/b").header("Authorization", basic("bob", "wrong"))).statusCode()).isEqualTo(401);
        assertThat(send(request("/b").header("Authorization", basic("bob", "secret"))).statusCode()).isEqualTo(200);
        assertThat(target.heads().getLast()).contains("X-User: bob").doesNotContain("Authorization");
    }

    @Test
    void digestsAreAskedAndAProofWorksOnce() throws Exception {
        String secret = muster.lb.middleware.DigestAuthProof.hash("bob:traefik:secret");
        route("d", "digestauth.users=bob:traefik:" + secret);
        HttpResponse<String> none = get("/d");
        Map<String, String> asked = muster.lb.middleware.DigestAuthProof.parameters(none.headers().firstValue("WWW-Authenticate").orElseThrow());
        assertThat(asked).containsKeys("realm", "nonce", "opaque");
        String proof = muster.lb.middleware.DigestAuthProof.hash(String.join(":", secret, asked.get("nonce"), "00000001", "c", "auth",
                muster.lb.middleware.DigestAuthProof.hash("GET:/d")));
        String header = "Digest username=\"bob\", realm=\"traefik\", nonce=\"" + asked.get("nonce") + "\", uri=\"/d\", qop=auth, nc=00000001, cnonce=\"c\", response=\""
                + proof + "\", opaque=\"" + asked.get("opaque") + "\", algorithm=MD5";
        assertThat(send(request("/d").header("Authorization", header)).statusCode()).isEqualTo(200);
        assertThat(send(request("/d").header("Authorization", header)).headers().firstValue("WWW-Authenticate").orElse("")).contains("stale=true");
    }

    @Test
    void anotherServerIsAskedAboutRequests() throws Exception {
        try (SocketTarget auth = new SocketTarget((head, in, out) -> {
            boolean isRight = head.contains("X-Token: right");
            out.write(("HTTP/1.1 " + (isRight ? 200 : 403) + " X\r\nX-User: u\r\nContent-Length: 4\r\n\r\nauth").getBytes(UTF_8));
            return true;
        })) {
            route("f", "forwardauth.address=http://127.0.0.1:" + auth.port() + "/ask", "forwardauth.authresponseheaders=X-User");
            HttpResponse<String> refused = get("/f/x");
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).isEqualTo("auth");
            assertThat(auth.heads().getLast()).startsWith("GET /ask ").contains("X-Forwarded-Uri: /f/x", "X-Forwarded-Method: GET")
                    .doesNotContainIgnoringCase("content-length");
            assertThat(send(request("/f").header("X-Token", "right").header("X-User", "forged")).statusCode()).isEqualTo(200);
            assertThat(target.heads().getLast()).contains("X-User: u").doesNotContain("forged");
        }
    }

    @Test
    void limitsHold() throws Exception {
        route("r", "ratelimit.average=1", "ratelimit.period=60s", "ratelimit.burst=2");
        route("i", "inflightreq.amount=1");
        assertThat(List.of(get("/r").statusCode(), get("/r").statusCode())).containsExactly(200, 200);
        HttpResponse<String> over = get("/r");
        assertThat(over.statusCode()).isEqualTo(429);
        assertThat(over.headers().firstValue("Retry-After").orElse("")).matches("[0-9]+");
        CompletableFuture<HttpResponse<String>> slow = traefik.client.sendAsync(request("/i/slow").build(), HttpResponse.BodyHandlers.ofString());
        Eventually.holds("the slow one is there", () -> target.heads().stream().anyMatch(head -> head.contains("/i/slow")));
        assertThat(get("/i").statusCode()).isEqualTo(429);
        release.countDown();
        slow.get(60, TimeUnit.SECONDS);
        Eventually.passes("there is room again", () -> assertThat(get("/i").statusCode()).isEqualTo(200));
    }

    @Test
    void aBrokenServiceIsLeftAlone() throws Exception {
        route("c", "circuitbreaker.expression=ResponseCodeRatio(500, 600, 0, 600) > 0.5", "circuitbreaker.checkperiod=1ms",
                "circuitbreaker.fallbackduration=1h");
        Eventually.holds("it opens", () -> get("/c/status/500").statusCode() == 503);
        int asked = target.heads().size();
        assertThat(get("/c").body()).isEqualTo("Service Unavailable");
        assertThat(target.heads()).hasSize(asked);
    }

    @Test
    void answersAreCompressedForThoseWhoTakeIt() throws Exception {
        route("z", "compress=true");
        HttpRequest wanted = request("/z/long").header("Accept-Encoding", "gzip").build();
        HttpResponse<byte[]> packed = traefik.client.send(wanted, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
            assertThat(in.readAllBytes()).hasSize(5000);
        }
        assertThat(get("/z/long").headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(send(request("/z/short").header("Accept-Encoding", "gzip")).headers().firstValue("Content-Encoding")).isEmpty();
    }

    @Test
    void bodiesAreBoundedAndTriesRepeated() throws Exception {
        route("m", "buffering.maxrequestbodybytes=10");
        assertThat(send(request("/m").POST(HttpRequest.BodyPublishers.ofString("short"))).body()).endsWith("short");
        assertThat(send(request("/m").POST(HttpRequest.BodyPublishers.ofString("much longer than ten"))).statusCode()).isEqualTo(413);
        route("o", "buffering.maxresponsebodybytes=100");
        assertThat(get("/o/long").statusCode()).isEqualTo(500);
        assertThat(get("/o").statusCode()).isEqualTo(200);
        route("t", "retry.attempts=3", "retry.status=503");
        int before = target.heads().size();
        assertThat(get("/t/status/503").statusCode()).isEqualTo(503);
        assertThat(target.heads().size() - before).isEqualTo(3);
    }

    @Test
    void pagesForErrorsComeFromAnotherService() throws Exception {
        try (SocketTarget pages = SocketTarget.saying("sorry")) {
            traefik.register("pages", pages.port());
            route("e", "errors.status=500-599", "errors.service=pages", "errors.query=/err/{status}.html");
            Eventually.passes("the page is there", () -> assertThat(get("/e/status/503").body()).isEqualTo("sorry"));
            assertThat(get("/e/status/503").statusCode()).isEqualTo(503);
            assertThat(pages.heads().getLast()).startsWith("GET /err/503.html ");
            assertThat(get("/e/status/404").body()).contains("/status/404");
        }
    }

    @Test
    void clientsAreLetInByAddressAndSentElsewhere() throws Exception {
        route("in", "ipallowlist.sourcerange=127.0.0.0/8");
        route("out", "ipallowlist.sourcerange=10.0.0.0/8", "ipallowlist.rejectstatuscode=404");
        route("s", "redirectscheme.scheme=https", "redirectscheme.port=8443");
        route("x", "redirectregex.regex=^http://[^/]+/x/(.*)", "redirectregex.replacement=https://new.test/$1", "redirectregex.permanent=true");
        assertThat(get("/in").statusCode()).isEqualTo(200);
        assertThat(get("/out").statusCode()).isEqualTo(404);
        assertThat(get("/s").headers().firstValue("Location")).contains("https://127.0.0.1:8443/s");
        HttpResponse<String> moved = get("/x/1");
        assertThat(moved.statusCode()).isEqualTo(301);
        assertThat(moved.headers().firstValue("Location")).contains("https://new.test/1");
    }

    @Test
    void typesAreFoundOut() throws Exception {
        route("t", "contenttype=true");
        assertThat(get("/t").headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
    }

    @Test
    void wrongOptionsDisableTheRouterAndSayWhy() throws Exception {
        AtomicInteger number = new AtomicInteger();
        record Wrong(String option, String why) {}
        for (Wrong wrong : List.of(new Wrong("addprefix.prefix=", "prefix cannot be empty"), new Wrong("retry.initialinterval=1s", "incorrect (or empty) value for attempt (0)"),
                new Wrong("basicauth.realm=x", "no users found"), new Wrong("digestauth.realm=x", "no users found"),
                new Wrong("ipallowlist.sourcerange=nowhere", "invalid CIDR address"), new Wrong("circuitbreaker.expression=Nope() > 1", "unsupported function: Nope"),
                new Wrong("replacepathregex.regex=(", "error compiling regular expression"), new Wrong("compress.encodings=zip", "unsupported encoding: zip"),
                new Wrong("ratelimit.redis.endpoints=x", "Redis"), new Wrong("plugin.mine.a=b", "unknown plugin type"))) {
            String name = "w" + number.incrementAndGet();
            traefik.registerWith(name, target.port(), wrong.option());
            Eventually.passes(wrong.option(), () -> assertThat(traefik.api("/api/http/routers/" + name + "@consulcatalog").body()).contains("\"status\":\"disabled\"")
                    .contains(muster.wire.Json.text(wrong.why()).replaceAll("^\"|\"$", "")));
        }
    }

    private void route(String name, String... options) {
        traefik.routeWith(name, target.port(), options);
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    }

    private HttpRequest.Builder request(String path) {
        return traefik.request(path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return traefik.send(request);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return traefik.get(path);
    }
}
