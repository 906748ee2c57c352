package muster.lb.fabio;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import muster.http.Transports;
import muster.lb.proxy.SocketTarget;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to requests while instances come, go, fail and are drained: a registry in memory, real sockets on both sides. */
class NeverDroppingTest {
    private static Vertx vertx;
    private final FakeRegistry registry = new FakeRegistry();
    private final HttpClient client = HttpClient.newHttpClient();
    private FabioBalancer balancer;

    @BeforeAll
    static void open() {
        vertx = Transports.vertx();
    }

    @AfterAll
    static void shut() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        balancer.close();
        client.close();
    }

    /** Plan: one instance serves and leaves; a request comes; another instance comes; the request is answered by it. */
    @Test
    void aRequestWaitsForAnInstanceThatIsExpected() throws Exception {
        start("-proxy.hold", "20s");
        try (SocketTarget old = SocketTarget.saying("old"); SocketTarget next = SocketTarget.saying("new")) {
            register("web", old.port(), "urlprefix-/web");
            assertEventually("/web", 200);
            leave("web", old.port());
            Eventually.holds("the route is held", () -> api("/api/status").contains("requests wait for an instance"));
            CompletableFuture<HttpResponse<String>> waiting = client.sendAsync(request("/web"), HttpResponse.BodyHandlers.ofString());
            Eventually.holds("the request waits", () -> api("/api/status").contains("\"now\":1"));
            assertThat(api("/api/explain?url=/web")).contains("all instances have left; requests wait");
            register("web", next.port(), "urlprefix-/web");
            assertThat(waiting.get(20, TimeUnit.SECONDS).body()).isEqualTo("new");
        }
    }

    @Test
    void aHeldRouteIsGoneAfterItsTime() throws Exception {
        start("-proxy.hold", "200ms");
        try (SocketTarget web = SocketTarget.saying("web"); SocketTarget rest = SocketTarget.saying("rest")) {
            register("web", web.port(), "urlprefix-/web");
            register("rest", rest.port(), "urlprefix-/");
            assertEventually("/web", 200);
            leave("web", web.port());
            Eventually.passes("the less specific route takes over", () -> assertThat(get("/web").body()).isEqualTo("rest"));
        }
    }

    /** Plan: the only instance's port is closed while it stays registered; a request comes; the port is opened again. */
    @Test
    void aRequestWaitsForATargetThatComesBackUnderItsAddress() throws Exception {
        start("-proxy.hold", "20s");
        int port;
        try (SocketTarget web = SocketTarget.saying("first")) {
            port = web.port();
            register("web", port, "urlprefix-/web");
            assertEventually("/web", 200);
        }
        CompletableFuture<HttpResponse<String>> waiting = client.sendAsync(request("/web"), HttpResponse.BodyHandlers.ofString());
        Eventually.holds("it waits", () -> api("/api/status").contains("\"now\":1"));
        try (SocketTarget again = SocketTarget.saying("again")) {
            register("web", again.port(), "urlprefix-/web");
            assertThat(waiting.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aFailingTargetIsEjectedAndShown() throws Exception {
        start("-proxy.strategy", "rr");
        try (SocketTarget good = SocketTarget.saying("good"); SocketTarget bad = new SocketTarget((head, in, out) -> {
            out.write(SocketTarget.answer(500, "bad"));
            return true;
        })) {
            register("web", good.port(), "urlprefix-/web");
            register("web", bad.port(), "urlprefix-/web");
            Eventually.holds("both are routed", () -> api("/api/routes?raw").lines().count() == 2);
            for (int i = 0; i < 40; i++) {
                get("/web");
            }
            assertThat(api("/api/status")).contains("ejected for failing requests");
            assertThat(get("/web").body()).isEqualTo("good");
            assertThat(get("/web").body()).isEqualTo("good");
        }
    }

    @Test
    void aDrainedTargetGetsNoRequestsUntilItIsTakenBack() throws Exception {
        start("-proxy.strategy", "rr");
        try (SocketTarget a = SocketTarget.saying("a"); SocketTarget b = SocketTarget.saying("b")) {
            register("web", a.port(), "urlprefix-/");
            register("web", b.port(), "urlprefix-/");
            Eventually.holds("both are routed", () -> api("/api/routes?raw").lines().count() == 2);
            assertThat(call("PUT", "/api/drain?target=127.0.0.1:" + a.port()).body()).contains("\"inFlight\":0");
            assertThat(List.of(get("/").body(), get("/").body(), get("/").body())).containsOnly("b");
            register("web", b.port(), "urlprefix-/", "changed");
            assertThat(List.of(get("/").body(), get("/").body())).containsOnly("b");
            assertThat(call("DELETE", "/api/drain?target=127.0.0.1:" + a.port()).statusCode()).isEqualTo(200);
            assertThat(List.of(get("/").body(), get("/").body(), get("/").body())).contains("a");
            assertThat(call("PUT", "/api/drain?target=127.0.0.1:1").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void withoutTheRegistryTheLastTableServesAndSaysSinceWhen() throws Exception {
        start();
        try (SocketTarget web = SocketTarget.saying("web")) {
            register("web", web.port(), "urlprefix-/web");
            assertEventually("/web", 200);
            assertThat(api("/api/status")).contains("\"registry\":{\"failure\":\"\",\"tableAsOf\":\"\"}");
            registry.fail("no leader");
            Eventually.passes("it is shown", () -> assertThat(api("/api/status"))
                    .containsPattern("\"failure\":\"[^\"]*no leader[^\"]*\",\"tableAsOf\":\"20[0-9-]+T[0-9:.]+Z\""));
            assertThat(get("/web").body()).isEqualTo("web");
            registry.recover();
            Eventually.holds("it is over", () -> api("/api/status").contains("\"tableAsOf\":\"\""));
        }
    }

    @Test
    void figuresOfRoutesVanishWithThem() throws Exception {
        start();
        try (SocketTarget web = SocketTarget.saying("web")) {
            register("web", web.port(), "urlprefix-/web");
            assertEventually("/web", 200);
            assertThat(api("/metrics")).contains("_route_count{host=\"\",path=\"/web\",service=\"web\"").contains("# TYPE");
            leave("web", web.port());
            Eventually.holds("they are gone", () -> !api("/metrics").contains("path=\"/web\""));
        }
    }

    @Test
    void passwordsOfAFileGuardARoute(@TempDir Path folder) throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "carol:{SHA}2PRZAyDhNDqRW2OUFwZQqPNdaSY=\n");
        start("-proxy.auth", "name=staff;type=basic;file=" + users + ";realm=in house");
        try (SocketTarget web = SocketTarget.saying("web")) {
            register("web", web.port(), "urlprefix-/web auth=staff", "urlprefix-/other auth=nosuch");
            Eventually.passes("it is routed", () -> assertThat(get("/web").headers().firstValue("WWW-Authenticate")).contains("Basic realm=\"in house\""));
            assertThat(get("/web", "Authorization", "Basic Y2Fyb2w6c2hh").body()).isEqualTo("web");
            assertThat(get("/web", "Authorization", "Basic Y2Fyb2w6c2hh").body()).isEqualTo("web");
            HttpResponse<String> wrong = get("/web", "Authorization", "Basic Y2Fyb2w6eA==");
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(wrong.headers().firstValue("WWW-Authenticate")).isEmpty();
            assertThat(get("/other", "Authorization", "Basic Y2Fyb2w6c2hh").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void anotherServiceIsAskedWhoMay() throws Exception {
        try (SocketTarget guard = new SocketTarget((head, in, out) -> {
            boolean isGood = head.contains("x-key: good") || head.contains("X-Key: good");
            out.write(isGood
                    ? "HTTP/1.1 200 OK\r\nX-User: ann\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)
                    : SocketTarget.answer(403, "no"));
            return true;
        }); SocketTarget web = SocketTarget.saying("web")) {
            start("-proxy.auth", "name=asked;type=external;endpoint=http://127.0.0.1:" + guard.port() + "/ask;set-auth-headers=X-User");
            register("web", web.port(), "urlprefix-/web auth=asked");
            assertEventually("/web", 401);
            HttpResponse<String> good = get("/web", "X-Key", "good");
            assertThat(good.body()).isEqualTo("web");
            assertThat(good.headers().firstValue("X-User")).contains("ann");
            assertThat(guard.heads()).anyMatch(head -> head.startsWith("GET /ask/web "));
        }
    }

    @Test
    void theBalancerIsRegisteredUnderTheNamesThatRoutesAskFor() throws Exception {
        start("-registry.consul.register.enabled=true");
        try (SocketTarget web = SocketTarget.saying("web")) {
            register("web", web.port(), "urlprefix-/web register=shop-front");
            Eventually.holds("it is registered", () -> names().contains("shop-front"));
            leave("web", web.port());
            Eventually.holds("it is taken back", () -> !names().contains("shop-front") && names().contains("fabio"));
        }
    }

    /**
     * Plan: some instances serve; clients ask without pause; for a while instances come, leave in order (registry first, then their listener), or
     * all leave at once and are replaced; every answer has to be a good one.
     */
    @Test
    void noRequestFailsWhileInstancesComeAndGo() throws Exception {
        long seed = Long.getLong("seed", 20_261_121L);
        Random random = new Random(seed);
        start("-proxy.hold", "20s", "-proxy.strategy", "rr");
        List<SocketTarget> there = new ArrayList<>();
        there.add(arrive());
        there.add(arrive());
        assertEventually("/soak", 200);
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                while (!isOver.get()) {
                    ask(answered, failures);
                }
            }));
        }
        for (int step = 0; step < 40; step++) {
            int before = answered.get();
            int choice = random.nextInt(10);
            if (choice < 4 || there.size() < 2) {
                there.add(arrive());
            } else if (choice < 9) {
                depart(there.remove(random.nextInt(there.size())));
            } else {
                for (SocketTarget target : List.copyOf(there)) {
                    there.remove(target);
                    depart(target);
                }
                there.add(arrive());
            }
            Eventually.holds("requests go on", () -> answered.get() > before + 20 || !failures.isEmpty());
        }
        isOver.set(true);
        for (Thread thread : clients) {
            thread.join();
        }
        for (SocketTarget target : there) {
            target.close();
        }
        assertThat(failures).as("seed %d, %d requests", seed, answered.get()).isEmpty();
    }

    private void ask(AtomicInteger answered, ConcurrentLinkedQueue<String> failures) {
        try {
            HttpResponse<String> answer = get("/soak");
            if (answer.statusCode() == 200) {
                answered.incrementAndGet();
            } else {
                failures.add("status " + answer.statusCode());
            }
        } catch (IOException e) {
            failures.add(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private SocketTarget arrive() throws IOException {
        SocketTarget target = SocketTarget.saying("x");
        register("soak", target.port(), "urlprefix-/soak");
        return target;
    }

    private void depart(SocketTarget target) throws IOException {
        leave("soak", target.port());
        target.close();
    }

    private void start(String... flags) throws Exception {
        List<String> all = new ArrayList<>(List.of("-proxy.addr", "127.0.0.1:0", "-ui.addr", "127.0.0.1:0"));
        if (List.of(flags).stream().noneMatch(flag -> flag.startsWith("-registry.consul.register.enabled"))) {
            all.add("-registry.consul.register.enabled=false");
        }
        all.addAll(List.of(flags));
        FabioSettings settings = FabioSettings.read(all, Map.of(), "", "");
        assertThat(settings.problems()).isEmpty();
        balancer = FabioBalancer.start(settings.config().orElseThrow(), registry, vertx);
    }

    private void register(String service, int port, String... tags) {
        registry.add(registry.instance(service, service + "-" + port, "127.0.0.1", port, tags));
    }

    private void leave(String service, int port) {
        registry.remove(registry.self().nodeName(), service + "-" + port);
    }

    private List<String> names() {
        return registry.registrations().stream().map(registration -> registration.name()).toList();
    }

    private void assertEventually(String path, int status) {
        Eventually.passes(path + " answers " + status, () -> assertThat(get(path).statusCode()).isEqualTo(status));
    }

    private HttpRequest request(String path, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + balancer.proxyPort() + path))
                .timeout(Duration.ofSeconds(30));
        return (headers.length == 0 ? builder : builder.headers(headers)).build();
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return client.send(request(path, headers), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> call(String method, String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + balancer.apiPort() + path))
                .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    private String api(String path) throws IOException, InterruptedException {
        return call("GET", path).body();
    }
}
