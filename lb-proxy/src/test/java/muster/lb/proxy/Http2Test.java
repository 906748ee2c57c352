package muster.lb.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static muster.lb.proxy.RawHttp2.frame;
import static muster.lb.proxy.RawHttp2.join;
import static muster.lb.proxy.RawHttp2.literal;
import static muster.lb.proxy.RawHttp2.repeated;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import muster.lb.exchange.Listener;
import muster.lb.exchange.Listener.CertificateSource;
import muster.lb.exchange.Listener.Protocol;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP/2 with real clients and targets, and with frames that no honest client sends. */
class Http2Test {
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    private static HttpServer echo;
    private static HttpClientAgent client;

    /** A target of HTTP/2 without TLS: sends back what it gets, with trailers as gRPC has them. */
    @BeforeAll
    static void open() throws Exception {
        echo = await(VERTX.vertx().createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(true)).requestHandler(request -> {
            var response = request.response().putHeader("content-type", "application/grpc").putHeader("seen-version", request.version().name())
                    .putHeader("seen-authority", request.authority().toString())
                    .putHeader("seen-te", String.valueOf(request.getHeader("te"))).setChunked(true);
            response.putTrailer("grpc-status", "0").putTrailer("grpc-message", "done");
            request.handler(response::write);
            request.endHandler(end -> response.end());
        }).listen(0, "127.0.0.1"));
        client = VERTX.vertx().createHttpClient(new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
    }

    @AfterAll
    static void shut() throws Exception {
        await(client.close());
        await(echo.close());
    }

