package muster.lb.traefik;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.lb.exchange.Listener;
import muster.lb.middleware.Surroundings;
import muster.lb.proxy.Fetches;
import muster.lb.proxy.ProxyServer;
import muster.lb.proxy.ProxySettings;
import muster.lb.source.CatalogFollower;
import muster.lb.trace.Tracing;
import muster.registry.client.RegistryClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running balancer in Traefik's manner: entry points, what the providers define, API, metrics and logs. All entry points are alike;
 * the API, ping and metrics are routers of the provider {@code internal}.
 */
public final class TraefikBalancer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TraefikBalancer.class);
    private static final Duration FIRST_TABLE = Duration.ofSeconds(10);

    private final TraefikConfig config;
    private final RegistryClient registry;
    private final Vertx vertx;
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final Fetches fetches;
    private final Surroundings surroundings;
    private final TlsFiles tls;
    private final TableKeeper keeper;
    private final Optional<Tracing> tracing;
    private final TraefikDispatcher dispatcher;
    private final Optional<TraefikMetrics> metrics;
    private final Optional<TraefikAccessLog> accessLog;
    private final Optional<TraefikSource> source;
    private final Optional<FileSource> files;
    private final Map<String, ProxyServer> servers = new ConcurrentHashMap<>();
    private volatile boolean isEnding;

    private TraefikBalancer(TraefikConfig config, RegistryClient registry, Vertx vertx, InstantSource clock) throws IOException {
        this.config = config;
        this.registry = registry;
        this.vertx = vertx;
        this.fetches = new Fetches(vertx, connections());
        this.surroundings = new Surroundings(fetches, System::nanoTime, new SecureRandom(), blocking, TraefikBalancer::text,
                name -> current().service(name).map(service -> service));
        this.metrics = config.metrics().map(wanted -> new TraefikMetrics(wanted, clock, this::openConnections));
        this.accessLog = config.accessLog().isPresent() ? Optional.of(new TraefikAccessLog(config.accessLog().get(), clock)) : Optional.empty();
        TraefikApi api = new TraefikApi(config, this::current, this::freshness, () -> metrics.map(m -> m.text(current(), reloads())).orElse(""),
                this::keeper, () -> isEnding, clock.instant());
        this.tls = new TlsFiles(() -> keeper().defined("file"), surroundings);
        this.keeper = new TableKeeper(config, surroundings, api::service, this::secure, table -> metrics.ifPresent(m -> m.replaced(table)));
        List<TraefikDispatcher.Watcher> watchers = new ArrayList<>();
        metrics.ifPresent(one -> watchers.add(new TraefikDispatcher.Watcher(one, Observed::metrics, false)));
        accessLog.ifPresent(one -> watchers.add(new TraefikDispatcher.Watcher(one, Observed::accessLogs, one.needsAnswers())));
        this.tracing = config.tracing().map(settings -> new Tracing(settings, fetches, new SecureRandom(), clock));
        tracing.ifPresent(spans -> watchers.add(new TraefikDispatcher.Watcher(
                seen -> spans.ended(seen.ended(), seen.router().map(TraefikTable.Router::name).orElse("")), Observed::tracing, false)));
        this.dispatcher = new TraefikDispatcher(config, keeper::table, hostName(), watchers, System::nanoTime, tracing);
        this.source = config.provider().map(provider -> new TraefikSource(provider, registry, (change, problems) -> keeper.put("consulcatalog", change, problems)));
        this.files = config.file().map(provider -> new FileSource(provider, dynamic -> keeper.put("file", dynamic)));
    }

    /**
     * Starts: the internal entry point at once, the other ones when the first table is there, at most ten seconds later. Throws
     * {@link IOException} or {@link IllegalStateException} naming an address or file that can't be used. Blocks.
     *
     * @param vertx the caller's, and the caller's to close
     * @param eventLoops how many of its loops serve; kept for callers that choose
     */
    public static TraefikBalancer start(TraefikConfig config, RegistryClient registry, Vertx vertx, int eventLoops, InstantSource clock)
            throws IOException, InterruptedException {
        config.notes().forEach(note -> log.warn("configuration note=\"{}\"", note));
        TraefikBalancer balancer = new TraefikBalancer(config, registry, vertx, clock);
        try {
            balancer.tracing.ifPresent(Tracing::start);
            balancer.files.ifPresent(FileSource::start);
            balancer.source.ifPresent(TraefikSource::start);
            balancer.open(true);
            balancer.awaitFirstTable();
            balancer.open(false);
        } catch (RuntimeException | InterruptedException e) {
            balancer.close();
            throw e;
        }
        return balancer;
    }

    /** The port of an entry point; throws {@link IllegalArgumentException} for one that does not listen. */
    public int port(String entryPoint) {
        ProxyServer server = servers.get(entryPoint);
        if (server == null) {
            throw new IllegalArgumentException("no entry point " + entryPoint + " listens");
        }
        return server.port();
    }

    /** Goes on accepting for a while if that is configured, then stops, lets requests in progress end. Blocks. */
    @Override
    public void close() {
        isEnding = true;
        try {
            Thread.sleep(servers.isEmpty() ? Duration.ZERO : config.lifecycle().accepting());
            List<Thread> closing = new ArrayList<>();
            for (ProxyServer server : servers.values()) {
                closing.add(Thread.ofVirtual().start(() -> {
                    try {
                        server.close(config.lifecycle().draining());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }));
            }
            for (Thread thread : closing) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        source.ifPresent(TraefikSource::close);
        files.ifPresent(FileSource::close);
        keeper.close();
        accessLog.ifPresent(TraefikAccessLog::close);
        tracing.ifPresent(Tracing::close);
        fetches.close();
        blocking.shutdownNow();
    }

    private TableKeeper keeper() {
        return keeper;
    }

    private TraefikTable current() {
        return keeper.table();
    }

    private long reloads() {
        return keeper.reloads();
    }

    private CatalogFollower.Freshness freshness() {
        return source.map(TraefikSource::freshness).orElse(new CatalogFollower.Freshness(Optional.empty(), Optional.empty()));
    }

    private Map<String, Integer> openConnections() {
        Map<String, Integer> open = new LinkedHashMap<>();
        config.entryPoints().forEach(entry -> {
            ProxyServer server = servers.get(entry.name());
            if (server != null) {
                open.put(entry.name(), server.connections());
            }
        });
        return open;
    }

    private ProxySettings connections() {
        var timeouts = config.transport().sectionOrNone("forwardingTimeouts");
        return new ProxySettings(timeouts.duration("dialTimeout").orElse(Duration.ofSeconds(30)),
                timeouts.duration("responseHeaderTimeout").orElse(Duration.ZERO), timeouts.duration("idleConnTimeout").orElse(Duration.ofSeconds(90)),
                ProxySettings.DEFAULTS.maxConnections(), ProxySettings.DEFAULTS.maxHeaderBytes());
    }

    private void open(boolean internalOnes) throws InterruptedException {
        for (TraefikConfig.EntryPoint entry : config.entryPoints()) {
            if (entry.name().equals(TraefikConfig.INTERNAL) == internalOnes) {
                Listener plain = Listener.http(entry.name(), entry.host(), entry.port()).withLimits(entry.limits());
                Listener listener = entry.protocol().equals("udp")
                        ? plain.withProtocol(Listener.Protocol.UDP)
                        : Optional.ofNullable(tls(entry).get("")).map(plain::withTls).orElse(plain).withProtocol(Listener.Protocol.MIXED);
                Listener whole = entry.proxyHeader().map(listener::withProxyHeader).orElse(listener);
                ProxyServer server = ProxyServer.open(vertx, whole, connections(), new ProxyServer.Deciders(dispatcher, dispatcher), Optional.of(registry));
                servers.put(entry.name(), server);
                secure(entry, server);
            }
        }
    }

    /** Gives all entry points the TLS options there are. */
    private void secure() {
        config.entryPoints().forEach(entry -> Optional.ofNullable(servers.get(entry.name())).ifPresent(server -> secure(entry, server)));
    }

    private void secure(TraefikConfig.EntryPoint entry, ProxyServer server) {
        if (entry.protocol().equals("udp")) {
            return;
        }
        keeper.betweenTables(() -> {
            try {
                server.secure(tls(entry));
            } catch (IllegalStateException e) {
                log.error("TLS options not used, connections that need them are refused entryPoint={} why=\"{}\"", entry.name(), e.getMessage());
            }
        });
    }

    private Map<String, Listener.Tls> tls(TraefikConfig.EntryPoint entry) {
        return tls.all(entry.tls().map(options -> options.text("options")).orElse(""));
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

    private static String text(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new IllegalArgumentException("file " + file + " can't be read: " + e.getMessage(), e);
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
