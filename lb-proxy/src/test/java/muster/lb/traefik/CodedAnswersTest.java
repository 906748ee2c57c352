package muster.lb.traefik;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.github.luben.zstd.ZstdInputStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import muster.lb.proxy.OpenVertx;
import muster.lb.proxy.SocketTarget;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Middlewares that change what is in an answer: compression in all its codings, gRPC for browsers. */
class CodedAnswersTest {
    private static final String LONG = "x".repeat(5000);
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    @AutoClose
    private final RunningTraefik traefik = new RunningTraefik(VERTX);
    @AutoClose
    private final SocketTarget target = new SocketTarget((head, in, out) -> {
        if (head.contains("/pieces")) {
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".getBytes(ISO_8859_1));
        } else {
            String type = head.contains("/json") ? "Content-Type: application/json; charset=utf-8\r\n" : "Content-Type: text/plain\r\n";
            String body = head.contains("/short") ? "short" : LONG;
            out.write(("HTTP/1.1 200 OK\r\n" + type + "Content-Length: " + body.length() + "\r\n\r\n" + body).getBytes(ISO_8859_1));
        }
        return true;
    });

    /** A wish of a client and the coding it gets, "" for none. */
    private record Wish(String accepts, String gets) {}

    @Test
    void aClientGetsTheCodingItLikesBestOfThoseThereAre() throws Exception {
        route("all", "compress=true");
        route("two", "compress.encodings=zstd, gzip", "compress.defaultencoding=gzip");
        for (Wish wish : List.of(new Wish("br", "br"), new Wish("zstd", "zstd"), new Wish("gzip, deflate, br, zstd", "gzip"), new Wish("GZIP", "gzip"),
                new Wish("gzip;q=0.5, br;q=0.9", "br"), new Wish("gzip;q=0, br;q=0.1", "br"), new Wish("gzip;q=0", ""), new Wish("deflate", ""),
                new Wish("identity, gzip;q=0.5", ""), new Wish("*", "gzip"), new Wish("*;q=0.1, zstd", "zstd"), new Wish("gzip;q=x", ""))) {
            assertThat(coding("/all", wish.accepts())).as(wish.accepts()).isEqualTo(wish.gets());
        }
        assertThat(List.of(coding("/two", "gzip, zstd"), coding("/two", "br"), coding("/two", "*"), coding("/two", null))).containsExactly("zstd", "", "gzip", "gzip");
    }

    @Test
    void whatIsShortOrOfAnotherTypeStaysAsItIs() throws Exception {
        route("ex", "compress.excludedcontenttypes=application/JSON");
        route("in", "compress.includedcontenttypes=application/json");
        route("min", "compress.minresponsebodybytes=5");
        assertThat(List.of(coding("/ex/json", "gzip"), coding("/ex", "gzip"), coding("/in/json", "gzip"), coding("/in", "gzip")))
                .containsExactly("", "gzip", "gzip", "");
        assertThat(List.of(coding("/ex/short", "br"), coding("/min/short", "br"), coding("/ex/pieces", "br"))).containsExactly("", "br", "br");
    }

    @Test
    void aBrowserSpeaksGrpcWithTheTrailersInTheBody() throws Exception {
        HttpServer server = grpc();
        try {
            traefik.register("calls", server.actualPort(), "http.routers.calls.rule=PathPrefix(`/calls`)", "http.routers.calls.middlewares=web",
                    "http.services.calls.loadbalancer.server.scheme=h2c", "http.middlewares.web.grpcweb.alloworigins=https://a.test");
            Eventually.passes("it is routed", () -> assertThat(traefik.api("/api/http/routers/calls@consulcatalog").body()).contains("\"status\":\"enabled\""));
            byte[] message = {0, 0, 0, 0, 2, 'h', 'i'};
            HttpResponse<byte[]> binary = send(request("/calls/S/M", "application/grpc-web+proto", message));
            assertThat(binary.headers().map()).containsEntry("content-type", List.of("application/grpc-web+proto"))
                    .containsEntry("access-control-allow-origin", List.of("https://a.test"));
            assertThat(new String(binary.body(), ISO_8859_1)).startsWith("\0\0\0\0\2hi\u0080\0\0\0").contains("grpc-status: 0\r\n");
            HttpResponse<byte[]> text = send(request("/calls/S/M", "application/grpc-web-text", Base64.getEncoder().encode(message)));
            assertThat(text.headers().map()).containsEntry("content-type", List.of("application/grpc-web-text"));
            assertThat(new String(muster.lb.middleware.GrpcWebText.decoded(text.body()), ISO_8859_1)).isEqualTo(new String(binary.body(), ISO_8859_1));
            assertThat(send(request("/calls/S/M", "application/grpc-web-text", "?".getBytes(UTF_8))).statusCode()).isEqualTo(400);
            HttpResponse<byte[]> allowed = send(traefik.request("/calls/S/M").method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                    .header("Origin", "https://a.test").header("Access-Control-Request-Method", "POST").header("Access-Control-Request-Headers", "content-type,x-grpc-web"));
            assertThat(allowed.headers().map()).containsEntry("access-control-allow-methods", List.of("POST"))
                    .containsEntry("access-control-allow-headers", List.of("content-type, x-grpc-web"));
        } finally {
            server.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    /** Sends messages back, and says in a trailer how it went. */
    private static HttpServer grpc() throws Exception {
        HttpServer server = VERTX.vertx().createHttpServer().requestHandler(request -> request.bodyHandler(body -> {
            boolean isRight = "application/grpc".equals(request.getHeader("content-type").replace("+proto", "")) && "trailers".equals(request.getHeader("te"));
            request.response().putHeader("content-type", "application/grpc").putTrailer("grpc-status", isRight ? "0" : "3");
            request.response().end(Buffer.buffer(body.getBytes()));
        }));
        return server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** The coding of a long answer, having looked that it is one; "" for none. */
    private String coding(String path, String accepts) throws Exception {
        HttpRequest.Builder request = traefik.request(path);
        HttpResponse<byte[]> answer = send(accepts == null ? request : request.header("Accept-Encoding", accepts));
        String coding = answer.headers().firstValue("Content-Encoding").orElse("");
        try (InputStream in = decoded(coding, new ByteArrayInputStream(answer.body()))) {
            assertThat(new String(in.readAllBytes(), ISO_8859_1)).isIn(LONG, "short", "abc");
        }
        return coding;
    }

    private static InputStream decoded(String coding, InputStream in) throws IOException {
        return switch (coding) {
            case "gzip" -> new GZIPInputStream(in);
            case "br" -> new BrotliInputStream(in);
            case "zstd" -> new ZstdInputStream(in);
            default -> in;
        };
    }

    private HttpRequest.Builder request(String path, String type, byte[] body) {
        return traefik.request(path).header("Content-Type", type).header("Origin", "https://a.test")
                .header("X-Grpc-Web", "1").POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return traefik.client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private void route(String name, String... options) {
        traefik.routeWith(name, target.port(), options);
    }
}
