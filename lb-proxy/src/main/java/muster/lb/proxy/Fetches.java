package muster.lb.proxy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.PoolOptions;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Fetcher;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Meter;

/** Sends requests of the proxy's own, over connections of its own. */
public final class Fetches implements Fetcher, AutoCloseable {
    private static final int MAX_CONNECTIONS = 64;
    private static final int MAX_WAITING = 1024;

    private final Clients clients;

    public Fetches(Vertx vertx, ProxySettings settings) {
        this.clients = new Clients(client(vertx, settings), client(vertx, settings));
    }

    @Override
    public CompletionStage<Fetched> fetch(Request request) {
        Attempt attempt = new Attempt(request.target(), "", request.transport(), request.uri(), request.headers(), new Meter());
        return clients.of(attempt).request(Upstream.options(attempt, request.method()).setTimeout(Math.max(1, request.timeout().toMillis())))
                .compose(sent -> {
                    request.headers().forEach(sent.headers()::add);
                    sent.headers().set("Content-Length", "" + request.body().length);
                    if (request.body().length == 0 && (request.method().equals("GET") || request.method().equals("HEAD"))) {
                        sent.headers().remove("Content-Length");
                    }
                    return sent.send(Buffer.buffer(request.body())).compose(answer -> read(sent, answer, request.maxBytes()));
                })
                .timeout(Math.max(1, request.timeout().toMillis()), TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(failure instanceof IOException ? failure
                        : new IOException(request.target().authority() + ": " + failure.getMessage(), failure)))
                .toCompletionStage();
    }

    private static Future<Fetched> read(HttpClientRequest sent, HttpClientResponse answer, int maxBytes) {
        Buffer body = Buffer.buffer();
        boolean[] isTooLong = {false};
        answer.handler(piece -> {
            if (body.length() + piece.length() <= maxBytes) {
                body.appendBuffer(piece);
            } else {
                isTooLong[0] = true;
                sent.reset();
            }
        });
        return answer.end().transform(done -> {
            if (isTooLong[0]) {
                return Future.failedFuture(new IOException("the answer is longer than " + maxBytes + " bytes"));
            }
            if (done.failed()) {
                return Future.failedFuture(done.cause());
            }
            HeaderList headers = new HeaderList();
            answer.headers().forEach((name, value) -> headers.add(name, value));
            return Future.succeededFuture(new Fetched(answer.statusCode(), headers, body.getBytes()));
        });
    }

    /** Ends its connections; questions in progress fail. */
    @Override
    public void close() {
        clients.close();
    }

    private static HttpClient client(Vertx vertx, ProxySettings settings) {
        return vertx.createHttpClient(
                new HttpClientOptions()
                        .setConnectTimeout((int) settings.dialTimeout().toMillis())
                        .setKeepAliveTimeout((int) Math.max(1, settings.idleTimeout().toSeconds()))
                        .setMaxHeaderSize(settings.maxHeaderBytes())
                        .setDecompressionSupported(false)
                        .setTcpNoDelay(true),
                new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS).setMaxWaitQueueSize(MAX_WAITING));
    }
}
