package muster.lb.fabio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import muster.lb.proxy.DeadPort;
import muster.lb.proxy.OpenVertx;
import muster.lb.proxy.SocketTarget;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to requests while instances come, go, fail and are drained: a registry in memory, real sockets on both sides. */
class NeverDroppingTest {
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    @AutoClose
    private RunningFabio fabio;

    /** Plan: one instance serves and leaves; a request comes; another instance comes; the request is answered by it. */
    @Test
    void aRequestWaitsForAnInstanceThatIsExpected() throws Exception {
        start("-proxy.hold", "10m");
        try (SocketTarget old = SocketTarget.saying("old"); SocketTarget next = SocketTarget.saying("new")) {
            fabio.register("web", old.port(), "urlprefix-/web");
            fabio.awaitStatus("/web", 200);
            fabio.leave("web", old.port());
            Eventually.holds("the route is held", () -> fabio.api("/api/status").contains("requests wait for an instance"));
            CompletableFuture<HttpResponse<String>> waiting = fabio.client.sendAsync(fabio.request("/web").build(), HttpResponse.BodyHandlers.ofString());
            Eventually.holds("the request waits", () -> fabio.api("/api/status").contains("\"now\":1"));
            assertThat(fabio.api("/api/explain?url=/web")).contains("all instances have left; requests wait");
            fabio.register("web", next.port(), "urlprefix-/web");
            assertThat(waiting.get(60, TimeUnit.SECONDS).body()).isEqualTo("new");
        }
    }

    @Test
    void aHeldRouteIsGoneAfterItsTime() throws Exception {
        start("-proxy.hold", "200ms");
        try (SocketTarget web = SocketTarget.saying("web"); SocketTarget rest = SocketTarget.saying("rest")) {
            fabio.register("web", web.port(), "urlprefix-/web");
            fabio.register("rest", rest.port(), "urlprefix-/");
            fabio.awaitStatus("/web", 200);
            fabio.leave("web", web.port());
            Eventually.passes("the less specific route takes over", () -> assertThat(fabio.get("/web").body()).isEqualTo("rest"));
        }
    }

    /** Plan: nobody listens at the only instance's port, as while it restarts; a request comes; then an instance that listens. */
    @Test
    void aRequestWaitsWhileTheOnlyTargetCanNotBeReached() throws Exception {
        start("-proxy.hold", "10m");
        try (DeadPort restarting = new DeadPort(); SocketTarget web = SocketTarget.saying("web")) {
            fabio.register("web", restarting.port(), "urlprefix-/web");
            fabio.awaitRoutes(1);
            CompletableFuture<HttpResponse<String>> waiting = fabio.client.sendAsync(fabio.request("/web").build(), HttpResponse.BodyHandlers.ofString());
            Eventually.holds("it waits", () -> fabio.api("/api/status").contains("\"now\":1"));
            fabio.register("web", web.port(), "urlprefix-/web");
            assertThat(waiting.get(60, TimeUnit.SECONDS).body()).isEqualTo("web");
        }
    }

    @Test
    void aFailingTargetIsEjectedAndShown() throws Exception {
        start("-proxy.eject.time", "1h");
        try (SocketTarget good = SocketTarget.saying("good"); SocketTarget bad = new SocketTarget((head, in, out) -> {
            out.write(SocketTarget.answer(500, "bad"));
            return true;
        })) {
            fabio.register("web", good.port(), "urlprefix-/web");
            fabio.register("web", bad.port(), "urlprefix-/web");
            fabio.awaitRoutes(2);
            for (int i = 0; i < 40; i++) {
                fabio.get("/web");
            }
            assertThat(fabio.api("/api/status")).contains("ejected for failing requests");
            assertThat(fabio.get("/web").body()).isEqualTo("good");
            assertThat(fabio.get("/web").body()).isEqualTo("good");
        }
    }

