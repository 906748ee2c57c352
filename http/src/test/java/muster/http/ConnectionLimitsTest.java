package muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a listener takes from its clients, with clients of plain sockets. */
@Timeout(60)
class ConnectionLimitsTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Vertx vertx = Transports.vertx();
    private final List<Socket> sockets = new ArrayList<>();
    private final CompletableFuture<Reply> late = new CompletableFuture<>();
    private HttpListener listener;

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        listener.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void start(int perClient, Patience patience) throws Exception {
        Routes routes = new Routes()
                .get("/", Handlers.direct(call -> Reply.text(200, "fine")))
                .get("/late", call -> late)
                .put("/body", Handlers.direct(call -> Reply.text(200, String.valueOf(call.body().length))));
        listener = HttpListener.start(vertx, new HttpListener.Listen("127.0.0.1", 0, 1, perClient, patience), routes,
                new HttpListenerTest.PlainDialect());
    }

    private Socket connect(String from) throws IOException {
        Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), listener.port(), InetAddress.getByName(from), 0);
        socket.setSoTimeout(30_000);
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The next answer with a body of the given length, or whatever comes before the end. */
    private static String answer(Socket socket, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
        }
        return text.toString();
    }

    private static boolean ends(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    private static String get(Socket socket) throws IOException {
        send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        return answer(socket, "fine");
    }

    /** Plan: a client takes what it may have; one more is told so; another client is not concerned; with one gone it has room again. */
    @Test
    void a_client_with_too_many_connections_is_told_so() throws Exception {
        start(3, Patience.USUAL);
        List<Socket> taken = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            taken.add(connect("127.0.0.2"));
            assertThat(get(taken.getLast())).startsWith("HTTP/1.1 200");
        }
        Socket further = connect("127.0.0.2");
        send(further, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(answer(further, "calls\n")).isEqualTo("HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\n"
                + "Content-Length: 81\r\nConnection: close\r\n\r\n"
                + "Your IP is issuing too many concurrent connections, please rate limit your calls\n");
        assertThat(ends(further)).isTrue();
        assertThat(get(connect("127.0.0.3"))).startsWith("HTTP/1.1 200");
        taken.getFirst().close();
        Eventually.passes("there is room again", () -> {
            Socket again = connect("127.0.0.2");
            assertThat(get(again)).startsWith("HTTP/1.1 200");
        });
    }

    /** Plan: heads that never end, one silent and one a byte at a time, end the connection; so does silence after a reply. */
    @Test
    void a_head_has_to_come_in_time() throws Exception {
        start(0, new Patience(Duration.ofMillis(300), LONG, LONG, 1));
        Socket silent = connect("127.0.0.1");
        send(silent, "GET / HTTP/1.1\r\nHost: ");
        assertThat(ends(silent)).isTrue();
        Socket slow = connect("127.0.0.1");
        assertThat(get(slow)).startsWith("HTTP/1.1 200");
        send(slow, "GET / HTTP/1.1\r\nX: ");
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    send(slow, "x");
                    slow.getOutputStream().flush();
                    Thread.yield();
                }
            } catch (IOException closed) {
                sockets.size();
            }
        });
        assertThat(ends(slow)).isTrue();
    }

    @Test
    void an_idle_connection_ends_and_one_that_waits_for_its_reply_does_not() throws Exception {
        start(0, new Patience(LONG, Duration.ofMillis(300), LONG, 1));
        Socket waiting = connect("127.0.0.1");
        send(waiting, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
        Socket used = connect("127.0.0.1");
        assertThat(get(used)).startsWith("HTTP/1.1 200");
        assertThat(ends(used)).isTrue();
        Socket unused = connect("127.0.0.1");
        assertThat(ends(unused)).isTrue();
        late.complete(Reply.text(200, "fine"));
        assertThat(answer(waiting, "fine")).startsWith("HTTP/1.1 200");
    }

    /** Plan: a body that stops coming ends the connection; one that comes fast enough is taken however long it takes. */
    @Test
    void a_body_has_to_go_on_coming() throws Exception {
        start(0, new Patience(LONG, LONG, Duration.ofMillis(300), 1_000));
        Socket stopping = connect("127.0.0.1");
        send(stopping, "PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc");
        assertThat(ends(stopping)).isTrue();
        Socket whole = connect("127.0.0.1");
        send(whole, "PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000));
        assertThat(answer(whole, "100000")).contains("200 OK");
        assertThat(get(whole)).startsWith("HTTP/1.1 200");
    }

    @Test
    void requests_sent_at_once_are_answered_in_order() throws Exception {
        start(0, Patience.USUAL);
        Socket socket = connect("127.0.0.1");
        send(socket, "PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: x\r\n\r\n"
                + "PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\nabcdefghijkl");
        assertThat(answer(socket, "\r\n\r\n3")).contains("200 OK");
        assertThat(answer(socket, "fine")).contains("200 OK");
        assertThat(answer(socket, "\r\n\r\n12")).contains("200 OK");
    }

    @Test
    void heads_larger_than_the_limit_are_refused() throws Exception {
        start(0, Patience.USUAL);
        Socket header = connect("127.0.0.1");
        send(header, "GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(300_000) + "\r\n\r\n");
        assertThat(answer(header, "\r\n")).contains("431");
        Socket line = connect("127.0.0.1");
        send(line, "GET /" + "x".repeat(300_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(answer(line, "\r\n")).contains("414");
    }
}
