package muster.lb.fabio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import muster.lb.proxy.DeadPort;
import muster.lb.proxy.OpenVertx;
import muster.lb.proxy.SocketTarget;
import muster.registry.client.HealthCheck;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The whole balancer: a registry in memory, real sockets on both sides. */
class FabioBalancerTest {
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    @AutoClose
    private final RunningFabio fabio = new RunningFabio(VERTX);

    @Test
    void aRegisteredServiceIsRoutedUntilItsCheckFails() throws Exception {
        try (SocketTarget web = SocketTarget.saying("web")) {
            fabio.register("web", web.port(), "urlprefix-/web");
            fabio.awaitStatus("/web", 200);
            fabio.registry.setStatus("web-" + web.port(), HealthCheck.Status.CRITICAL);
            fabio.awaitStatus("/web", 404);
            fabio.registry.setStatus("web-" + web.port(), HealthCheck.Status.PASSING);
            fabio.awaitStatus("/web", 200);
        }
    }

    @Test
    void anOutageOfTheRegistryKeepsTheRoutesAndIsTold() throws Exception {
        try (SocketTarget web = SocketTarget.saying("web")) {
            fabio.register("web", web.port(), "urlprefix-/web");
            fabio.awaitStatus("/web", 200);
            fabio.registry.fail("no leader");
            Eventually.holds("the status tells the outage", () -> fabio.api("/api/status").contains("no leader"));
            assertThat(fabio.get("/web").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aTagThatCannotBeUnderstoodIsNamedAndHarmsNobody() throws Exception {
        try (SocketTarget web = SocketTarget.saying("web")) {
            fabio.register("bad", 1, "urlprefix-/bad weight=much");
            fabio.register("web", web.port(), "urlprefix-/web");
            fabio.awaitStatus("/web", 200);
            assertThat(fabio.api("/api/status")).contains("tag \\\"urlprefix-/bad weight=much\\\"");
        }
    }

    @Test
    void operatorsCommandsFollowThoseOfTheTags() throws Exception {
        try (SocketTarget web = SocketTarget.saying("web")) {
            fabio.register("web", web.port(), "urlprefix-/web", "urlprefix-/old");
            fabio.registry.put("fabio/config", ("route del web /old\nroute add ext /ext http://127.0.0.1:" + web.port() + "/").getBytes(ISO_8859_1));
            fabio.awaitStatus("/ext", 200);
            fabio.awaitStatus("/old", 404);
            fabio.registry.put("fabio/config", "nonsense".getBytes(ISO_8859_1));
            Eventually.holds("the bad line is told", () -> fabio.api("/api/status").contains("nonsense"));
            assertThat(fabio.get("/ext").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void targetsTakeTurns() throws Exception {
        try (SocketTarget a = SocketTarget.saying("a"); SocketTarget b = SocketTarget.saying("b")) {
            fabio.register("web", a.port(), "urlprefix-/");
            fabio.register("web", b.port(), "urlprefix-/");
            fabio.awaitRoutes(2);
            StringBuilder seen = new StringBuilder();
            for (int i = 0; i < 6; i++) {
                seen.append(fabio.get("/").body());
            }
            assertThat(seen.toString()).isIn("ababab", "bababa");
        }
    }

    @Test
    void aDeadTargetCostsNoRequestWhileThereIsAnother() throws Exception {
        try (DeadPort dead = new DeadPort(); SocketTarget alive = SocketTarget.saying("alive")) {
            fabio.register("web", dead.port(), "urlprefix-/");
            fabio.register("web", alive.port(), "urlprefix-/");
            fabio.awaitRoutes(2);
            for (int i = 0; i < 6; i++) {
                assertThat(fabio.post("/", "body").body()).isEqualTo("alive");
            }
            fabio.leave("web", alive.port());
            fabio.awaitStatus("/", 502);
        }
    }

    @Test
    void aRequestWhoseConnectionIsClosedUnansweredIsSentOnceMoreOnlyIfThatIsSafe() throws Exception {
        AtomicInteger count = new AtomicInteger();
        try (SocketTarget flaky = new SocketTarget((head, in, out) -> {
            if (count.incrementAndGet() % 2 == 1) {
                return false;
            }
            out.write(SocketTarget.answer(200, "second"));
            return true;
        })) {
            fabio.register("web", flaky.port(), "urlprefix-/");
            fabio.awaitRoutes(1);
            assertThat(fabio.get("/").body()).isEqualTo("second");
            assertThat(fabio.post("/", "body").statusCode()).isEqualTo(502);
            assertThat(flaky.heads()).hasSize(3);
        }
    }

    @Test
    void headersTellTheTargetWhoAsked() throws Exception {
        try (SocketTarget web = SocketTarget.saying("x")) {
            fabio.register("web", web.port(), "urlprefix-/a strip=/a");
            fabio.awaitStatus("/a", 200);
            web.heads().clear();
            fabio.raw("GET /a/b%2Fc?q HTTP/1.1\r\nHost: h.test:81\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n"
                    + "Connection: close, X-Real-Ip, X-Drop\r\nX-Drop: 1\r\nx-lower: 1\r\nUpgrade: h2c\r\n\r\n");
            assertThat(web.heads().getFirst().lines().map(String::strip)).contains(
                    "GET /b%2Fc?q HTTP/1.1", "Host: h.test:81", "X-Forwarded-For: 1.1.1.1, 2.2.2.2, 127.0.0.1",
                    "X-Forwarded-Proto: http", "X-Forwarded-Host: h.test:81", "X-Forwarded-Port: 81", "X-Real-Ip: 127.0.0.1",
                    "X-Forwarded-Prefix: /a", "X-Lower: 1",
                    "Forwarded: for=127.0.0.1; proto=http; by=127.0.0.1; httpproto=http/1.1")
                    .noneMatch(line -> line.startsWith("X-Drop") || line.startsWith("Upgrade"));
        }
    }

    @Test
    void bodiesStreamBothWaysBeforeTheyEnd() throws Exception {
        // The target answers each line of a chunked request as it comes; the client sends the next only after the answer to the last.
        try (SocketTarget echo = new SocketTarget((head, in, out) -> {
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(ISO_8859_1));
            for (int i = 0; i < 3; i++) {
                String chunk = line(in) + line(in);
                out.write(("3\r\n" + chunk.substring(1) + "\r\n").getBytes(ISO_8859_1));
                out.flush();
            }
            out.write("0\r\n\r\n".getBytes(ISO_8859_1));
            return false;
        })) {
            fabio.register("web", echo.port(), "urlprefix-/");
            fabio.awaitRoutes(1);
            try (Socket socket = fabio.connect()) {
                OutputStream out = socket.getOutputStream();
                out.write("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(ISO_8859_1));
                StringBuilder got = new StringBuilder();
                for (String piece : List.of("one", "two", "six")) {
                    out.write(("3\r\n" + piece + "\r\n").getBytes(ISO_8859_1));
                    out.flush();
                    if (got.isEmpty()) {
                        assertThat(SocketTarget.readHead(socket.getInputStream())).startsWith("HTTP/1.1 200 OK");
                    }
                    line(socket.getInputStream());
                    got.append(line(socket.getInputStream()));
                }
                assertThat(got.toString()).isEqualTo("onetwosix");
            }
        }
    }

    @Test
    void aLargeAnswerWaitsForASlowClient() throws Exception {
        // The client reads nothing until the target has stopped making progress: what was written is far less than the whole.
        long whole = 256L << 20;
        AtomicInteger megabytes = new AtomicInteger();
        try (SocketTarget big = new SocketTarget((head, in, out) -> {
            out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + whole + "\r\n\r\n").getBytes(ISO_8859_1));
            byte[] block = new byte[1 << 20];
            for (long sent = 0; sent < whole; sent += block.length) {
                out.write(block);
                megabytes.incrementAndGet();
            }
            return false;
        })) {
            fabio.register("web", big.port(), "urlprefix-/");
            fabio.awaitRoutes(1);
            try (Socket socket = fabio.connect()) {
                socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));
                assertThat(SocketTarget.readHead(socket.getInputStream())).startsWith("HTTP/1.1 200");
                int[] seen = {-1};
                Eventually.holds("the target has stopped", () -> {
                    boolean isStill = seen[0] == megabytes.get();
                    seen[0] = megabytes.get();
                    return isStill;
                });
                assertThat(megabytes.get()).isLessThan(128);
                long read = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                assertThat(read).isEqualTo(whole);
            }
        }
    }

    @Test
    void aClientThatHangsUpEndsTheTargetsWork() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (SocketTarget slow = new SocketTarget((head, in, out) -> {
            asked.countDown();
            assertThat(in.read()).isEqualTo(-1);
            ended.countDown();
            return false;
        })) {
            fabio.register("web", slow.port(), "urlprefix-/");
            fabio.awaitRoutes(1);
            try (Socket socket = fabio.connect()) {
                socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
                assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
            Eventually.holds("nothing is in flight", () -> fabio.api("/api/status").contains("\"inFlight\":0"));
        }
    }

    @Test
    void aWebSocketIsATunnel() throws Exception {
        try (SocketTarget ws = new SocketTarget((head, in, out) -> {
            out.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Ws: 1\r\n\r\nhello".getBytes(ISO_8859_1));
            out.flush();
            in.transferTo(out);
            return false;
        })) {
            fabio.register("web", ws.port(), "urlprefix-/ws");
            fabio.awaitRoutes(1);
            try (Socket socket = fabio.connect()) {
                socket.getOutputStream().write(("GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: a\r\n\r\n").getBytes(ISO_8859_1));
                assertThat(SocketTarget.readHead(socket.getInputStream())).startsWith("HTTP/1.1 101 ").contains("X-Ws: 1");
                assertThat(new String(socket.getInputStream().readNBytes(5), ISO_8859_1)).isEqualTo("hello");
                byte[] bytes = {0, 1, 2, (byte) 255};
                socket.getOutputStream().write(bytes);
                assertThat(socket.getInputStream().readNBytes(4)).isEqualTo(bytes);
            }
            assertThat(ws.heads().getFirst()).containsIgnoringCase("upgrade: websocket").contains("proto=ws;");
        }
    }

    @Test
    void theBodyWaitsForTheTargetsConsent() throws Exception {
        try (SocketTarget target = new SocketTarget((head, in, out) -> {
            if (head.contains("/no")) {
                out.write(SocketTarget.answer(417, "no"));
                return false;
            }
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
            out.flush();
            out.write(SocketTarget.answer(200, new String(in.readNBytes(4), ISO_8859_1)));
            return true;
        })) {
            fabio.register("web", target.port(), "urlprefix-/");
            fabio.awaitRoutes(1);
            try (Socket socket = fabio.connect()) {
                socket.getOutputStream().write("PUT /yes HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n".getBytes(ISO_8859_1));
                assertThat(SocketTarget.readHead(socket.getInputStream())).startsWith("HTTP/1.1 100 ");
                socket.getOutputStream().write("body".getBytes(ISO_8859_1));
                assertThat(SocketTarget.readHead(socket.getInputStream())).startsWith("HTTP/1.1 200 ");
            }
            try (Socket socket = fabio.connect()) {
                socket.getOutputStream().write("PUT /no HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n".getBytes(ISO_8859_1));
                assertThat(SocketTarget.readHead(socket.getInputStream())).startsWith("HTTP/1.1 417 ");
            }
        }
    }

    @Test
    void ambiguousRequestsAreRefused() throws Exception {
        try (SocketTarget web = SocketTarget.saying("x")) {
            fabio.register("web", web.port(), "urlprefix-/");
            fabio.awaitStatus("/", 200);
            web.heads().clear();
            for (String head : List.of(
                    "GET / HTTP/1.1\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                    "HELLO\r\n\r\n")) {
                assertThat(fabio.raw(head)).as(head).containsPattern("^HTTP/1.[01] (400|501) ");
            }
            assertThat(web.heads()).isEmpty();
        }
    }

    @Test
    void aRequestWithTwoFramingsIsForwardedWithOne() throws Exception {
        try (SocketTarget web = new SocketTarget((head, in, out) -> {
            out.write(SocketTarget.answer(200, "x"));
            return false;
        })) {
            fabio.register("web", web.port(), "urlprefix-/");
            fabio.awaitRoutes(1);
            fabio.raw("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n");
            assertThat(web.heads()).allSatisfy(head ->
                    assertThat(head.toLowerCase()).doesNotContain("content-length: 3"));
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
