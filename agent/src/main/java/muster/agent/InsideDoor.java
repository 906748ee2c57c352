package muster.agent;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Dialect;
import muster.http.Dispatcher;
import muster.http.HttpListener;
import muster.http.Reply;
import muster.http.Routes;

/**
 * The way of this process to its own API where that speaks TLS: a port of the loopback interface which answers nobody but who
 * knows a secret that was made for this run and is never written down. Any thread may call.
 */
final class InsideDoor implements AutoCloseable {
    private static final String HEADER = "x-muster-inside";
    private static final long MAX_BODY = 16 << 20;

    private final String secret;
    private final HttpListener listener;
    private volatile Dispatcher api;

    private InsideDoor(String secret, Vertx vertx, Dialect dialect) throws IOException, InterruptedException {
        this.secret = secret;
        Routes routes = new Routes();
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/*path", MAX_BODY, this::answer);
        }
        listener = HttpListener.start(vertx, HttpListener.Listen.on("127.0.0.1", 0), routes, dialect);
    }

    /** @param secret new, and not to be guessed */
    static InsideDoor open(String secret, Vertx vertx, Dialect dialect) throws IOException, InterruptedException {
        return new InsideDoor(secret, vertx, dialect);
    }

    /** What is behind it; before, it answers 503. */
    void leadTo(Dispatcher served) {
        api = served;
    }

    private CompletionStage<Reply> answer(Call call) {
        if (!MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), call.header(HEADER).getBytes(StandardCharsets.UTF_8))) {
            return CompletableFuture.completedFuture(Reply.text(403, "this port is the agent's own"));
        }
        Dispatcher behind = api;
        return behind == null ? CompletableFuture.completedFuture(Reply.text(503, "the agent is being started")) : behind.handle(call);
    }

    String address() {
        return "127.0.0.1:" + listener.port();
    }

    /** What opens it. */
    Map<String, String> headers() {
        return Map.of(HEADER, secret);
    }

    @Override
    public void close() {
        listener.close();
    }
}
