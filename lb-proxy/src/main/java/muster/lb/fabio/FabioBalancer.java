package muster.lb.fabio;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import muster.http.HttpListener;
import muster.lb.choose.RetryBudget;
import muster.lb.choose.WaitingRoom;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Listener;
import muster.lb.proxy.Fetches;
import muster.lb.proxy.ProxyServer;
import muster.lb.route.Problem;
import muster.lb.route.RouteScript;
import muster.lb.route.RouteTable;
import muster.lb.source.CustomSource;
import muster.lb.source.FabioSource;
import muster.lb.source.FixedSource;
import muster.lb.source.HealthRule;
import muster.lb.source.RouteSource;
import muster.lb.trace.Tracing;
import muster.registry.client.RegistryClient;
import muster.ui.Apis;
import muster.ui.Pages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running balancer in Fabio's manner: routes from the registry, proxied traffic, UI and API. */
public final class FabioBalancer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FabioBalancer.class);
    /** The longest a request in progress holds up the end when the configuration says nothing. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private final FabioConfig config;
    private final RegistryClient registry;
    private final Vertx vertx;
    private final RandomGenerator random = new ThreadRandom();
    private final WaitingRoom room;
    private final RetryBudget budget;
    private final LiveTable table;
    private final FabioMetrics metrics;
    private final Fetches fetches;
    private final Authorization authorization;
    private final Optional<AccessLog> accessLog;
    private final Optional<Tracing> tracing;
    private final FabioDispatcher dispatcher;
    private final DynamicListeners dynamic;
    private final RouteSource source;
    private final MetricsPush push;
    private final List<ProxyServer> servers = new ArrayList<>();
    private final List<HttpListener> admin = new ArrayList<>();
    private final Optional<SelfRegistration> registration;

    private FabioBalancer(FabioConfig config, RegistryClient registry, Vertx vertx) throws IOException {
        FabioConfig.Choosing choosing = config.proxy().choosing();
        this.config = config;
        this.registry = registry;
        this.vertx = vertx;
        this.room = new WaitingRoom(choosing.waiting());
        this.budget = new RetryBudget(choosing.retries(), 100);
        this.table = new LiveTable(RouteTable.empty(config.proxy().matcher(), config.proxy().hostGlobs()), choosing, room, System::nanoTime);
        String prefix = config.metrics().prefix().replace("{{clean .Hostname}}", MetricsPush.clean(hostName())).replace("{{clean .Exec}}", "fabio");
        this.metrics = new FabioMetrics(config.metrics(), prefix, choosing.times());
        this.fetches = new Fetches(vertx, config.proxy().connections());
        this.authorization = Authorization.of(config.proxy().auth(), fetches, task -> Thread.ofVirtual().name("password").start(task));
        this.accessLog = accessLog(config);
        this.tracing = config.proxy().headers().spans().map(settings -> new Tracing(settings, fetches, random, InstantSource.system()));
        this.dispatcher = new FabioDispatcher(config.proxy(), table, room, budget, authorization, metrics, new FabioDispatcher.Context(
                random, UUID::randomUUID, System::nanoTime, accessLog.<Consumer<Dispatcher.Ended>>map(log -> log::add).orElse(ended -> { }), tracing));
        this.dynamic = new DynamicListeners(listener -> open(listener));
        this.registration = config.register().isEnabled()
                ? Optional.of(new SelfRegistration(registry, config.register(), hostName()))
                : Optional.empty();
        this.source = source(config, registry, fetches, this::routesChanged);
        this.push = new MetricsPush(config.metrics(), prefix, () -> metrics.figures(table), InstantSource.system(), System.out);
    }

    /**
     * Starts: the API at once, the proxy when the first table is there or the registry's timeout has passed. Throws
     * {@link IOException} or {@link IllegalStateException} naming an address that can't be used. Blocks.
     *
     * @param vertx the caller's, and the caller's to close; its event loops do the work
     */
    public static FabioBalancer start(FabioConfig config, RegistryClient registry, Vertx vertx) throws IOException, InterruptedException {
        return start(config, registry, vertx, new Apis());
    }

    /**
     * The same beside other parts, to which the web pages have their way.
     *
     * @param apis the parts of this process; this balancer's API joins them
     */
    public static FabioBalancer start(FabioConfig config, RegistryClient registry, Vertx vertx, Apis apis)
            throws IOException, InterruptedException {
        config.notes().forEach(note -> log.warn("configuration note=\"{}\"", note));
        FabioBalancer balancer = new FabioBalancer(config, registry, vertx);
        try {
            balancer.begin(apis);
        } catch (IOException | RuntimeException | InterruptedException e) {
            balancer.close();
            throw e;
        }
        return balancer;
    }

    private void begin(Apis apis) throws IOException, InterruptedException {
        source.start();
        String host = config.ui().host().isEmpty() ? "0.0.0.0" : config.ui().host();
        FabioApi api = new FabioApi(config, source, registry, new FabioApi.Inside(table, room, budget, metrics, this::certificateProblems));
        muster.http.Dispatcher own = muster.http.Dispatcher.of(api.routes(), api);
        apis.add(Pages.Part.BALANCER, host, own);
        admin.add(HttpListener.start(vertx, HttpListener.Listen.on(host, config.ui().port()),
                api.routes().addAll(api.pages(own, host, apis)), api));
        awaitFirstTable(source, config.consul().timeout());
        for (FabioConfig.Listen listen : config.proxy().listeners()) {
            open(listen, api);
        }
        push.start();
        tracing.ifPresent(Tracing::start);
        if (config.register().isEnabled()) {
            register();
        }
    }

    /** The port of the first HTTP listener. */
    public int proxyPort() {
        return servers.getFirst().port();
    }

    /** The port of the UI and API. */
    public int apiPort() {
        return admin.getFirst().port();
    }

    /** Requests sent so far to each target, by {@code host:port}. Any thread. */
    public Map<String, Long> requests() {
        return table.requests();
    }

    /** The ports of all listeners of traffic, in the order of the configuration. */
    public List<Integer> ports() {
        return servers.stream().map(ProxyServer::port).toList();
    }

    /** Leaves the registry, goes on for the grace period, lets requests in progress end, stops accepting. Blocks. */
    @Override
    public void close() {
        registration.ifPresent(SelfRegistration::close);
        Duration drain = config.proxy().shutdownWait().isZero() ? DRAIN : config.proxy().shutdownWait();
        try {
            if (registration.isPresent()) {
                Thread.sleep(config.proxy().deregisterGracePeriod());
            }
            List<Thread> closing = new ArrayList<>();
            servers.forEach(server -> closing.add(Thread.ofVirtual().name("listener-drain").start(() -> close(server, drain))));
            for (Thread thread : closing) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        dynamic.close();
        source.close();
        push.close();
        tracing.ifPresent(Tracing::close);
        authorization.close();
        fetches.close();
        accessLog.ifPresent(AccessLog::close);
        admin.forEach(HttpListener::close);
    }

    /** On the thread that makes tables. */
    private void routesChanged(RouteSource.Routing routing) {
        table.replace(routing);
        if (config.proxy().listeners().stream().anyMatch(listen -> listen.protocol().equals("tcp-dynamic"))) {
            dynamic.follow(routing);
        }
        registration.ifPresent(own -> own.follow(routing));
    }

    private void open(FabioConfig.Listen listen, FabioApi api) throws IOException, InterruptedException {
        if (listen.listener().isPresent()) {
            servers.add(open(withClientCertificates(listen)));
        } else if (listen.protocol().equals("prometheus")) {
            String host = listen.host().isEmpty() ? "0.0.0.0" : listen.host();
            MetricsPage page = new MetricsPage(config.metrics().path(), api::metricsText);
            admin.add(HttpListener.start(vertx, HttpListener.Listen.on(host, listen.port()), page.routes(), page));
            log.info("listening entryPoint=prometheus address={}:{}", listen.host(), listen.port());
        }
    }

    private ProxyServer open(Listener listener) throws InterruptedException {
        return ProxyServer.open(vertx, listener, config.proxy().connections(), new ProxyServer.Deciders(dispatcher,
                new FabioConnections(table, metrics, random, System::nanoTime, listener.protocol())), Optional.of(registry));
    }

    private static Listener withClientCertificates(FabioConfig.Listen listen) throws IOException {
        Listener listener = listen.listener().orElseThrow();
        if (listen.clientCa().isEmpty() || listener.tls().isEmpty()) {
            return listener;
        }
        Listener.Tls tls = listener.tls().get();
        return listener.withTls(new Listener.Tls(tls.certificates(), tls.isStrict(), Files.readString(Path.of(listen.clientCa())), tls.terms()));
    }

    private List<Problem> certificateProblems() {
        return servers.stream().flatMap(server -> server.certificateProblems().stream()).toList();
    }

    private static void close(ProxyServer server, Duration drain) {
        try {
            server.close(drain);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<AccessLog> accessLog(FabioConfig config) {
        return config.values().get("log.access.target").equals("stdout")
                ? Optional.of(AccessLog.to(System.out, AccessFormat.parse(config.values().get("log.access.format")), InstantSource.system()))
                : Optional.empty();
    }

    private static RouteSource source(FabioConfig config, RegistryClient registry, Fetches fetches, Consumer<RouteSource.Routing> publish)
            throws IOException {
        FabioConfig.Proxy proxy = config.proxy();
        return switch (config.backend()) {
            case FabioConfig.Backend.Registry fromRegistry -> {
                FabioConfig.Consul consul = config.consul();
                yield new FabioSource(new FabioSource.Settings(consul.tagPrefix(), new HealthRule(consul.statuses(), consul.isAllRequired()),
                        consul.kvPath(), consul.noRoutePath(), proxy.matcher(), proxy.hostGlobs()), registry, publish);
            }
            case FabioConfig.Backend.Fixed fixed ->
                    new FixedSource(fixed.commands(), fixed.noRoutePage(), proxy.matcher(), proxy.hostGlobs(), publish);
            case FabioConfig.Backend.Custom custom ->
                    new CustomSource(custom.settings(), fetches, InstantSource.system(), proxy.matcher(), proxy.hostGlobs(), publish);
            case FabioConfig.Backend.InFile file -> {
                RouteScript script = RouteScript.parse(Files.readString(file.routes()));
                if (!script.problems().isEmpty()) {
                    throw new IllegalStateException(file.routes() + ": " + script.problems().stream().map(Problem::toString)
                            .collect(Collectors.joining("; ")));
                }
                String page = file.noRoutePage().isEmpty() ? "" : Files.readString(Path.of(file.noRoutePage()));
                yield new FixedSource(script.commands(), page, proxy.matcher(), proxy.hostGlobs(), publish);
            }
        };
    }

    private static void awaitFirstTable(RouteSource source, Duration timeout) throws InterruptedException {
        try {
            source.ready().toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn("no routes yet, opening without them waited={} why=\"{}\"", timeout,
                    source.freshness().failure().orElse("the registry has not answered"));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the first table failed: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private void register() {
        String address = config.register().address();
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
        int port = Integer.parseInt(address.substring(colon + 1));
        registration.orElseThrow().start(host.isEmpty() ? ownAddress() : host, port == config.ui().port() ? apiPort() : port);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** The first global IPv4 address, or the loopback's. */
    private static String ownAddress() {
        try {
            return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> address instanceof java.net.Inet4Address && !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .map(InetAddress::getHostAddress)
                    .findFirst()
                    .orElse("127.0.0.1");
        } catch (SocketException e) {
            return "127.0.0.1";
        }
    }

    /** Random numbers without a shared lock: each thread has its own. */
    private static final class ThreadRandom implements RandomGenerator {
        @Override
        public long nextLong() {
            return ThreadLocalRandom.current().nextLong();
        }
    }
}
