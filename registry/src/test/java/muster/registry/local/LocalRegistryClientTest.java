package muster.registry.local;

import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.UUID;
import muster.raft.MemoryLogGroup;
import muster.registry.Registry;
import muster.registry.agent.AgentLoop;
import muster.registry.agent.AgentSettings;
import muster.registry.agent.LocalAgent;
import muster.registry.client.RegistryClient;
import muster.registry.client.testing.RegistryClientContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The registry of the same process keeps the contract of all registry clients. */
class LocalRegistryClientTest extends RegistryClientContract {
    private MemoryLogGroup log;
    private Registry registry;
    private LocalAgent agent;
    private AgentLoop loop;
    private LocalRegistryClient client;

    @BeforeEach
    void start() throws Exception {
        InstantSource clock = InstantSource.system();
        log = new MemoryLogGroup("127.0.0.1:8300");
        registry = new Registry("dc1", log, clock, new SplittableRandom(1));
        log.start();
        AgentSettings settings = AgentSettings.of("node-1", UUID.randomUUID().toString(), "dc1", "127.0.0.1", "1.8.7");
        agent = new LocalAgent(settings, new ServerCatalog(registry), clock, new SplittableRandom(2));
        loop = new AgentLoop(agent, clock, new SplittableRandom(3));
        loop.start();
        client = new LocalRegistryClient(registry, agent, clock);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        loop.close();
        agent.close();
        registry.close();
        log.close();
    }

    @Override
    protected RegistryClient client() {
        return client;
    }
}
