package muster.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.consul.CheckOptions;
import io.vertx.ext.consul.CheckQueryOptions;
import io.vertx.ext.consul.ConsulClient;
import io.vertx.ext.consul.ConsulClientOptions;
import io.vertx.ext.consul.KeyValue;
import io.vertx.ext.consul.KeyValueOptions;
import io.vertx.ext.consul.ServiceEntry;
import io.vertx.ext.consul.ServiceOptions;
import io.vertx.ext.consul.SessionOptions;
import io.vertx.ext.consul.Watch;
import io.vertx.ext.consul.policy.AclPolicy;
import io.vertx.ext.consul.token.AclToken;
import io.vertx.ext.consul.token.PolicyLink;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import muster.testkit.RunningAgent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class VertxClientTest {
    @TempDir
    static Path folder;

    private static RunningAgent agent;
    private static Vertx vertx;
    private static ConsulClient consul;

    @BeforeAll
    static void start() {
        agent = RunningAgent.ofModule(folder);
        vertx = Vertx.vertx();
        consul = ConsulClient.create(vertx, options(RunningAgent.ROOT));
    }

    @AfterAll
    static void stop() throws Exception {
        try (RunningAgent running = agent) {
            consul.close();
            get(vertx.close());
        }
    }

    private static ConsulClientOptions options(String token) {
        return new ConsulClientOptions().setHost(agent.address().getHost()).setPort(agent.address().getPort()).setAclToken(token).setTimeout(30_000);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    void aServiceIsRegisteredCheckedAndFound() throws Exception {
        // Plan: register with a TTL check, which begins critical; pass it and look the service up; deregister it.
        get(consul.registerService(new ServiceOptions().setId("web-1").setName("web").setPort(8080).setTags(List.of("a", "b"))
                .setMeta(Map.of("version", "1")).setCheckOptions(new CheckOptions().setTtl("60s"))));
        assertThat(get(consul.healthServiceNodes("web", true)).getList()).isEmpty();
        get(consul.passCheckWithNote("service:web-1", "fine"));
        List<ServiceEntry> found = get(consul.healthServiceNodes("web", true)).getList();
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().getService().getTags()).containsExactly("a", "b");
        assertThat(get(consul.healthChecksWithOptions("web", new CheckQueryOptions())).getList().getFirst().getOutput()).isEqualTo("fine");
        assertThat(get(consul.catalogServices()).getList()).extracting(service -> service.getName()).contains("web");
        get(consul.deregisterService("web-1"));
        assertThat(get(consul.localServices())).isEmpty();
    }

    @Test
    void keysAreWrittenReadComparedAndLocked() throws Exception {
        // Plan: write and read; replace only at the right index; hold the key by a session and let go; remove it.
        assertThat(get(consul.putValueWithOptions("app/a", "one", new KeyValueOptions().setFlags(7)))).isTrue();
        KeyValue value = get(consul.getValue("app/a"));
        assertThat(value.getValue()).isEqualTo("one");
        assertThat(value.getFlags()).isEqualTo(7);
        KeyValueOptions expected = new KeyValueOptions().setCasIndex(value.getModifyIndex());
        assertThat(get(consul.putValueWithOptions("app/a", "two", expected))).isTrue();
        assertThat(get(consul.putValueWithOptions("app/a", "three", expected))).isFalse();
        assertThat(get(consul.getKeys("app"))).containsExactly("app/a");

        String session = get(consul.createSessionWithOptions(new SessionOptions().setName("s").setTtl(10).setLockDelay(0)));
        assertThat(get(consul.putValueWithOptions("app/lock", "me", new KeyValueOptions().setAcquireSession(session)))).isTrue();
        assertThat(get(consul.getValue("app/lock")).getSession()).isEqualTo(session);
        assertThat(get(consul.renewSession(session)).getId()).isEqualTo(session);
        assertThat(get(consul.putValueWithOptions("app/lock", "me", new KeyValueOptions().setReleaseSession(session)))).isTrue();
        get(consul.destroySession(session));
        assertThat(get(consul.listSessions()).getList()).isEmpty();
        get(consul.deleteValues("app"));
        assertThat(get(consul.getValue("app/a")).isPresent()).isFalse();
    }

    @Test
    void aWatchSeesAChange() throws Exception {
        get(consul.putValue("watched", "one"));
        CompletableFuture<Void> first = new CompletableFuture<>();
        CompletableFuture<Void> second = new CompletableFuture<>();
        Watch<KeyValue> watch = Watch.key("watched", vertx, options(RunningAgent.ROOT)).setHandler(result -> {
            if (result.succeeded()) {
                switch (result.nextResult().getValue()) {
                    case "one" -> first.complete(null);
                    case "two" -> second.complete(null);
                    default -> second.completeExceptionally(new AssertionError(result.nextResult().getValue()));
                }
            }
        }).start();
        try {
            first.get(30, TimeUnit.SECONDS);
            get(consul.putValue("watched", "two"));
            second.get(30, TimeUnit.SECONDS);
        } finally {
            watch.stop();
        }
    }

    @Test
    void aTokenMayWhatItsPolicySays() throws Exception {
        String policy = get(consul.createAclPolicy(
                new AclPolicy().setName("writers-of-a").setRules("key_prefix \"a/\" { policy = \"write\" }")));
        AclToken token = get(consul.createAclToken(new AclToken().setDescription("writer").setPolicies(List.of(new PolicyLink().setId(policy)))));
        ConsulClient writer = ConsulClient.create(vertx, options(token.getSecretId()));
        try {
            assertThat(get(writer.putValue("a/b", "1"))).isTrue();
            assertThatThrownBy(() -> get(writer.putValue("b/b", "1"))).isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("Forbidden");
        } finally {
            writer.close();
        }
    }
}
