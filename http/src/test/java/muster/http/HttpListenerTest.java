package muster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpListenerTest {
    private final Vertx vertx = Transports.vertx();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final CompletableFuture<Void> clientGone = new CompletableFuture<>();
    private final CountDownLatch waiting = new CountDownLatch(1);
    private HttpListener listener;

    @BeforeEach
    void start() throws Exception {
        Routes routes = new Routes()
                .get("/echo/*rest", Handlers.direct(call -> Reply.text(200, call.parameter("rest") + "?" + call.query("q"))))
                .add("PUT", "/body", 10, Handlers.direct(call -> Reply.of(200, "text/plain", call.body())))
                .get("/large", Handlers.blocking(call -> Reply.text(200, "row of a long list, ".repeat(10_000))))
                .get("/blocking", Handlers.blocking(call -> Reply.text(200, String.valueOf(Thread.currentThread().isVirtual()))))
                .get("/broken", Handlers.direct(call -> {
                    throw new IllegalStateException("broken");
                }))
                .get("/waits", call -> {
                    call.gone().thenRun(() -> clientGone.complete(null));
                    waiting.countDown();
                    return new CompletableFuture<>();
                })
                .get("/stream", Handlers.direct(call -> new Reply.Streaming(200, java.util.Map.of(), sink -> {
                    for (int i = 0; i < 3; i++) {
                        sink.write((i + "\n").getBytes(StandardCharsets.UTF_8));
                    }
                })));
        listener = HttpListener.start(vertx, HttpListener.Listen.on("127.0.0.1", 0), routes, new PlainDialect());
    }

    @AfterEach
    void stop() {
        listener.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aPathIsDecodedAndItsQueryToo() throws Exception {
        assertThat(get("/echo/a%2Fb%20c?q=x%2By+z").body()).isEqualTo("a/b c?x+y z");
    }

    @Test
    void anUncleanPathIsRedirectedWithItsQuery() throws Exception {
        HttpResponse<String> reply = get("/echo//a?q=1");
        assertThat(reply.statusCode()).isEqualTo(301);
        assertThat(reply.headers().firstValue("Location")).contains("/echo/a?q=1");
    }

    @Test
    void aBodyUpToTheLimitIsTakenAndOneAboveRefused() throws Exception {
        assertThat(put("/body", "0123456789").body()).isEqualTo("0123456789");
        assertThat(put("/body", "0123456789x").statusCode()).isEqualTo(413);
    }

    /** Java's client offers HTTP/2 with its first request, and would take an upgrade for one that is refused as malformed. */
    @Test
    void anOfferOfHttp2IsNotTaken() throws Exception {
        try (HttpClient offering = HttpClient.newHttpClient()) {
            HttpResponse<String> refused = offering.send(
                    HttpRequest.newBuilder(uri("/body")).PUT(HttpRequest.BodyPublishers.ofString("0123456789x")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(413);
            assertThat(refused.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        }
    }

    @Test
    void aChunkedBodyAboveTheLimitIsRefused() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/body"))
                .PUT(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[100])))
                .build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(413);
    }

    @Test
    void blockingHandlersRunOnVirtualThreads() throws Exception {
        assertThat(get("/blocking").body()).isEqualTo("true");
    }

    @Test
    void whatAHandlerThrowsIsTheDialectsAnswer() throws Exception {
        HttpResponse<String> reply = get("/broken");
        assertThat(reply.statusCode()).isEqualTo(500);
        assertThat(reply.body()).isEqualTo("broken");
    }

    @Test
    void unknownPathsAndMethodsAreTheDialectsAnswers() throws Exception {
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        assertThat(put("/blocking", "").body()).isEqualTo("[GET]");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/echo/hello", "/large"})
    void aReplyIsPackedForThoseWhoAcceptIt(String path) throws Exception {
        String plain = get(path).body();

        HttpRequest request = HttpRequest.newBuilder(uri(path)).header("Accept-Encoding", "gzip").build();
        HttpResponse<byte[]> reply = client.send(request, HttpResponse.BodyHandlers.ofByteArray());

        assertThat(reply.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(reply.headers().firstValue("Content-Length")).contains(String.valueOf(reply.body().length));
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(reply.body()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain);
        }
    }

    @Test
    void aStreamArrivesWhole() throws Exception {
        assertThat(get("/stream").body()).isEqualTo("0\n1\n2\n");
    }

    @Test
    void aWaitingHandlerHearsThatItsClientHungUp() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", listener.port())) {
            socket.getOutputStream().write("GET /waits HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
        }
        clientGone.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HttpListener.Listen listen = HttpListener.Listen.on("127.0.0.1", taken.getLocalPort());
            assertThatThrownBy(() -> HttpListener.start(vertx, listen, new Routes(), new PlainDialect()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("can't listen on 127.0.0.1:" + taken.getLocalPort() + ": address already in use");
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> put(String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri(path)).PUT(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listener.port() + path);
    }

    record PlainDialect() implements Dialect {
        @Override
        public Reply notFound(Call call) {
            return Reply.empty(404);
        }

        @Override
        public Reply methodNotAllowed(Call call, Set<String> allowed) {
            return Reply.text(405, allowed.toString());
        }

        @Override
        public Reply tooLarge(Call call, long limit, long size) {
            return Reply.text(413, "at most " + limit);
        }

        @Override
        public Reply failed(Call call, Throwable failure) {
            return Reply.text(500, failure.getMessage());
        }
    }
}
