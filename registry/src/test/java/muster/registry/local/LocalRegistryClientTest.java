package muster.registry.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import muster.raft.MemoryLogGroup;
import muster.registry.Registry;
import muster.registry.agent.AgentLoop;
import muster.registry.agent.AgentSettings;
import muster.registry.agent.LocalAgent;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.testing.RegistryClientContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The registry of the same process keeps the contract of all registry clients. */
class LocalRegistryClientTest extends RegistryClientContract {
    private final AtomicReference<Duration> passed = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> InstantSource.system().instant().plus(passed.get());
    private MemoryLogGroup log;
    private Registry registry;
    private LocalAgent agent;
    private AgentLoop loop;
    private LocalRegistryClient client;

    @BeforeEach
    void start() throws Exception {
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

    @Test
    void withoutALeaderAnswersGoOnAndTellTheirAge() {
        // Plan: the log ends, and with it its leader; an hour later the last state is still read, but nothing says that it is current.
        Query<Optional<KeyValue>> query = new Query.Key("a", Query.Scope.LOCAL);
        client.put("a", new byte[] {1});
        assertThat(client.read(query).lastContact()).isZero();
        log.close();
        passed.set(Duration.ofHours(1));
        assertThat(client.read(query).value()).isPresent();
        assertThat(client.read(query).lastContact()).isGreaterThanOrEqualTo(Duration.ofHours(1));
        assertThat(client.read(query).knownLeader()).isFalse();
        assertThat(client.revision(query)).isEmpty();
    }

    @Test
    void theMomentMovesWithAnyChangeAndARevisionWithItsOwn() {
        Query<Optional<KeyValue>> query = new Query.Key("a", Query.Scope.LOCAL);
        client.put("a", new byte[] {1});
        OptionalLong moment = client.moment();
        OptionalLong revision = client.revision(query);
        client.put("b", new byte[] {1});
        assertThat(client.revision(query)).isEqualTo(revision);
        assertThat(client.moment()).isNotEqualTo(moment);
        log.close();
        assertThat(client.moment()).isEmpty();
    }

    /** Plan: two keys are read, one before and one after both are changed; they are of the moment at which the reading began. */
    @Test
    void theReadsOfOneMomentSeeOneState() {
        Query<Optional<KeyValue>> one = new Query.Key("one", Query.Scope.LOCAL);
        Query<Optional<KeyValue>> two = new Query.Key("two", Query.Scope.LOCAL);
        client.put("one", new byte[] {1});
        client.put("two", new byte[] {1});
        RegistryClient.Reader now = client.now();
        assertThat(now.read(one).value().orElseThrow().value()).containsExactly(1);
        client.put("one", new byte[] {2});
        client.put("two", new byte[] {2});
        assertThat(now.read(two).value().orElseThrow().value()).containsExactly(1);
        assertThat(client.now().read(two).value().orElseThrow().value()).containsExactly(2);
    }

    @Override
    protected RegistryClient client() {
        return client;
    }
}
