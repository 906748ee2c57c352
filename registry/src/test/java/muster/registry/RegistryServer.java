package muster.registry;

import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import muster.http.Handlers;
import muster.http.HttpListener;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.MemoryLogGroup;
import muster.registry.http.ApiSettings;
import muster.registry.http.ConsulDialect;
import muster.registry.http.ConsulRoutes;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Node;
import muster.registry.state.Service;

/**
 * The registry alone behind its HTTP API, with the rows that a server's own agent would register: for tests by hand
 * and for tests that speak HTTP. Arguments: port, and {@code compact} for an agent that is not {@code -dev}.
 */
public final class RegistryServer implements AutoCloseable {
    private static final String NODE = "n1";
    private static final String NODE_ID = "11111111-aaaa-bbbb-cccc-000000000001";

    private final MemoryLogGroup log = new MemoryLogGroup("127.0.0.1:8300");
    private final Registry registry = new Registry("dc1", log, InstantSource.system(), new Random(1));
    private final Vertx vertx = Vertx.vertx();
    private final HttpListener listener;

    public RegistryServer(int port, boolean pretty) throws Exception {
        log.start();
        registry.propose(new Command.Register(
                new Node(NODE_ID, NODE, "127.0.0.1", "dc1", Map.of("lan", "127.0.0.1"), Map.of(), 0, 0),
                false,
                Optional.of(new Service(NODE, "consul", "consul", "", List.of(), "", 8300, Map.of(), Map.of(),
                        Service.Weights.DEFAULT, false, Optional.empty(), false, 0, 0)),
                List.of(new Check(NODE, Check.SERF_HEALTH, "Serf Health Status", Check.PASSING, "",
                        "Agent alive and reachable", "", "", List.of(), "", Check.Definition.NONE, 0, 0)))).get();
        Routes routes = new Routes();
        ConsulRoutes.add(routes, registry, ApiSettings.of(NODE, NODE_ID, "127.0.0.1:8300", "1.8.7", Instant.now(), pretty,
                pretty),
                UUID::randomUUID);
        routes.get("/v1/agent/self", Handlers.direct(call -> Reply.of(200, "application/json",
                ("{\"Config\":{\"Datacenter\":\"dc1\",\"NodeName\":\"" + NODE + "\",\"NodeID\":\"" + NODE_ID + "\"}}").getBytes())));
        listener = HttpListener.start(vertx, HttpListener.Listen.on("127.0.0.1", port), routes, new ConsulDialect());
    }

    public int port() {
        return listener.port();
    }

    public Registry registry() {
        return registry;
    }

    @Override
    public void close() {
        listener.close();
        registry.close();
        log.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    public static void main(String[] args) throws Exception {
        try (RegistryServer server = new RegistryServer(
                Integer.parseInt(args[0]), args.length < 2 || !args[1].equals("compact"))) {
            System.out.println("ready on port " + server.port());
            new CountDownLatch(1).await();
        }
    }
}
