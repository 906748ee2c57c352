package muster.registry;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import muster.checks.Output;
import muster.http.HttpListener;
import muster.http.Routes;
import muster.raft.MemoryLogGroup;
import muster.registry.acl.AccessSettings;
import muster.registry.agent.AgentApi;
import muster.registry.agent.AgentControls;
import muster.registry.agent.AgentLoop;
import muster.registry.agent.AgentSettings;
import muster.registry.agent.LocalAgent;
import muster.registry.agent.MetricSettings;
import muster.registry.agent.ServerStatus;
import muster.registry.http.ApiSettings;
import muster.registry.http.ConsulDialect;
import muster.registry.http.ConsulRoutes;
import muster.registry.local.ServerCatalog;

/**
 * The registry and its local agent behind their HTTP API: for tests by hand and for tests that speak HTTP. Arguments: port,
 * and {@code compact} for an agent that is not {@code -dev}, {@code scripts} for one that takes script checks.
 */
public final class RegistryServer implements AutoCloseable {
    private static final String NODE = "n1";
    private static final String NODE_ID = "11111111-aaaa-bbbb-cccc-000000000001";

    private final MemoryLogGroup log = new MemoryLogGroup("127.0.0.1:8300");
    private final Registry registry;
    private final Vertx vertx = Vertx.vertx();
    private final HttpListener listener;
    private final LocalAgent agent;
    private final AgentLoop loop;

    public RegistryServer(int port, boolean pretty) throws Exception {
        this(port, pretty, false);
    }

    public RegistryServer(int port, boolean pretty, boolean scripts) throws Exception {
        this(port, pretty, scripts, AccessSettings.OFF);
    }

    public RegistryServer(int port, boolean pretty, boolean scripts, AccessSettings access) throws Exception {
        registry = new Registry("dc1", log, InstantSource.system(), new Random(1), access);
        log.start();
        registry.ready().get(10, TimeUnit.SECONDS);
        AgentSettings settings = new AgentSettings(NODE, NODE_ID, "dc1", "127.0.0.1", Map.of(), "1.8.7", 8300, 8301, scripts,
                scripts, Output.DEFAULT_LIMIT, Duration.ofMinutes(5), Duration.ofMinutes(1), false,
                new MetricSettings(true, "consul", false, true, List.of()), pretty, Optional.empty());
        agent = new LocalAgent(settings, new ServerCatalog(registry), InstantSource.system(), new Random(2));
        loop = new AgentLoop(agent, InstantSource.system(), new Random(3));
        loop.start();
        Routes routes = new Routes();
        ConsulRoutes.add(routes, registry, ApiSettings.of(NODE, NODE_ID, "127.0.0.1:8300", "1.8.7", Instant.now(), pretty,
                pretty),
                UUID::randomUUID);
        new AgentApi(agent, () -> new ServerStatus(registry.isLeader(), registry.leader(), registry.snapshot().index()),
                new AgentControls(loop::syncNow, () -> {}, (level, json, lines) -> () -> {}), registry.access()).addTo(routes);
        listener = HttpListener.start(vertx, HttpListener.Listen.on("127.0.0.1", port), routes, new ConsulDialect());
    }

    public int port() {
        return listener.port();
    }

    public Registry registry() {
        return registry;
    }

    @Override
    public void close() throws InterruptedException {
        listener.close();
        loop.close();
        agent.close();
        registry.close();
        log.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    public static void main(String[] args) throws Exception {
        List<String> options = List.of(args);
        try (RegistryServer server = new RegistryServer(
                Integer.parseInt(args[0]), !options.contains("compact"), options.contains("scripts"))) {
            System.out.println("ready on port " + server.port());
            new CountDownLatch(1).await();
        }
    }
}
