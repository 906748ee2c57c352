package muster.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.orbitz.consul.Consul;
import com.orbitz.consul.ConsulException;
import com.orbitz.consul.KeyValueClient;
import com.orbitz.consul.async.ConsulResponseCallback;
import com.orbitz.consul.model.ConsulResponse;
import com.orbitz.consul.model.acl.ImmutablePolicy;
import com.orbitz.consul.model.acl.ImmutablePolicyLink;
import com.orbitz.consul.model.acl.ImmutableToken;
import com.orbitz.consul.model.health.ServiceHealth;
import com.orbitz.consul.model.kv.Value;
import com.orbitz.consul.model.session.ImmutableSession;
import com.orbitz.consul.option.ImmutablePutOptions;
import com.orbitz.consul.option.QueryOptions;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import muster.testkit.RunningAgent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java client that the registry's own writes go through, walked through what its users do. */
@Timeout(180)
class OrbitzClientTest {
    @TempDir
    static Path folder;

    private static RunningAgent agent;
    private static Consul consul;

    @BeforeAll
    static void start() {
        agent = RunningAgent.start(folder, System.getProperty("java.class.path"));
        consul = client(RunningAgent.ROOT);
    }

    @AfterAll
    static void stop() {
        try (RunningAgent running = agent) {
            consul.destroy();
        }
    }

    private static Consul client(String token) {
        return Consul.builder().withUrl(agent.address().toString()).withTokenAuth(token).withReadTimeoutMillis(30_000).build();
    }

    @Test
    void aServiceIsRegisteredCheckedAndFound() throws Exception {
        // Plan: register with a TTL check, which begins critical; pass it and look the service up; deregister it.
        consul.agentClient().register(8080, 60L, "web", "web-1", List.of("a", "b"), Map.of("version", "1"));
        assertThat(consul.agentClient().isRegistered("web-1")).isTrue();
        assertThat(consul.healthClient().getHealthyServiceInstances("web").getResponse()).isEmpty();
        consul.agentClient().pass("web-1", "fine");
        List<ServiceHealth> found = consul.healthClient().getHealthyServiceInstances("web").getResponse();
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().getService().getTags()).containsExactly("a", "b");
        assertThat(found.getFirst().getService().getMeta()).isEqualTo(Map.of("version", "1"));
        assertThat(consul.catalogClient().getServices().getResponse()).containsKey("web");
        consul.agentClient().deregister("web-1");
        assertThat(consul.agentClient().isRegistered("web-1")).isFalse();
    }

    @Test
    void keysAreWrittenReadComparedAndLocked() {
        // Plan: write and read; replace only at the right index; hold the key by a session and let go; remove it.
        KeyValueClient keys = consul.keyValueClient();
        assertThat(keys.putValue("app/a", "one", 7L)).isTrue();
        Value value = keys.getValue("app/a").orElseThrow();
        assertThat(value.getValueAsString()).contains("one");
        assertThat(value.getFlags()).isEqualTo(7);
        assertThat(keys.putValue("app/a", "two", 0L, ImmutablePutOptions.builder().cas(value.getModifyIndex()).build())).isTrue();
        assertThat(keys.putValue("app/a", "three", 0L, ImmutablePutOptions.builder().cas(value.getModifyIndex()).build())).isFalse();
        assertThat(keys.getKeys("app")).containsExactly("app/a");

        String session = consul.sessionClient().createSession(ImmutableSession.builder().name("s").ttl("10s").lockDelay("0s").build()).getId();
        assertThat(keys.acquireLock("app/lock", "me", session)).isTrue();
        assertThat(keys.getSession("app/lock")).contains(session);
        assertThat(consul.sessionClient().renewSession(session)).isPresent();
        assertThat(keys.releaseLock("app/lock", session)).isTrue();
        consul.sessionClient().destroySession(session);
        assertThat(consul.sessionClient().getSessionInfo(session)).isEmpty();
        keys.deleteKeys("app");
        assertThat(keys.getValue("app/a")).isEmpty();
    }

    @Test
    void aWatchSeesAChange() throws Exception {
        KeyValueClient keys = consul.keyValueClient();
        keys.putValue("watched", "one");
        BigInteger index = keys.getConsulResponseWithValue("watched").orElseThrow().getIndex();
        CompletableFuture<String> seen = new CompletableFuture<>();
        keys.getValue("watched", QueryOptions.blockSeconds(20, index).build(), new ConsulResponseCallback<Optional<Value>>() {
            @Override
            public void onComplete(ConsulResponse<Optional<Value>> answer) {
                seen.complete(answer.getResponse().flatMap(Value::getValueAsString).orElse(""));
            }

            @Override
            public void onFailure(Throwable failure) {
                seen.completeExceptionally(failure);
            }
        });
        keys.putValue("watched", "two", StandardCharsets.UTF_8);
        assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo("two");
    }

    @Test
    void aTokenMayWhatItsPolicySays() {
        String policy = consul.aclClient().createPolicy(ImmutablePolicy.builder().name("readers-of-a")
                .rules("key_prefix \"a/\" { policy = \"write\" }").build()).id();
        String secret = consul.aclClient().createToken(ImmutableToken.builder().description("reader")
                .addPolicies(ImmutablePolicyLink.builder().id(policy).build()).build()).secretId();
        Consul reader = client(secret);
        try {
            assertThat(reader.keyValueClient().putValue("a/b", "1")).isTrue();
            assertThatThrownBy(() -> reader.keyValueClient().putValue("b/b", "1")).isInstanceOf(ConsulException.class)
                    .hasMessageContaining("Permission denied");
            assertThat(reader.aclClient().readSelfToken().policies()).hasSize(1);
        } finally {
            reader.destroy();
        }
    }
}
