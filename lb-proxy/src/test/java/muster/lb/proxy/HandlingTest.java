package muster.lb.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Decision.RequestBody;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.Decision.Retry;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Listener;
import muster.lb.exchange.Meter;
import muster.lb.exchange.RequestHead;
import muster.lb.route.TargetUrl;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a dialect may ask for besides an answer or a target, over real sockets. */
class HandlingTest {
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    @AutoClose
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @Test
    void aLateDecisionIsWaitedFor() throws Exception {
        CompletableFuture<Decision> later = new CompletableFuture<>();
        BlockingQueue<RequestHead> asked = new LinkedBlockingQueue<>();
        try (Running server = new Running(head -> {
            asked.add(head);
            return new Decision.Later(later);
        })) {
            CompletableFuture<HttpResponse<String>> answer = CLIENT.sendAsync(server.request("/").build(), HttpResponse.BodyHandlers.ofString());
            assertThat(asked.poll(60, TimeUnit.SECONDS)).isNotNull();
            assertThat(answer).isNotDone();
            later.complete(Answer.text(418, "late"));
            assertThat(answer.get(60, TimeUnit.SECONDS).body()).isEqualTo("late");
        }
    }

    @Test
    void aFailedDecisionIsAnInternalError() throws Exception {
        try (Running server = new Running(head -> new Decision.Later(CompletableFuture.failedFuture(new IllegalStateException("why"))))) {
            assertThat(server.get("/").statusCode()).isEqualTo(500);
        }
    }