    @Test
    void aDrainedTargetGetsNoRequestsUntilItIsTakenBack() throws Exception {
        start();
        try (SocketTarget a = SocketTarget.saying("a"); SocketTarget b = SocketTarget.saying("b")) {
            fabio.register("web", a.port(), "urlprefix-/");
            fabio.register("web", b.port(), "urlprefix-/");
            fabio.awaitRoutes(2);
            assertThat(fabio.call("PUT", "/api/drain?target=127.0.0.1:" + a.port()).body()).contains("\"inFlight\":0");
            assertThat(List.of(fabio.get("/").body(), fabio.get("/").body(), fabio.get("/").body())).containsOnly("b");
            fabio.register("web", b.port(), "urlprefix-/", "changed");
            assertThat(List.of(fabio.get("/").body(), fabio.get("/").body())).containsOnly("b");
            assertThat(fabio.call("DELETE", "/api/drain?target=127.0.0.1:" + a.port()).statusCode()).isEqualTo(200);
            assertThat(List.of(fabio.get("/").body(), fabio.get("/").body(), fabio.get("/").body())).contains("a");
            assertThat(fabio.call("PUT", "/api/drain?target=127.0.0.1:1").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void withoutTheRegistryTheLastTableServesAndSaysSinceWhen() throws Exception {
        start();
        try (SocketTarget web = SocketTarget.saying("web")) {
            fabio.register("web", web.port(), "urlprefix-/web");
            fabio.awaitStatus("/web", 200);
            assertThat(fabio.api("/api/status")).contains("\"registry\":{\"failure\":\"\",\"tableAsOf\":\"\"}");
            fabio.registry.fail("no leader");
            Eventually.passes("it is shown", () -> assertThat(fabio.api("/api/status"))
                    .containsPattern("\"failure\":\"[^\"]*no leader[^\"]*\",\"tableAsOf\":\"20[0-9-]+T[0-9:.]+Z\""));
            assertThat(fabio.get("/web").body()).isEqualTo("web");
            fabio.registry.recover();
            Eventually.holds("it is over", () -> fabio.api("/api/status").contains("\"tableAsOf\":\"\""));
        }
    }

    @Test
    void figuresOfRoutesVanishWithThem() throws Exception {
        start();
        try (SocketTarget web = SocketTarget.saying("web")) {
            fabio.register("web", web.port(), "urlprefix-/web");
            fabio.awaitStatus("/web", 200);
            assertThat(fabio.api("/metrics")).contains("_route_count{host=\"\",path=\"/web\",service=\"web\"").contains("# TYPE");
            fabio.leave("web", web.port());
            Eventually.holds("they are gone", () -> !fabio.api("/metrics").contains("path=\"/web\""));
        }
    }

    @Test
    void passwordsOfAFileGuardARoute(@TempDir Path folder) throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "carol:{SHA}2PRZAyDhNDqRW2OUFwZQqPNdaSY=\n");
        start("-proxy.auth", "name=staff;type=basic;file=" + users + ";realm=in house");
        try (SocketTarget web = SocketTarget.saying("web")) {
            fabio.register("web", web.port(), "urlprefix-/web auth=staff", "urlprefix-/other auth=nosuch");
            Eventually.passes("it is routed", () -> assertThat(fabio.get("/web").headers().firstValue("WWW-Authenticate")).contains("Basic realm=\"in house\""));
            assertThat(fabio.get("/web", "Authorization", "Basic Y2Fyb2w6c2hh").body()).isEqualTo("web");
            assertThat(fabio.get("/web", "Authorization", "Basic Y2Fyb2w6c2hh").body()).isEqualTo("web");
            HttpResponse<String> wrong = fabio.get("/web", "Authorization", "Basic Y2Fyb2w6eA==");
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(wrong.headers().firstValue("WWW-Authenticate")).isEmpty();
            assertThat(fabio.get("/other", "Authorization", "Basic Y2Fyb2w6c2hh").statusCode()).isEqualTo(401);
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
            fabio.register("web", web.port(), "urlprefix-/web auth=asked");
            fabio.awaitStatus("/web", 401);
            HttpResponse<String> good = fabio.get("/web", "X-Key", "good");
            assertThat(good.body()).isEqualTo("web");
            assertThat(good.headers().firstValue("X-User")).contains("ann");
            assertThat(guard.heads()).anyMatch(head -> head.startsWith("GET /ask/web "));
        }
    }

    @Test
    void theBalancerIsRegisteredUnderTheNamesThatRoutesAskFor() throws Exception {
        start("-registry.consul.register.enabled=true");
        try (SocketTarget web = SocketTarget.saying("web")) {
            fabio.register("web", web.port(), "urlprefix-/web register=shop-front");
            Eventually.holds("it is registered", () -> names().contains("shop-front"));
            fabio.leave("web", web.port());
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
        start("-proxy.hold", "10m");
        List<SocketTarget> there = new ArrayList<>();
        there.add(arrive());
        there.add(arrive());
        fabio.awaitStatus("/soak", 200);
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
            HttpResponse<String> answer = fabio.get("/soak");
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
        fabio.register("soak", target.port(), "urlprefix-/soak");
        return target;
    }

    private void depart(SocketTarget target) throws IOException {
        fabio.leave("soak", target.port());
        target.close();
    }

    private void start(String... flags) {
        fabio = new RunningFabio(VERTX, flags);
    }

    private List<String> names() {
        return fabio.registry.registrations().stream().map(registration -> registration.name()).toList();
    }
}