    private static <T> T await(io.vertx.core.Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private record Got(HttpClientResponse head, String body) {}

    private static Got call(Running server, String path, String contentType, String body) throws Exception {
        return await(client.request(HttpMethod.POST, server.port(), "127.0.0.1", path)
                .compose(request -> request.putHeader("content-type", contentType).putHeader("te", "trailers").send(Buffer.buffer(body)))
                .compose(response -> response.body().map(all -> new Got(response, all.toString()))));
    }

    @Test
    void grpcPassesWithItsTrailers() throws Exception {
        try (Running server = new Running(VERTX, Running.listener(), head -> Running.to(head, "grpc://127.0.0.1:" + echo.actualPort()))) {
            Got got = call(server, "/pkg.Service/Method", "application/grpc", "message");
            assertThat(got.body()).isEqualTo("message");
            assertThat(got.head().getHeader("seen-version")).isEqualTo("HTTP_2");
            assertThat(got.head().getHeader("seen-te")).isEqualTo("trailers");
            assertThat(got.head().getHeader("seen-authority")).isEqualTo("127.0.0.1:" + server.port());
            assertThat(got.head().getTrailer("grpc-status")).isEqualTo("0");
            assertThat(got.head().getTrailer("grpc-message")).isEqualTo("done");
        }
    }

    /** One message is sent and answered before the next: neither side waits for an end. */
    @Test
    void aStreamOfMessagesGoesBothWaysAtOnce() throws Exception {
        try (Running server = new Running(VERTX, Running.listener(), head -> Running.to(head, "grpc://127.0.0.1:" + echo.actualPort()))) {
            StringBuilder seen = new StringBuilder();
            CompletableFuture<Void> ended = new CompletableFuture<>();
            var request = await(client.request(HttpMethod.POST, server.port(), "127.0.0.1", "/s").map(r -> r.putHeader("content-type", "application/grpc").setChunked(true)));
            request.response().onSuccess(response -> {
                response.handler(piece -> {
                    seen.append(piece);
                    if (seen.length() < 50) {
                        request.write(Buffer.buffer("12345"));
                    } else {
                        request.end();
                    }
                });
                response.endHandler(end -> ended.complete(null));
            });
            request.write(Buffer.buffer("12345"));
            ended.get(60, TimeUnit.SECONDS);
            assertThat(seen).hasSize(50);
        }
    }

    @Test
    void grpcClientsAreToldInTheirOwnTerms() throws Exception {
        try (Running server = new Running(VERTX, Running.listener(), head -> head.uri().equals("/none")
                ? muster.lb.exchange.Decision.Answer.empty(404) : Running.to(head, "grpc://127.0.0.1:1"))) {
            Got none = call(server, "/none", "application/grpc", "x");
            assertThat(none.head().statusCode()).isEqualTo(200);
            assertThat(none.head().getHeader("grpc-status")).isEqualTo("5");
            assertThat(call(server, "/dead", "application/grpc+proto", "x").head().getHeader("grpc-status")).isEqualTo("14");
            assertThat(call(server, "/none", "text/plain", "x").head().statusCode()).isEqualTo(404);
        }
    }

    @Test
    void manyStreamsShareOneConnection() throws Exception {
        try (Running server = new Running(VERTX, Running.listener(), head -> Running.to(head, "h2c://127.0.0.1:" + echo.actualPort()))) {
            List<CompletableFuture<String>> all = IntStream.range(0, 300).mapToObj(i -> client.request(HttpMethod.PUT, server.port(), "127.0.0.1", "/" + i)
                    .compose(request -> request.send("body " + i)).compose(HttpClientResponse::body).map(Buffer::toString)
                    .toCompletionStage().toCompletableFuture()).toList();
            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i).get(60, TimeUnit.SECONDS)).isEqualTo("body " + i);
            }
            assertThat(server.server.connections()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void largeBodiesPassBetweenTheVersions() throws Exception {
        byte[] body = "0123456789abcdef".repeat(200_000).getBytes(UTF_8);
        Identity identity = Identity.of("a.test");
        Listener tls = Running.listener().withProtocol(Protocol.HTTPS)
                .withTls(new Listener.Tls(new CertificateSource.Given(List.of(identity.certificatePem() + identity.keyPem()))));
        try (SocketTarget old = new SocketTarget((head, in, out) -> {
            byte[] all = in.readNBytes(body.length);
            out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + all.length + "\r\nX-Head: " + head.lines().findFirst().orElse("") + "\r\n\r\n").getBytes(ISO_8859_1));
            out.write(all);
            return true;
        });
                Running server = new Running(VERTX, tls, head -> head.uri().equals("/new") ? Running.to(head, "h2c://127.0.0.1:" + echo.actualPort())
                        : Running.to(head, "http://127.0.0.1:" + old.port()))) {
            for (String path : List.of("/new", "/old")) {
                for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
                    Got got = viaVertx(server.port(), path, version, body);
                    assertThat(got.body()).as("%s %s", path, version).isEqualTo(new String(body, UTF_8));
                }
            }
        }
    }

    private static Got viaVertx(int port, String path, HttpVersion version, byte[] body) throws Exception {
        HttpClientAgent tls = VERTX.vertx().createHttpClient(new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false).setUseAlpn(true)
                .setProtocolVersion(version));
        try {
            return await(tls.request(HttpMethod.POST, port, "127.0.0.1", path).compose(request -> request.send(Buffer.buffer(body)))
                    .compose(response -> response.body().map(all -> new Got(response, all.toString()))));
        } finally {
            await(tls.close());
        }
    }

    @Test
    void aWebSocketPassesMessagesOfAllSizes() throws Exception {
        HttpServer target = await(VERTX.vertx().createHttpServer(new HttpServerOptions().setMaxWebSocketMessageSize(1 << 20).setMaxWebSocketFrameSize(1 << 20))
                .webSocketHandler(socket -> socket.textMessageHandler(socket::writeTextMessage)).listen(0, "127.0.0.1"));
        try (Running server = new Running(VERTX, Running.listener(), head -> Running.to(head, "http://127.0.0.1:" + target.actualPort()));
                HttpClient java = HttpClient.newHttpClient()) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            StringBuilder text = new StringBuilder();
            WebSocket socket = java.newWebSocketBuilder().buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/ws"), new WebSocket.Listener() {
                @Override
                public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
                    text.append(data);
                    if (isLast) {
                        answer.complete(text.toString());
                    }
                    from.request(1);
                    return null;
                }
            }).get(60, TimeUnit.SECONDS);
            String message = "message ".repeat(10_000);
            socket.sendText(message, true).get(60, TimeUnit.SECONDS);
            assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo(message);
            assertThat(server.server.inProgress()).isEqualTo(1);
            socket.sendClose(1000, "").get(60, TimeUnit.SECONDS);
            Eventually.holds("the tunnel is gone", () -> server.server.inProgress() == 0);
        } finally {
            await(target.close());
        }
    }

    @Test
    void anHttp2ClientWithoutPriorKnowledgeIsServedByHttp1() throws Exception {
        try (Running server = new Running(VERTX, Running.listener(), head -> Running.text(head.version().text()));
                HttpClient java = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            HttpResponse<String> answer = java.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).isEqualTo("HTTP/1.1");
        }
    }

    /** Frames after the preface, and how it has to end: the connection goes away (GOAWAY or close), or the stream alone does. */
    record Abuse(String name, byte[] frames, boolean endsConnection) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Abuse> abuses() {
        byte[] get = {(byte) 0x82, (byte) 0x84, (byte) 0x86, 0x41, 0x01, 'a'};
        return List.of(
                new Abuse("a reset behind each of many requests", repeated(600, i -> join(frame(1, 5, 2 * i + 1, get), frame(3, 0, 2 * i + 1, new byte[4]))), true),
                new Abuse("an endless head of small continuations", join(frame(1, 1, 1, get), repeated(2000, i -> frame(9, 0, 1, new byte[0]))), true),
                new Abuse("a head that is too long", join(frame(1, 1, 1, get), repeated(200, i -> frame(9, 0, 1, literal("x" + i, "y".repeat(8000))))), true),
                new Abuse("settings again and again, answers unread", repeated(20_000, i -> frame(4, 0, 0, new byte[0])), true),
                new Abuse("pings again and again, answers unread", repeated(20_000, i -> frame(6, 0, 0, new byte[8])), true),
                new Abuse("data without end and without bytes", join(frame(1, 4, 1, post()), repeated(1000, i -> frame(0, 0, 1, new byte[0]))), true),
                new Abuse("an even stream", frame(1, 5, 2, get), true),
                new Abuse("data on a stream that never was", frame(0, 1, 5, new byte[1]), true),
                new Abuse("a frame beyond the agreed size", frame(0, 0, 1, new byte[20_000]), true),
                new Abuse("a window that overflows", join(frame(8, 0, 0, new byte[] {0x7f, -1, -1, -1}), frame(8, 0, 0, new byte[] {0x7f, -1, -1, -1})), true),
                new Abuse("a window update of nothing", frame(8, 0, 0, new byte[4]), true),
                new Abuse("settings of a wrong length", frame(4, 0, 0, new byte[5]), true),
                new Abuse("settings on a stream", frame(4, 0, 1, new byte[0]), true),
                new Abuse("a push from a client", frame(5, 4, 1, join(new byte[4], get)), true),
                new Abuse("an index the table does not have", frame(1, 5, 1, new byte[] {(byte) 0xff, (byte) 0xff, 0x03}), true),
                new Abuse("a name in capitals", frame(1, 5, 1, join(get, literal("X-A", "b"))), false),
                new Abuse("a Connection header", frame(1, 5, 1, join(get, literal("connection", "close"))), false),
                new Abuse("a transfer coding", frame(1, 5, 1, join(get, literal("transfer-encoding", "chunked"))), false),
                new Abuse("a pseudo header that nobody knows", frame(1, 5, 1, join(get, literal(":secret", "b"))), false),
                new Abuse("a pseudo header of an answer", frame(1, 5, 1, join(get, literal(":status", "200"))), false),
                new Abuse("a pseudo header behind others", frame(1, 5, 1, join(get, literal("x", "y"), literal(":path", "/b"))), false),
                new Abuse("a path twice", frame(1, 5, 1, join(get, literal(":path", "/b"))), false),
                new Abuse("no path", frame(1, 5, 1, new byte[] {(byte) 0x82, (byte) 0x86, 0x41, 0x01, 'a'}), false),
                new Abuse("an empty path", frame(1, 5, 1, join(new byte[] {(byte) 0x82, (byte) 0x86, 0x41, 0x01, 'a'}, literal(":path", ""))), false),
                new Abuse("a line end in a value", frame(1, 5, 1, join(get, literal("x", "y\r\nz: 1"))), false),
                new Abuse("a line end in a path", frame(1, 5, 1, join(new byte[] {(byte) 0x82, (byte) 0x86, 0x41, 0x01, 'a'}, literal(":path", "/ HTTP/1.1\r\nX: y"))), false),
                new Abuse("a blank in a method", frame(1, 5, 1, join(new byte[] {(byte) 0x84, (byte) 0x86, 0x41, 0x01, 'a'}, literal(":method", "GET /x"))), false),
                new Abuse("a host that is not the authority", frame(1, 5, 1, join(get, literal("host", "b"))), false),
                new Abuse("a length and no body", frame(1, 5, 1, join(get, literal("content-length", "5"))), false),
                new Abuse("a body longer than its length", join(frame(1, 4, 1, join(post(), literal("content-length", "1"))), frame(0, 1, 1, new byte[5])), false),
                new Abuse("CONNECT", frame(1, 5, 1, join(new byte[] {0x41, 0x01, 'a'}, literal(":method", "CONNECT"))), false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("abuses")
    void noTargetSeesWhatNoHonestClientSends(Abuse abuse) throws Exception {
        try (SocketTarget target = SocketTarget.saying("ok");
                Running server = new Running(VERTX, Running.listener(), head -> head.uri().equals("/hold")
                        ? new muster.lb.exchange.Decision.Later(new CompletableFuture<>()) : Running.to(head, "http://127.0.0.1:" + target.port()));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(60_000);
            byte[] ping = frame(6, 0, 0, "stillup!".getBytes(ISO_8859_1));
            Thread.ofVirtual().start(() -> {
                try {
                    socket.getOutputStream().write(join("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1), frame(4, 0, 0, new byte[0]), abuse.frames(), ping));
                } catch (IOException e) {
                    // Cut off before all of it was sent.
                }
            });
            boolean isRefused = false;
            boolean isUp = false;
            try {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                while (!isUp) {
                    int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                    int type = in.readUnsignedByte();
                    int flags = in.readUnsignedByte();
                    in.readInt();
                    byte[] payload = in.readNBytes(length);
                    isRefused |= type == 7 || type == 3 || type == 1 && !new String(payload, ISO_8859_1).startsWith("\u0088");
                    isUp = type == 6 && (flags & 1) == 1 && new String(payload, ISO_8859_1).equals("stillup!");
                }
            } catch (java.io.EOFException | SocketException e) {
                isRefused = true;
            }
            assertThat(isRefused || !isUp).isTrue();
            if (abuse.endsConnection()) {
                assertThat(isUp).as("the connection is over").isFalse();
            }
            assertThat(target.heads()).as("what the target saw").allSatisfy(head -> assertThat(head).startsWith("GET / HTTP/1.1\r\n"));
            if (!abuse.endsConnection()) {
                assertThat(target.heads().stream().filter(head -> !abuse.name().startsWith("a body"))).isEmpty();
            }
            Eventually.holds("nothing is left of it", () -> server.server.inProgress() == 0);
        }
    }

    private static byte[] post() {
        return join(new byte[] {(byte) 0x83, (byte) 0x86, 0x41, 0x01, 'a'}, literal(":path", "/hold"));
    }
}
