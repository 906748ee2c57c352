package muster.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a {@link Routes} list on one address. One server instance for each event loop shares the port; handlers run on
 * the loop of their connection. Paths are cleaned as Go's router does: doubled slashes and dot segments are answered with
 * 301 to the clean path.
 */
public final class HttpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
    private static final int MAX_LINE = 1 << 18;
    private static final int FIRST_ROOM = 1 << 10;
    private static final int MOST_AHEAD = 64 << 10;

    /**
     * @param host address to bind, no name
     * @param port 0 picks a free one
     * @param instances event loops that share the port, at least 1
     * @param maxConnectionsPerClient connections from one client address before further ones are refused with 429; 0 is no limit
     * @param tls what the listener shows; empty speaks plain HTTP
     */
    public record Listen(String host, int port, int instances, int maxConnectionsPerClient, Patience patience, Optional<Tls> tls) {
        /** Plain HTTP. */
        public Listen(String host, int port, int instances, int maxConnectionsPerClient, Patience patience) {
            this(host, port, instances, maxConnectionsPerClient, patience, Optional.empty());
        }

        /** Plain HTTP with the usual patience. */
        public Listen(String host, int port, int instances, int maxConnectionsPerClient) {
            this(host, port, instances, maxConnectionsPerClient, Patience.USUAL);
        }

        /** The same over TLS. */
        public Listen with(Tls shown) {
            return new Listen(host, port, instances, maxConnectionsPerClient, patience, Optional.of(shown));
        }

        public static Listen on(String host, int port) {
            return new Listen(host, port, 1, 0);
        }
    }

    private final Vertx vertx;
    private final Listen listen;
    private final RouteTree tree;
    private final Dialect dialect;
    private final Connections connections;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private volatile String deployment;
    private volatile int port;

    private HttpListener(Vertx vertx, Listen listen, Routes routes, Dialect dialect) {
        this.vertx = vertx;
        this.listen = listen;
        this.tree = RouteTree.of(routes.all());
        this.dialect = dialect;
        this.connections = new Connections(listen.maxConnectionsPerClient(), listen.patience());
    }

    /**
     * Binds and serves; returns when the port is open. Throws {@link IOException} naming the address when it can't be
     * bound. Blocks; not for an event loop.
     */
    public static HttpListener start(Vertx vertx, Listen listen, Routes routes, Dialect dialect)
            throws IOException, InterruptedException {
        if (listen.tls().isPresent()) {
            listen.tls().get().require();
        }
        HttpListener listener = new HttpListener(vertx, listen, routes, dialect);
        try {
            // A free port is picked by the first instance, so that the others can share it.
            listener.deployment = await(vertx.deployVerticle(
                    () -> listener.instance(), new DeploymentOptions().setInstances(listen.port() == 0 ? 1 : listen.instances())));
        } catch (ExecutionException e) {
            String reason = e.getCause() instanceof BindException || String.valueOf(e.getCause().getMessage()).contains("in use")
                    ? "address already in use"
                    : e.getCause().getMessage();
            throw new IOException("can't listen on " + listen.host() + ":" + listen.port() + ": " + reason, e.getCause());
        }
        return listener;
    }

    /** The bound port. */
    public int port() {
        return port;
    }

    /**
     * Shows other certificates to connections that come from now on; those that are open keep theirs. Throws {@link IOException} and
     * changes nothing when they can't be used. Blocks; not for an event loop. For listeners that were started with TLS.
     */
    public void renew(Tls tls) throws IOException, InterruptedException {
        tls.require();
        for (HttpServer server : servers) {
            try {
                await(server.updateSSLOptions(tls.options()));
            } catch (ExecutionException e) {
                throw new IOException("the new certificates can't be used: " + e.getCause().getMessage(), e.getCause());
            }
        }
    }

    /** Closes the listener and its connections; replies under way are cut. */
    @Override
    public void close() {
        String id = deployment;
        if (id != null) {
            try {
                await(vertx.undeploy(id));
            } catch (ExecutionException e) {
                LOG.debug("closing a listener failed port={} reason={}", port, e.getCause().toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T> T await(Future<T> future) throws ExecutionException, InterruptedException {
        return future.toCompletionStage().toCompletableFuture().get();
    }

    private Deployable instance() {
        return new Deployable() {
            private HttpServer server;

            @Override
            public Future<?> deploy(Context context) {
                HttpServerOptions options = new HttpServerOptions()
                        // The originals speak HTTP/1.1 alone; an upgrade would also break replies that end their connection.
                        .setHttp2ClearTextEnabled(false)
                        .setMaxInitialLineLength(MAX_LINE)
                        .setMaxHeaderSize(MAX_LINE)
                        .setMaxWebSocketMessageSize(Talk.MAX_MESSAGE)
                        .setHandle100ContinueAutomatically(true)
                        .setTcpNoDelay(true);
                if (listen.tls().isPresent()) {
                    listen.tls().get().apply(options);
                }
                server = context.owner().createHttpServer(options);
                Connections.Loop own = connections.loop(context.owner());
                server.connectionHandler(own::opened);
                server.requestHandler(HttpListener.this::take);
                return server.listen(listen.port(), listen.host()).onSuccess(bound -> {
                    port = bound.actualPort();
                    servers.add(bound);
                });
            }

            @Override
            public Future<?> undeploy(Context context) {
                return server.close();
            }
        };
    }

    private void take(HttpServerRequest request) {
        Connections.Watched connection = Connections.of(request.connection());
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        boolean withBody = request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null || length != null && !length.equals("0");
        connection.headRead(withBody);
        if (withBody) {
            request.endHandler(end -> connection.bodyRead());
        }
        request.response().endHandler(ended -> connection.replied());
        String path;
        Map<String, List<String>> query;
        try {
            path = Paths.decode(request.path() == null ? "/" : request.path());
            query = request.query() == null ? Map.of() : queryOf(request.query());
        } catch (IllegalArgumentException e) {
            send(request.response(), request, dialect.badRequest(e.getMessage()));
            return;
        }
        String clean = Paths.clean(path);
        if (!clean.equals(path) && dialect.cleansPaths()) {
            redirect(request, clean);
            return;
        }
        RouteTree.Found found = tree.find(request.method().name(), path);
        CompletableFuture<Void> gone = new CompletableFuture<>();
        request.response().closeHandler(closed -> gone.complete(null));
        request.response().exceptionHandler(failure -> gone.complete(null));
        Call head = new Call(request.method().name(), path, found.parameters(), query, headersOf(request), new byte[0],
                connection.remote(), gone);
        switch (found) {
            case RouteTree.Found.Nothing nothing -> send(request, head, dialect.notFound(head));
            case RouteTree.Found.Folder folder -> redirect(request, path + "/");
            case RouteTree.Found.OtherMethods other ->
                send(request, head, dialect.decorate(head, dialect.methodNotAllowed(head, other.allowed())));
            case RouteTree.Found.Match match -> readBody(request, head, match.route());
        }
    }

    private void redirect(HttpServerRequest request, String to) {
        String location = Paths.encode(to) + (request.query() == null ? "" : "?" + request.query());
        send(request.response(), request, dialect.moved(request.method().name(), location));
    }

    private void readBody(HttpServerRequest request, Call head, Routes.Route route) {
        long announced = -1;
        String length = request.getHeader("Content-Length");
        if (length != null) {
            announced = Long.parseLong(length);
        }
        if (announced > route.maxBody()) {
            request.response().putHeader("Connection", "close");
            send(request, head, dialect.decorate(head, dialect.tooLarge(head, route.maxBody(), announced)));
            return;
        }
        if (announced == 0 || announced < 0 && request.getHeader("Transfer-Encoding") == null) {
            if (Talk.isWished(head)) {
                // Its end must not be read before the reply is there: then it could not become a conversation.
                request.pause();
            }
            answer(request, head, route);
            return;
        }
        // What is announced may never come.
        Buffer body = Buffer.buffer(Math.clamp(announced, FIRST_ROOM, MOST_AHEAD));
        boolean[] refused = new boolean[1];
        request.handler(chunk -> {
            if (refused[0]) {
                return;
            }
            if (body.length() + chunk.length() > route.maxBody()) {
                refused[0] = true;
                request.response().putHeader("Connection", "close");
                send(request, head, dialect.decorate(head, dialect.tooLarge(head, route.maxBody(), -1)));
                return;
            }
            body.appendBuffer(chunk);
        });
        request.endHandler(end -> {
            Connections.of(request.connection()).bodyRead();
            if (!refused[0]) {
                answer(request, new Call(head.method(), head.path(), head.parameters(), head.query(), head.headers(),
                        body.getBytes(), head.remote(), head.gone()), route);
            }
        });
    }

    private void answer(HttpServerRequest request, Call call, Routes.Route route) {
        CompletableFuture<Reply> reply;
        try {
            reply = route.handler().handle(call).toCompletableFuture();
        } catch (RuntimeException e) {
            reply = CompletableFuture.failedFuture(e);
        }
        Context context = vertx.getOrCreateContext();
        if (reply.isDone()) {
            finish(request, call, reply);
        } else {
            CompletableFuture<Reply> pending = reply;
            pending.whenComplete((value, failure) -> packed(call, value, () -> context.runOnContext(now -> finish(request, call, pending))));
        }
    }

    /** Packs a large body beside the event loop, and whoever completed the reply; the others are packed where they are sent. */
    private void packed(Call call, Reply reply, Runnable next) {
        if (reply instanceof Reply.Full full && full.body().length >= Math.max(Gzip.LARGE, dialect.gzipFrom()) && Gzip.accepted(call)
                && !full.headers().containsKey("Content-Encoding") && !full.packing().isMade()) {
            Thread.ofVirtual().name("http-packing").start(() -> {
                full.packing().of(full.body());
                next.run();
            });
        } else {
            next.run();
        }
    }

    private void finish(HttpServerRequest request, Call call, CompletableFuture<Reply> done) {
        Reply reply;
        try {
            reply = done.join();
        } catch (RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            reply = dialect.failed(call, cause);
            if (reply.status() >= 500) {
                LOG.debug("request failed method={} path={} reason={}", call.method(), call.path(), cause.toString(), cause);
            }
        }
        send(request, call, dialect.decorate(call, reply));
    }

    private void send(HttpServerRequest request, Call call, Reply reply) {
        HttpServerResponse response = request.response();
        if (response.closed() || response.ended()) {
            return;
        }
        if (reply instanceof Reply.WebSocket) {
            Optional<Reply> refusal = Talk.refusal(call);
            if (refusal.isPresent()) {
                request.resume();
                send(response, request, refusal.get());
                return;
            }
        } else if (Talk.isWished(call)) {
            request.resume();
        }
        Reply packed = reply instanceof Reply.Full full && Gzip.accepted(call) && full.body().length >= dialect.gzipFrom()
                ? Gzip.pack(full)
                : reply;
        send(response, request, packed);
    }

    private void send(HttpServerResponse response, HttpServerRequest request, Reply reply) {
        response.setStatusCode(reply.status());
        reply.headers().forEach(response::putHeader);
        switch (reply) {
            case Reply.Full full -> {
                if (request.method() == io.vertx.core.http.HttpMethod.HEAD) {
                    response.putHeader("Content-Length", String.valueOf(full.body().length));
                    response.end();
                } else {
                    response.end(Buffer.buffer(full.body()));
                }
            }
            case Reply.Streaming streaming -> stream(response, streaming.source());
            case Reply.WebSocket socket -> talk(request, socket.conversation());
        }
    }

    private void talk(HttpServerRequest request, Reply.Conversation conversation) {
        Connections.of(request.connection()).talks();
        Context context = vertx.getOrCreateContext();
        request.toWebSocket().onSuccess(socket -> Talk.begin(socket, context, conversation))
                .onFailure(failure -> LOG.debug("no conversation reason={}", failure.toString()));
    }

    private void stream(HttpServerResponse response, Reply.Source source) {
        response.setChunked(true);
        Context context = vertx.getOrCreateContext();
        ResponseSink sink = new ResponseSink(response, context);
        Thread.ofVirtual().name("http-stream").start(() -> {
            try {
                source.write(sink);
            } catch (IOException e) {
                LOG.debug("stream ended early reason={}", e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.warn("stream failed reason={}", e.toString(), e);
            } finally {
                context.runOnContext(now -> {
                    if (!response.closed() && !response.ended()) {
                        response.end();
                    }
                });
            }
        });
    }

    private static Map<String, List<String>> queryOf(String text) {
        return new QueryStringDecoder(text, StandardCharsets.UTF_8, false, 1024, true).parameters();
    }

    private static Map<String, List<String>> headersOf(HttpServerRequest request) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (Map.Entry<String, String> header : request.headers()) {
            headers.computeIfAbsent(header.getKey().toLowerCase(Locale.ROOT), name -> new ArrayList<>(1)).add(header.getValue());
        }
        return headers;
    }
}
