package muster.lb.traefik;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import muster.lb.exchange.Fetcher;
import muster.lb.exchange.HeaderList;
import muster.lb.proxy.OpenVertx;
import muster.lb.proxy.SocketTarget;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Servers that are asked whether they are well: by gRPC, by a request, by connecting. */
class ChecksTest {
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    @AutoClose
    private final RunningTraefik traefik = new RunningTraefik(VERTX, "--entryPoints.bytes.address=:82");

    @Test
    void aServerOfGrpcIsUpWhileItsHealthServiceSaysSo() throws Exception {
        AtomicInteger status = new AtomicInteger(1);
        AtomicReference<String> asked = new AtomicReference<>("");
        HttpServer server = VERTX.vertx().createHttpServer().requestHandler(request -> {
            asked.set(request.version() + " " + request.method() + " " + request.path() + " " + request.getHeader("content-type"));
            request.bodyHandler(body -> {
                request.response().putHeader("content-type", "application/grpc").putTrailer("grpc-status", "0");
                request.response().end(Buffer.buffer(new byte[] {0, 0, 0, 0, 2, 8, (byte) status.get()}));
            });
        });
        int port = server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS).actualPort();
        traefik.register("calls", port, "http.services.calls.loadbalancer.server.scheme=h2c", "http.services.calls.loadbalancer.healthcheck.mode=grpc",
                "http.services.calls.loadbalancer.healthcheck.interval=20ms");
        Eventually.passes("it was asked", () -> assertThat(asked.get()).isEqualTo("HTTP_2 POST /grpc.health.v1.Health/Check application/grpc"));
        Eventually.passes("it is up", () -> assertThat(api("/api/http/services/calls@consulcatalog")).contains("\":\"UP\""));
        status.set(2);
        Eventually.passes("it is down", () -> assertThat(api("/api/http/services/calls@consulcatalog")).contains("\":\"DOWN\""));
        server.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    void whatAGrpcServerAnswersIsToldApart() {
        assertThat(ServerCheck.grpcVerdict(answer(200, "", 0, 0, 0, 0, 2, 8, 1))).isEmpty();
        assertThat(ServerCheck.grpcVerdict(answer(200, "", 0, 0, 0, 0, 0))).contains("status 0");
        assertThat(ServerCheck.grpcVerdict(answer(200, "", 0, 0, 0, 0, 2, 8, 3))).contains("status 3");
        assertThat(ServerCheck.grpcVerdict(answer(200, "12"))).contains("does not implement");
        assertThat(ServerCheck.grpcVerdict(answer(200, "14"))).contains("gRPC status 14");
        assertThat(ServerCheck.grpcVerdict(answer(404, ""))).contains("404");
    }

    /** Plan: of two servers one says the wrong word and gets no connections; it learns the right one and gets its share. */
    @Test
    void aServerOfTcpIsUpWhileItSaysTheRightWord() throws Exception {
        AtomicReference<String> word = new AtomicReference<>("WRONG");
        try (SocketTarget good = talking("a", new AtomicReference<>("PONG")); SocketTarget other = talking("b", word)) {
            for (SocketTarget target : List.of(good, other)) {
                traefik.register("bytes", target.port(), "tcp.routers.bytes.rule=HostSNI(`*`)", "tcp.routers.bytes.entrypoints=bytes",
                        "tcp.services.bytes.loadbalancer.healthcheck.send=PING\r\n\r\n", "tcp.services.bytes.loadbalancer.healthcheck.expect=PONG",
                        "tcp.services.bytes.loadbalancer.healthcheck.interval=20ms");
            }
            String status = "/api/tcp/services/bytes@consulcatalog";
            Eventually.passes("one is down", () -> assertThat(api(status))
                    .contains("127.0.0.1:" + good.port() + "\":\"UP\"", "127.0.0.1:" + other.port() + "\":\"DOWN\""));
            assertThat(List.of(said(), said(), said())).containsOnly("PONGa");
            word.set("PONG");
            Eventually.passes("both are up", () -> assertThat(api(status)).contains("127.0.0.1:" + other.port() + "\":\"UP\""));
            assertThat(List.of(said(), said())).containsExactlyInAnyOrder("PONGa", "PONGb");
        }
    }

    @Test
    void optionsThatCantBeUsedDisableTheirService() throws Exception {
        traefik.register("odd", 1, "http.services.odd.loadbalancer.healthcheck.mode=smell");
        Eventually.passes("it says why", () -> assertThat(api("/api/http/services/odd@consulcatalog"))
                .contains("\"status\":\"disabled\"", "http or grpc is"));
        traefik.register("none", 1, "tcp.services.none.loadbalancer.healthcheck.interval=0s");
        Eventually.passes("it says why", () -> assertThat(api("/api/tcp/services/none@consulcatalog"))
                .contains("\"status\":\"disabled\"", "above zero"));
    }

    private static SocketTarget talking(String name, AtomicReference<String> word) throws Exception {
        return new SocketTarget((head, in, out) -> {
            out.write((word.get() + name).getBytes(StandardCharsets.ISO_8859_1));
            return false;
        });
    }

    private String said() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", traefik.port("bytes"))) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write("PING\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static Fetcher.Fetched answer(int status, String grpcStatus, int... bytes) {
        byte[] body = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            body[i] = (byte) bytes[i];
        }
        HeaderList headers = new HeaderList();
        if (!grpcStatus.isEmpty()) {
            headers.add("grpc-status", grpcStatus);
        }
        return new Fetcher.Fetched(status, headers, body);
    }

    private String api(String path) throws Exception {
        return traefik.api(path).body();
    }
}
