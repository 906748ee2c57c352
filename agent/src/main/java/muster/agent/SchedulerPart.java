package muster.agent;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import muster.http.Dispatcher;
import muster.http.HttpListener;
import muster.http.Routes;
import muster.raft.LogGroup;
import muster.registry.client.RegistryClient;
import muster.scheduler.SchedulerServer;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.client.Client;
import muster.scheduler.client.ClientRoutes;
import muster.scheduler.client.ClientSettings;
import muster.scheduler.driver.Drivers;
import muster.scheduler.http.AgentFacts;
import muster.scheduler.http.SchedulerDialect;
import muster.scheduler.http.ServerRoutes;
import muster.ui.Apis;
import muster.ui.Pages;

/** The scheduler: a server whose state is in the log, and the client that runs tasks on this node. */
final class SchedulerPart implements Part {
    private static final String VERSION = "1.1.2";
    private static final int KEPT_ALLOCATIONS = 50;

    private final AgentOptions options;
    private final SchedulerServer server;
    private Path scratch;
    private Client client;
    private Drivers drivers;
    private HttpListener listener;
    private Advertised advertised;

    /** Attaches to a log that has not started. */
    SchedulerPart(AgentOptions options, LogGroup log, InstantSource clock, RandomGenerator random) {
        this.options = options;
        server = SchedulerServer.attach(log, LeaderSettings.defaults(Runtime.getRuntime().availableProcessors()), clock, random);
    }

    /**
     * Starts evaluating, the client and the API.
     *
     * @param registryAddress {@code host:port}, which tasks get as CONSUL_HTTP_ADDR
     */
    void start(Vertx vertx, RegistryClient registry, String registryAddress, InstantSource clock, RandomGenerator random, Apis pages)
            throws IOException, InterruptedException {
        server.start();
        Path dataDir = options.dataDir().map(dir -> dir.resolve("client")).orElse(null);
        if (dataDir == null) {
            scratch = Files.createTempDirectory("muster-client-");
            dataDir = scratch;
        }
        String api = Suite.hostPort(options.advertise(), options.ports().scheduler());
        ClientSettings settings = new ClientSettings(options.node(), options.datacenter(), options.region(), options.client().nodeClass(),
                VERSION, options.client().meta(), dataDir, !options.dev(), options.client().device(), options.advertise(), api,
                registryAddress, registryAttributes(), System.getenv(),
                new ClientSettings.Capacity(options.client().cpuMhz(), options.client().memoryMb(), 0, 0, 0, ""),
                Duration.ofSeconds(30), KEPT_ALLOCATIONS);
        drivers = Drivers.of(options.client().drivers());
        client = Client.start(settings, server.clients(), registry, drivers, clock, random, () -> UUID.randomUUID().toString());
        SchedulerFacts facts = new SchedulerFacts(options, client.node().id(), registryAddress, () -> listener.port(), VERSION);
        Routes routes = ServerRoutes.of(server,
                new AgentFacts(options.region(), facts.rpcAddress(),
                        () -> facts.self(runningHere(), server.state().index()), facts::members),
                clock, random);
        routes.addAll(ClientRoutes.of(client));
        Dispatcher served = Dispatcher.of(routes, new SchedulerDialect());
        pages.add(Pages.Part.SCHEDULER, options.host(), served);
        routes.addAll(Pages.at(Pages.Part.SCHEDULER, served, options.host(), pages));
        listener = HttpListener.start(vertx, new HttpListener.Listen(options.host(), options.ports().scheduler(), 2, 0), routes,
                new SchedulerDialect());
        advertised = new Advertised(registry, options, listener.port());
        advertised.register();
    }

    /** What jobs may ask of the registry beside a node, where it is of this process. */
    private Map<String, String> registryAttributes() {
        return options.parts().contains(AgentOptions.Part.REGISTRY)
                ? Map.of("consul.server", "true", "consul.version", RegistryPart.VERSION, "consul.datacenter", options.datacenter(),
                        "unique.consul.name", options.node())
                : Map.of();
    }

    private long runningHere() {
        return server.state().liveOn(client.node().id()).size();
    }

    @Override
    public List<Listening> listening() {
        return List.of(new Listening("scheduler (HTTP)", "http://" + Suite.hostPort(options.host(), listener.port())));
    }

    @Override
    public void close() {
        if (advertised != null) {
            advertised.deregister();
        }
        if (listener != null) {
            listener.close();
        }
        if (client != null) {
            client.close();
            drivers.close();
        }
        server.close();
        if (scratch != null) {
            removeScratch();
        }
    }

    /** What was kept for this run alone goes with it. */
    private void removeScratch() {
        try (Stream<Path> files = Files.walk(scratch)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            org.slf4j.LoggerFactory.getLogger(SchedulerPart.class).warn("folder left behind path={} reason={}", scratch, e.toString());
        }
    }
}
