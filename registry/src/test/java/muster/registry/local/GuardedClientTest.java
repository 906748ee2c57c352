package muster.registry.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import muster.raft.MemoryLogGroup;
import muster.registry.Registry;
import muster.registry.acl.AccessSettings;
import muster.registry.acl.AgentTokens;
import muster.registry.agent.AgentSettings;
import muster.registry.agent.LocalAgent;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.View;
import muster.registry.identity.Grants;
import muster.registry.identity.Policy;
import muster.registry.identity.Token;
import muster.registry.state.AclChange;
import muster.registry.state.Command;
import muster.registry.state.KeyOperation;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parts of the same process have the rights of their token and no more. */
class GuardedClientTest {
    private static final String SECRET = "reader-secret";
    private final InstantSource clock = InstantSource.system();
    private MemoryLogGroup log;
    private Registry registry;
    private LocalAgent agent;

    @BeforeEach
    void start() throws Exception {
        log = new MemoryLogGroup("127.0.0.1:8300");
        registry = new Registry("dc1", log, clock, new SplittableRandom(1), AccessSettings.denying("management"));
        log.start();
        registry.ready().join();
        agent = new LocalAgent(AgentSettings.of("node-1", UUID.randomUUID().toString(), "dc1", "127.0.0.1", "1.8.7"),
                new ServerCatalog(registry), clock, new SplittableRandom(2));
        propose(new Command.ChangeAcl(new AclChange.PutPolicy(policy("key_prefix \"app/\" { policy = \"read\" }"))));
        propose(new Command.ChangeAcl(new AclChange.PutToken(Token.of(UUID.randomUUID().toString(), SECRET, "", Grants.ofPolicy("p1"), false,
                "", Optional.empty(), clock.instant()))));
        propose(new Command.WriteKey(KeyOperation.set("app/a", "1".getBytes(), 0)));
        propose(new Command.WriteKey(KeyOperation.set("other", "2".getBytes(), 0)));
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        registry.close();
        log.close();
    }

    private static Policy policy(String rules) {
        return Policy.of("p1", "reader", "", rules, List.of());
    }

    private void propose(Command command) {
        registry.propose(command).join();
    }

    private LocalRegistryClient client(String secret) {
        return new LocalRegistryClient(registry, agent, clock, secret);
    }

    @Test
    void readsShowWhatTheTokenMaySee() {
        try (LocalRegistryClient reader = client(SECRET)) {
            assertThat(reader.read(new Query.Key("app/a", Query.Scope.LOCAL)).value()).isPresent();
            assertThatThrownBy(() -> reader.read(new Query.Key("other", Query.Scope.LOCAL))).isInstanceOf(RegistryException.class)
                    .hasMessageContaining("lacks permission 'key:read' on \"other\"");
            assertThat(reader.read(new Query.Keys("", "", Query.Scope.LOCAL)).value()).containsExactly("app/a");
            assertThatThrownBy(() -> reader.put("app/a", "3".getBytes())).isInstanceOf(RegistryException.class)
                    .hasMessageContaining("lacks permission 'key:write' on \"app/a\"");
        }
    }

    @Test
    void aWatchFollowsTheRightsOfItsToken() {
        // Plan: watch a key without the right to see it, be given the right, then lose it again.
        propose(new Command.ChangeAcl(new AclChange.PutPolicy(policy(""))));
        List<View<?>> seen = new CopyOnWriteArrayList<>();
        try (LocalRegistryClient reader = client(SECRET); RegistryClient.Watch watch = reader.watch(new Query.Key("app/a", Query.Scope.LOCAL), seen::add)) {
            Eventually.holds("it is refused", () -> !seen.isEmpty() && seen.getLast().failure().equals(Optional.of("Permission denied")));
            propose(new Command.ChangeAcl(new AclChange.PutPolicy(policy("key \"app/a\" { policy = \"read\" }"))));
            Eventually.holds("it sees the key", () -> seen.getLast().value().isPresent() && seen.getLast().failure().isEmpty());
            propose(new Command.ChangeAcl(new AclChange.PutPolicy(policy(""))));
            Eventually.holds("it is refused again", () -> seen.getLast().failure().equals(Optional.of("Permission denied")));
        }
    }

    @Test
    void whoHasNoTokenHasTheAgentsDefaultOne() {
        try (LocalRegistryClient nobody = client("")) {
            assertThat(nobody.read(new Query.Keys("", "", Query.Scope.LOCAL)).value()).isEmpty();
            registry.access().use(new AgentTokens(SECRET, "", "", ""));
            assertThat(nobody.read(new Query.Keys("", "", Query.Scope.LOCAL)).value()).hasSize(1);
        }
    }
}
