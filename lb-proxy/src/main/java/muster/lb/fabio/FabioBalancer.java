package muster.lb.fabio;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import muster.http.HttpListener;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Listener;
import muster.lb.proxy.ProxyServer;
import muster.lb.route.Picker;
import muster.lb.source.FabioSource;
import muster.lb.source.HealthRule;
import muster.registry.client.RegistryClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running balancer in Fabio's manner: routes from the registry, proxied traffic, UI and API. */
public final class FabioBalancer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FabioBalancer.class);
    /** The longest a request in progress holds up the end when the configuration says nothing. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private final FabioConfig config;
    private final FabioSource source;
    private final HttpListener api;
    private final List<ProxyServer> servers;
    private final List<SelfRegistration> registrations;
    private final Optional<AccessLog> accessLog;

    private FabioBalancer(
            FabioConfig config, FabioSource source, HttpListener api, List<ProxyServer> servers, List<SelfRegistration> registrations,
            Optional<AccessLog> accessLog) {
        this.accessLog = accessLog;
        this.config = config;
        this.source = source;
        this.api = api;
        this.servers = servers;
        this.registrations = registrations;
    }

    /**
     * Starts: the API at once, the proxy when the first table is there or the registry's timeout has passed. Throws
     * {@link IOException} or {@link IllegalStateException} naming an address that can't be used. Blocks.
     *
     * @param vertx the caller's, and the caller's to close; one listener runs on each of {@code eventLoops} of its loops
     */
    public static FabioBalancer start(FabioConfig config, RegistryClient registry, Vertx vertx, int eventLoops)
            throws IOException, InterruptedException {
        config.notes().forEach(note -> log.warn("configuration note=\"{}\"", note));
        RandomGenerator perThread = new ThreadRandom();
        Picker picker = Picker.of(config.proxy().strategy(), perThread).orElseThrow();
        Optional<AccessLog> accessLog = accessLog(config);
        FabioDispatcher dispatcher = new FabioDispatcher(config.proxy(), picker, UUID::randomUUID,
                accessLog.<java.util.function.Consumer<Dispatcher.Ended>>map(log -> log::add).orElse(ended -> { }));
        FabioSource source = new FabioSource(settings(config), registry, routing ->
                dispatcher.replace(routing.table(), routing.noRoutePage()));
        source.start();
        List<ProxyServer> servers = new ArrayList<>();
        List<SelfRegistration> registrations = new ArrayList<>();
        HttpListener api = null;
        try {
            String host = config.ui().host().isEmpty() ? "0.0.0.0" : config.ui().host();
            api = HttpListener.start(vertx, HttpListener.Listen.on(host, config.ui().port()),
                    new FabioApi(config, source, dispatcher, registry).routes(), new FabioApi(config, source, dispatcher, registry));
            awaitFirstTable(source, config.consul().timeout());
            openListeners(config, vertx, eventLoops, dispatcher, servers);
            if (config.register().isEnabled()) {
                registrations.add(registration(config, registry, api.port()));
            }
        } catch (IOException | RuntimeException | InterruptedException e) {
            new FabioBalancer(config, source, api, servers, registrations, accessLog).close();
            throw e;
        }
        return new FabioBalancer(config, source, api, List.copyOf(servers), List.copyOf(registrations), accessLog);
    }

    /** The port of the first HTTP listener. */
    public int proxyPort() {
        return servers.getFirst().port();
    }

    /** The port of the UI and API. */
    public int apiPort() {
        return api.port();
    }

    /** Leaves the registry, goes on for the grace period, stops accepting, lets requests in progress end. Blocks. */
    @Override
    public void close() {
        registrations.forEach(SelfRegistration::close);
        Duration drain = config.proxy().shutdownWait().isZero() ? DRAIN : config.proxy().shutdownWait();
        try {
            if (!registrations.isEmpty()) {
                Thread.sleep(config.proxy().deregisterGracePeriod());
            }
            for (ProxyServer server : servers) {
                server.close(drain);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        source.close();
        accessLog.ifPresent(AccessLog::close);
        if (api != null) {
            api.close();
        }
    }

    private static Optional<AccessLog> accessLog(FabioConfig config) {
        return config.values().get("log.access.target").equals("stdout")
                ? Optional.of(AccessLog.to(System.out, AccessFormat.parse(config.values().get("log.access.format")), InstantSource.system()))
                : Optional.empty();
    }

    private static FabioSource.Settings settings(FabioConfig config) {
        FabioConfig.Consul consul = config.consul();
        return new FabioSource.Settings(consul.tagPrefix(), new HealthRule(consul.statuses(), consul.isAllRequired()), consul.kvPath(),
                consul.noRoutePath(), config.proxy().matcher(), config.proxy().hostGlobs(), consul.staticCommands());
    }

    private static void awaitFirstTable(FabioSource source, Duration timeout) throws InterruptedException {
        try {
            source.ready().toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn("no routes yet, opening without them waited={} why=\"{}\"", timeout,
                    source.freshness().failure().orElse("the registry has not answered"));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the first table failed: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private static void openListeners(
            FabioConfig config, Vertx vertx, int eventLoops, Dispatcher dispatcher, List<ProxyServer> servers) throws InterruptedException {
        for (FabioConfig.Listen listen : config.proxy().listeners()) {
            if (listen.protocol().equals("http")) {
                servers.add(ProxyServer.open(vertx, Listener.http("http", listen.host(), listen.port()), config.proxy().connections(),
                        ProxyServer.Deciders.http(dispatcher), Optional.empty()));
            } else {
                log.warn("listener not opened port={} protocol={} why=\"only proto=http listeners are served\"", listen.port(),
                        listen.protocol());
            }
        }
    }

    private static SelfRegistration registration(FabioConfig config, RegistryClient registry, int apiPort) {
        String address = config.register().address();
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
        int port = Integer.parseInt(address.substring(colon + 1));
        SelfRegistration registration = new SelfRegistration(registry, config.register(), hostName(),
                host.isEmpty() ? ownAddress() : host, port == config.ui().port() ? apiPort : port);
        registration.start();
        return registration;
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
