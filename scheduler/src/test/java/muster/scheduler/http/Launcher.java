package muster.scheduler.http;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import muster.http.HttpListener;
import muster.http.Routes;
import muster.raft.MemoryLogGroup;
import muster.registry.client.testing.FakeRegistry;
import muster.scheduler.SchedulerServer;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.client.Client;
import muster.scheduler.client.ClientRoutes;
import muster.scheduler.client.ClientSettings;
import muster.scheduler.client.OwnApi;
import muster.scheduler.driver.Drivers;

/** A scheduler server with a client in one process, by hand: {@code Launcher PORT}. Runs until killed. */
public final class Launcher {
    private Launcher() {}

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        MemoryLogGroup group = new MemoryLogGroup("127.0.0.1:4647");
        RandomGenerator random = new java.util.Random();
        SchedulerServer server = SchedulerServer.attach(group, LeaderSettings.defaults(2), InstantSource.system(), random);
        group.start();
        server.start();
        Path data = Files.createTempDirectory("muster-scheduler");
        ClientSettings settings = new ClientSettings("node-1", "dc1", "global", "", "1.1.2", Map.of(), data, false, "lo",
                "127.0.0.1", OwnApi.plain("127.0.0.1:4646"), "", Map.of("consul.version", "1.8.7", "consul.server", "true"),
                Map.of("PATH", System.getenv("PATH")), ClientSettings.Capacity.FOUND, ClientSettings.Rules.USUAL);
        Client client = Client.start(settings, server.clients(), new FakeRegistry(), Drivers.of(true),
                InstantSource.system(), random, () -> UUID.randomUUID().toString());
        AgentFacts facts = Facts.alone();
        Routes routes = ServerRoutes.of(server, facts, InstantSource.system(), random);
        ClientRoutes.of(client).all().forEach(r -> routes.add(r.method(), r.pattern(), r.maxBody(), r.handler()));
        HttpListener.start(Vertx.vertx(), HttpListener.Listen.on("127.0.0.1", port), routes, new SchedulerDialect());
        System.out.println("ready on " + port);
        new CountDownLatch(1).await();
    }
}