    @Test
    void aBodyThatIsReadFirstIsSentOnAndOneTooLargeIsTold() throws Exception {
        try (SocketTarget target = new SocketTarget((head, in, out) -> {
            out.write(SocketTarget.answer(200, new String(in.readNBytes(5), UTF_8)));
            return true;
        }); Running server = new Running(head -> new Decision.Collect(8, body -> body.isEmpty() ? Answer.text(413, "large") : to(target)))) {
            assertThat(server.post("hello").body()).isEqualTo("hello");
            assertThat(server.post("much too large").statusCode()).isEqualTo(413);
            HttpRequest chunked = server.request("/").POST(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString("hello"))).build();
            assertThat(CLIENT.send(chunked, HttpResponse.BodyHandlers.ofString()).body()).isEqualTo("hello");
        }
    }

    @Test
    void aHeldBodyGoesToTheNextTargetAndABoundHoldsWithoutALength() throws Exception {
        try (SocketTarget first = new SocketTarget((head, in, out) -> {
            in.readNBytes(5);
            return false;
        }); SocketTarget second = new SocketTarget((head, in, out) -> {
            out.write(SocketTarget.answer(200, new String(in.readNBytes(5), UTF_8)));
            return true;
        }); Running server = new Running(head -> new Forward(attempt(first.port()), failed -> Optional.of(attempt(second.port())), ResponseEdit.NONE,
                new RequestBody(5, true)))) {
            HttpRequest put = server.request("/").PUT(HttpRequest.BodyPublishers.ofString("hello")).build();
            assertThat(CLIENT.send(put, HttpResponse.BodyHandlers.ofString()).body()).isEqualTo("hello");
            assertThat(server.post("hello!").statusCode()).isEqualTo(413);
            HttpRequest chunked = server.request("/").POST(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString("hello!"))).build();
            assertThat(CLIENT.send(chunked, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(413);
        }
    }

    @Test
    void anAnswerMayBeReplacedByAnotherTargets() throws Exception {
        try (SocketTarget bad = new SocketTarget((head, in, out) -> {
            out.write(SocketTarget.answer(500, "bad"));
            return true;
        }); SocketTarget page = SocketTarget.saying("page"); Running server = new Running(head -> forward(bad, RequestBody.STREAMED, new Edit() {
            @Override
            public Optional<Decision> instead(int status, HeaderList headers) {
                return Optional.of(forward(page, RequestBody.of("GET", new byte[0]), new Edit() {
                    @Override
                    public void edit(int ignored, HeaderList headers) {
                        headers.set("X-Page", "1");
                    }

                    @Override
                    public int status(int ignored) {
                        return status;
                    }
                }));
            }
        }))) {
            HttpResponse<String> answer = server.post("hello");
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).isEqualTo("page");
            assertThat(answer.headers().firstValue("X-Page")).contains("1");
            assertThat(page.heads().getFirst()).startsWith("GET ");
        }
    }

    @Test
    void aFilterChangesTheBodyAndMayHoldTheHead() throws Exception {
        BodyCoder doubling = new BodyCoder() {
            private String held = "";

            @Override
            public byte[] piece(byte[] piece) {
                held += new String(piece, UTF_8);
                return new byte[0];
            }

            @Override
            public byte[] end() {
                return (held + held).getBytes(UTF_8);
            }

            @Override
            public boolean isHolding() {
                return true;
            }
        };
        try (SocketTarget target = SocketTarget.saying("ab"); Running server = new Running(head -> forward(target, RequestBody.STREAMED, new Edit() {
            @Override
            public Optional<BodyCoder> coder(int status, HeaderList headers) {
                return Optional.of(doubling);
            }
        }))) {
            HttpResponse<String> answer = server.get("/");
            assertThat(answer.body()).isEqualTo("abab");
            assertThat(answer.headers().firstValue("Content-Length")).contains("4");
        }
    }

    @Test
    void aFailureMayTakeAnotherWayAndTheEndIsToldOnce() throws Exception {
        BlockingQueue<Dispatcher.Ended> ended = new LinkedBlockingQueue<>();
        try (DeadPort dead = new DeadPort(); SocketTarget target = SocketTarget.saying("ok"); Running server = new Running(head -> new Decision.Watched(
                new Forward(attempt(dead.port()), Retry.NONE, new Edit() {
                    @Override
                    public Optional<Decision> failed(Failure failure) {
                        return Optional.of(to(target));
                    }
                }), ended::add))) {
            assertThat(server.get("/").body()).isEqualTo("ok");
            assertThat(ended.poll(60, TimeUnit.SECONDS).status()).isEqualTo(200);
            assertThat(ended).isEmpty();
        }
    }

    @Test
    void circlesEnd() throws Exception {
        try (SocketTarget target = SocketTarget.saying("x"); Running server = new Running(head -> circle(target))) {
            assertThat(server.get("/").statusCode()).isEqualTo(500);
        }
    }

    private static Decision circle(SocketTarget target) {
        return forward(target, RequestBody.STREAMED, new Edit() {
            @Override
            public Optional<Decision> instead(int status, HeaderList headers) {
                return Optional.of(circle(target));
            }
        });
    }

    private static Decision to(SocketTarget target) {
        return forward(target, RequestBody.STREAMED, ResponseEdit.NONE);
    }

    private static Forward forward(SocketTarget target, RequestBody body, ResponseEdit edit) {
        return new Forward(attempt(target.port()), Retry.NONE, edit, body);
    }

    private static class Edit implements ResponseEdit {
        @Override
        public void edit(int status, HeaderList headers) {
            // most of these tests leave the headers as they are
        }
    }

    static Attempt attempt(int port) {
        return new Attempt(TargetUrl.parse("http://127.0.0.1:" + port), "", "", false, "/", new HeaderList().add("Host", "x").add("Content-Length", "5"),
                new Meter());
    }

    /** A listener that decides so. */
    private static final class Running implements AutoCloseable {
        private final ProxyServer server;

        Running(Function<RequestHead, Decision> decide) throws InterruptedException {
            server = ProxyServer.open(VERTX.vertx(), Listener.http("test", "127.0.0.1", 0), ProxySettings.DEFAULTS, ProxyServer.Deciders.http(new Dispatcher() {
                @Override
                public Decision decide(RequestHead head) {
                    return decide.apply(head);
                }

                @Override
                public Answer failed(RequestHead head, Failure failure) {
                    return Answer.text(502, failure.name());
                }
            }), Optional.empty());
        }

        HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).version(HttpClient.Version.HTTP_1_1);
        }

        HttpResponse<String> get(String path) throws Exception {
            return CLIENT.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
        }

        HttpResponse<String> post(String body) throws Exception {
            return CLIENT.send(request("/").POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
        }

        @Override
        public void close() throws InterruptedException {
            server.close(Duration.ofSeconds(2));
        }
    }
}
