package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServiceSyncTest {
    private final FakeRegistry registry = new FakeRegistry();
    private final ServiceSync<ServiceRegistration> sync = new ServiceSync<>("test", new WorkloadServices.InRegistry(registry));

    @AfterEach
    void end() {
        sync.close();
        registry.close();
    }

    private static ServiceRegistration service(String id, String tag) {
        return new ServiceRegistration(id, "app", List.of(tag), "127.0.0.1", 80, Map.of(), ServiceInstance.Weights.DEFAULT, false, List.of());
    }

    private List<String> tags() {
        return registry.registrations().stream().map(r -> r.id() + "=" + r.tags().getFirst()).sorted().toList();
    }

    @Test
    void putsReplacesAndRemoves() throws InterruptedException {
        sync.put(Map.of("a", service("a", "1"), "b", service("b", "1")));
        Eventually.holds("both", () -> tags().equals(List.of("a=1", "b=1")));
        sync.put(Map.of("a", service("a", "2")));
        Eventually.holds("replaced", () -> tags().equals(List.of("a=2", "b=1")));
        assertThat(sync.remove(List.of("a"), Duration.ofSeconds(30))).isTrue();
        assertThat(tags()).containsExactly("b=1");
    }

    @Test
    void makesUpForARegistryThatWasAway() {
        registry.fail("away");
        sync.put(Map.of("a", service("a", "1")));
        sync.put(Map.of("a", service("a", "2"), "b", service("b", "1")));
        registry.recover();
        Eventually.holds("in step", () -> tags().equals(List.of("a=2", "b=1")));
    }

    @Test
    void doesNotWaitForEverForARegistryThatIsAway() throws InterruptedException {
        sync.put(Map.of("a", service("a", "1")));
        Eventually.holds("there", () -> !tags().isEmpty());
        registry.fail("away");
        assertThat(sync.remove(List.of("a"), Duration.ofMillis(50))).isFalse();
    }
}
