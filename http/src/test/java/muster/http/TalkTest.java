package muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TalkTest {
    private static final Patience SHORT = new Patience(Duration.ofMillis(200), Duration.ofMillis(200), Duration.ofSeconds(10), 1);
    private final Vertx vertx = Transports.vertx();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private HttpListener listener;

    @BeforeEach
    void start() throws Exception {
        Reply.Conversation echo = peer -> {
            for (Optional<byte[]> message = peer.receive(); message.isPresent(); message = peer.receive()) {
                String text = new String(message.get(), StandardCharsets.UTF_8);
                if (text.equals("end")) {
                    peer.close(1008, "as you wish");
                    return;
                }
                peer.send(("you said " + text).getBytes(StandardCharsets.UTF_8));
            }
            left.complete(null);
        };
        Routes routes = new Routes().get("/talk", Handlers.blocking(call -> new Reply.WebSocket(echo)))
                .get("/no", Handlers.blocking(call -> Reply.text(404, "nobody")));
        listener = HttpListener.start(vertx, new HttpListener.Listen("127.0.0.1", 0, 1, 0, SHORT), routes, new HttpListenerTest.PlainDialect());
    }

    @AfterEach
    void stop() {
        listener.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private URI uri(String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + listener.port() + path);
    }

    /** Collects whole texts and the end. */
    private static final class Heard implements WebSocket.Listener {
        final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                texts.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            texts.add("closed " + status + " " + reason);
            return null;
        }

        String next() throws InterruptedException {
            return texts.poll(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void messagesGoBothWaysAndTheEndHasAStatus() throws Exception {
        Heard heard = new Heard();
        WebSocket socket = client.newWebSocketBuilder().buildAsync(uri("ws", "/talk"), heard).join();
        socket.sendText("hello", true).join();
        assertThat(heard.next()).isEqualTo("you said hello");
        String large = "x".repeat(200_000);
        socket.sendText(large, true).join();
        assertThat(heard.next()).isEqualTo("you said " + large);
        // Silence is nothing that ends a conversation, however little patience there is with requests.
        assertThat(heard.texts.poll(1, TimeUnit.SECONDS)).isNull();
        socket.sendText("still there", true).join();
        assertThat(heard.next()).isEqualTo("you said still there");
        socket.sendText("end", true).join();
        assertThat(heard.next()).isEqualTo("closed 1008 as you wish");
    }

    @Test
    void aClientThatLeavesEndsTheConversation() throws Exception {
        WebSocket socket = client.newWebSocketBuilder().buildAsync(uri("ws", "/talk"), new Heard()).join();
        socket.abort();
        left.get(10, TimeUnit.SECONDS);
    }

    @Test
    void whatIsNoConversationIsAnsweredPlainly() throws Exception {
        HttpResponse<String> reply = client.send(HttpRequest.newBuilder(uri("http", "/talk")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(client.newWebSocketBuilder().buildAsync(uri("ws", "/no"), new Heard()).handle((socket, failure) ->
                ((java.net.http.WebSocketHandshakeException) failure.getCause()).getResponse().statusCode()).join()).isEqualTo(404);
    }

    @Test
    void aPageOfAnotherOriginIsRefused() {
        assertThat(client.newWebSocketBuilder().header("Origin", "http://elsewhere.test").buildAsync(uri("ws", "/talk"), new Heard())
                .handle((socket, failure) -> ((java.net.http.WebSocketHandshakeException) failure.getCause()).getResponse().statusCode()).join())
                .isEqualTo(403);
        WebSocket socket = client.newWebSocketBuilder().header("Origin", "http://127.0.0.1:" + listener.port())
                .buildAsync(uri("ws", "/talk"), new Heard()).join();
        socket.abort();
    }
}
