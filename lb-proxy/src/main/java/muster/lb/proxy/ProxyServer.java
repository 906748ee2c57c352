package muster.lb.proxy;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.lb.exchange.Dispatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener for proxied HTTP traffic. Each event loop has a server and a client of its own, so a request and its connections
 * never change threads.
 */
public final class ProxyServer {
    private static final Logger log = LoggerFactory.getLogger(ProxyServer.class);
    private static final Duration BIND_TIMEOUT = Duration.ofSeconds(20);

    private final List<Loop> loops;
    private final int port;

    /**
     * Where to listen.
     *
     * @param name of the entry point
     * @param host "" for all addresses
     * @param port 0 for any free one
     */
    public record Listen(String name, String host, int port) {}

    private ProxyServer(List<Loop> loops, int port) {
        this.loops = loops;
        this.port = port;
    }

    /** Opens the listener; throws {@link IllegalStateException} naming the address when that fails. Blocks. */
    public static ProxyServer open(Vertx vertx, int eventLoops, Listen listen, ProxySettings settings, Dispatcher dispatcher)
            throws InterruptedException {
        List<Loop> loops = new CopyOnWriteArrayList<>();
        Future<String> deployed = vertx.deployVerticle(() -> {
            Loop loop = new Loop(eventLoops, listen, settings, dispatcher);
            loops.add(loop);
            return loop;
        }, new DeploymentOptions().setInstances(eventLoops));
        try {
            deployed.toCompletionStage().toCompletableFuture().get(BIND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("can't listen on " + listen.host() + ":" + listen.port() + " for " + listen.name() + ": "
                    + (e.getCause() == null ? e.getMessage() : e.getCause().getMessage()), e);
        }
        int port = loops.getFirst().server.actualPort();
        log.info("listening entryPoint={} address={}:{}", listen.name(), listen.host(), port);
        return new ProxyServer(List.copyOf(loops), port);
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** Stops accepting, lets requests in progress end within the bound, then cuts them off. Blocks. */
    public void close(Duration drain) throws InterruptedException {
        List<Future<Void>> closing = new ArrayList<>();
        for (Loop loop : loops) {
            closing.add(loop.server.shutdown(drain.toMillis(), TimeUnit.MILLISECONDS)
                    .eventually(loop.clients::close));
        }
        try {
            Future.join(closing).toCompletionStage().toCompletableFuture()
                    .get(drain.plus(BIND_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("listener did not close cleanly port={} why=\"{}\"", port, e.getMessage());
        }
    }

    /** The server and client of one event loop; its methods run on that loop. */
    private static final class Loop extends AbstractVerticle {
        private final int eventLoops;
        private final Listen listen;
        private final ProxySettings settings;
        private final Dispatcher dispatcher;
        private HttpServer server;
        private Clients clients;

        Loop(int eventLoops, Listen listen, ProxySettings settings, Dispatcher dispatcher) {
            this.eventLoops = eventLoops;
            this.listen = listen;
            this.settings = settings;
            this.dispatcher = dispatcher;
        }

        @Override
        public void start(Promise<Void> started) {
            clients = new Clients(client(), client());
            HttpExchanges exchanges = new HttpExchanges(vertx, clients, settings, dispatcher, listen.name());
            server = vertx.createHttpServer(new HttpServerOptions()
                    .setHttp2ClearTextEnabled(false)
                    .setMaxHeaderSize(settings.maxHeaderBytes())
                    .setMaxInitialLineLength(settings.maxHeaderBytes())
                    .setMaxChunkSize(64 * 1024)
                    .setTcpNoDelay(true)
                    .setAcceptBacklog(1024))
                    .requestHandler(exchanges::handle)
                    .invalidRequestHandler(exchanges::refuse);
            server.listen(listen.port() == 0 ? -1 : listen.port(), listen.host().isEmpty() ? "::" : listen.host())
                    .recover(failure -> listen.host().isEmpty()
                            ? server.listen(listen.port() == 0 ? -1 : listen.port(), "0.0.0.0")
                            : Future.failedFuture(failure))
                    .<Void>mapEmpty()
                    .onComplete(started);
        }

        private HttpClient client() {
            return vertx.createHttpClient(
                    new HttpClientOptions()
                            .setConnectTimeout((int) settings.dialTimeout().toMillis())
                            .setKeepAliveTimeout((int) Math.max(1, settings.idleTimeout().toSeconds()))
                            .setMaxHeaderSize(settings.maxHeaderBytes())
                            .setMaxInitialLineLength(settings.maxHeaderBytes())
                            .setDecompressionSupported(false)
                            .setTcpNoDelay(true),
                    new PoolOptions()
                            .setHttp1MaxSize(Math.max(1, settings.maxConnections() / eventLoops))
                            .setMaxWaitQueueSize(Math.max(1, settings.maxConnections() / eventLoops)));
        }
    }
}
