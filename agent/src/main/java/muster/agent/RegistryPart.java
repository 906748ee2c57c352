package muster.agent;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import muster.http.HttpListener;
import muster.http.Routes;
import muster.raft.LogGroup;
import muster.registry.Registry;
import muster.registry.agent.AgentApi;
import muster.registry.agent.AgentControls;
import muster.registry.agent.AgentLoop;
import muster.registry.agent.AgentSettings;
import muster.registry.agent.LocalAgent;
import muster.registry.agent.ServerStatus;
import muster.registry.http.ApiSettings;
import muster.registry.http.ConsulDialect;
import muster.registry.http.ConsulRoutes;
import muster.registry.local.LocalRegistryClient;
import muster.registry.local.ServerCatalog;
import muster.ui.Pages;

/** The registry: its state in the log, the local agent, the HTTP API. */
final class RegistryPart implements Part {
    static final String VERSION = "1.8.7";
    private static final int SERVER_PORT = 8300;

    private final AgentOptions options;
    private final Registry registry;
    private final LocalAgent agent;
    private final LocalRegistryClient client;
    private final AgentSettings settings;
    private AgentLoop loop;
    private HttpListener listener;

    /** Attaches to a log that has not started. */
    RegistryPart(AgentOptions options, NodeIdentity identity, LogGroup log, InstantSource clock, RandomGenerator random) {
        this.options = options;
        registry = new Registry(options.datacenter(), log, clock, random);
        AgentSettings usual = AgentSettings.of(options.node(), identity.id(), options.datacenter(), options.advertise(), VERSION);
        boolean anybody = options.scripts() == AgentOptions.Scripts.ANYBODY;
        settings = new AgentSettings(usual.nodeName(), usual.nodeId(), usual.datacenter(), usual.address(), options.nodeMeta(),
                VERSION, usual.serverPort(), usual.gossipPort(), anybody,
                anybody || options.scripts() == AgentOptions.Scripts.CONFIGURATION, usual.outputLimit(), usual.checkUpdateInterval(),
                usual.syncInterval(), true, options.dev(), options.dataDir().map(dir -> dir.resolve("agent")));
        agent = new LocalAgent(settings, new ServerCatalog(registry), clock, random);
        client = new LocalRegistryClient(registry, agent, clock);
    }

    /** Starts what the log's start does not: the agent's sync and the API. */
    void start(Vertx vertx, InstantSource clock, RandomGenerator random, AgentControls controls)
            throws IOException, InterruptedException {
        agent.restore();
        agent.configure(options.services(), options.checks());
        loop = new AgentLoop(agent, clock, random);
        loop.start();
        Routes routes = new Routes();
        new AgentApi(agent, this::status, controls, registry.access()).addTo(routes);
        ConsulRoutes.add(routes, registry,
                ApiSettings.of(options.node(), settings.nodeId(), options.advertise() + ":" + SERVER_PORT, VERSION, clock.instant(),
                        options.dev(), true),
                UUID::randomUUID);
        Pages.addTo(routes, Pages.Part.REGISTRY);
        HttpListener.Listen listen = new HttpListener.Listen(options.host(), options.ports().registry(), 2, 0);
        listener = HttpListener.start(vertx, listen, routes, new ConsulDialect());
    }

    private ServerStatus status() {
        return new ServerStatus(registry.isLeader(), registry.leader(), registry.snapshot().index());
    }

    LocalRegistryClient client() {
        return client;
    }

    int port() {
        return listener.port();
    }

    @Override
    public List<Listening> listening() {
        return List.of(new Listening("registry (HTTP)", "http://" + Suite.hostPort(options.host(), listener.port())));
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close();
        }
        client.close();
        if (loop != null) {
            try {
                loop.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        agent.close();
        registry.close();
    }
}
