package muster.lb.traefik;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.http.HttpListener;
import muster.lb.exchange.Listener;
import muster.lb.proxy.ProxyServer;
import muster.lb.proxy.ProxySettings;
import muster.lb.source.CatalogFollower;
import muster.registry.client.RegistryClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running balancer in Traefik's manner. The entry point {@code traefik} serves the API, ping and the dashboard; the others serve
 * routers.
 */
public final class TraefikBalancer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TraefikBalancer.class);
    private static final Duration FIRST_TABLE = Duration.ofSeconds(10);
    private static final ProxySettings CONNECTIONS = new ProxySettings(Duration.ofSeconds(30), Duration.ZERO, Duration.ofSeconds(90),
            ProxySettings.DEFAULTS.maxConnections(), ProxySettings.DEFAULTS.maxHeaderBytes());

    private final TraefikConfig config;
    private final Optional<TraefikSource> source;
    private final Map<String, ProxyServer> servers = new LinkedHashMap<>();
    private final List<HttpListener> apis = new ArrayList<>();

    private TraefikBalancer(TraefikConfig config, Optional<TraefikSource> source) {
        this.config = config;
        this.source = source;
    }

    /**
     * Starts: the API at once, the other entry points when the first table is there, at most ten seconds later. Throws
     * {@link IOException} or {@link IllegalStateException} naming an address that can't be used. Blocks.
     *
     * @param vertx the caller's, and the caller's to close
     */
    public static TraefikBalancer start(TraefikConfig config, RegistryClient registry, Vertx vertx, int eventLoops, InstantSource clock)
            throws IOException, InterruptedException {
        config.notes().forEach(note -> log.warn("configuration note=\"{}\"", note));
        TraefikTable empty = TraefikTable.of(DynamicConfig.merge(List.of()), config);
        TraefikDispatcher dispatcher = new TraefikDispatcher(hostName(), empty);
        Optional<TraefikSource> source = config.provider().map(provider -> new TraefikSource(config, provider, registry, dispatcher::replace));
        TraefikBalancer balancer = new TraefikBalancer(config, source);
        try {
            source.ifPresent(TraefikSource::start);
            TraefikApi api = new TraefikApi(config, dispatcher::table,
                    () -> source.map(TraefikSource::freshness).orElse(new CatalogFollower.Freshness(Optional.empty(), Optional.empty())),
                    clock.instant());
            balancer.openApi(api, vertx);
            balancer.awaitFirstTable();
            balancer.openEntryPoints(dispatcher, vertx, eventLoops);
        } catch (IOException | RuntimeException | InterruptedException e) {
            balancer.close();
            throw e;
        }
        return balancer;
    }

    /** The port of an entry point; throws {@link IllegalArgumentException} for one that does not listen. */
    public int port(String entryPoint) {
        if (entryPoint.equals(TraefikConfig.INTERNAL) && !apis.isEmpty()) {
            return apis.getFirst().port();
        }
        ProxyServer server = servers.get(entryPoint);
        if (server == null) {
            throw new IllegalArgumentException("no entry point " + entryPoint + " listens");
        }
        return server.port();
    }

    /** Stops accepting, lets requests in progress end. Blocks. */
    @Override
    public void close() {
        try {
            for (ProxyServer server : servers.values()) {
                server.close(config.drain());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        source.ifPresent(TraefikSource::close);
        apis.forEach(HttpListener::close);
    }

    private boolean isInternal(TraefikConfig.EntryPoint entry) {
        return entry.name().equals(TraefikConfig.INTERNAL) && (config.api().isInsecure() || config.ping().isPresent());
    }

    private void openApi(TraefikApi api, Vertx vertx) throws IOException, InterruptedException {
        for (TraefikConfig.EntryPoint entry : config.entryPoints()) {
            if (isInternal(entry)) {
                String host = entry.host().isEmpty() ? "0.0.0.0" : entry.host();
                apis.add(HttpListener.start(vertx, HttpListener.Listen.on(host, entry.port()), api.routes(), api));
            }
        }
    }

    private void openEntryPoints(TraefikDispatcher dispatcher, Vertx vertx, int eventLoops) throws InterruptedException {
        for (TraefikConfig.EntryPoint entry : config.entryPoints()) {
            if (entry.protocol().equals("udp")) {
                log.warn("entry point not opened name={} why=\"only HTTP is served\"", entry.name());
            } else if (!isInternal(entry)) {
                servers.put(entry.name(), ProxyServer.open(vertx, Listener.http(entry.name(), entry.host(), entry.port()), CONNECTIONS,
                        ProxyServer.Deciders.http(dispatcher), Optional.empty()));
            }
        }
    }

    private void awaitFirstTable() throws InterruptedException {
        if (source.isEmpty()) {
            return;
        }
        try {
            source.get().ready().toCompletableFuture().get(FIRST_TABLE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn("no routers yet, opening without them waited={} why=\"{}\"", FIRST_TABLE,
                    source.get().freshness().failure().orElse("the registry has not answered"));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the first table failed: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
