package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
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

    /** A directory whose account of itself is the test's to give. */
    private static final class Told implements ServiceSync.Directory<String> {
        private final List<String> calls = new CopyOnWriteArrayList<>();
        private volatile Consumer<Set<String>> listener = ids -> {};

        @Override
        public void register(String registration) {
            calls.add(registration);
        }

        @Override
        public void deregister(String id) {
            calls.add("-" + id);
        }

        @Override
        public Set<String> present() {
            return Set.of();
        }

        @Override
        public void follow(Consumer<Set<String>> present) {
            listener = present;
            calls.add("followed");
        }
    }

    @Test
    void whatWasListedAndIsNotIsPutBackAtOnce() {
        // Plan: an account that is older than the registrations changes nothing; both are listed; one is lost, and is put back; a stranger's
        // is nobody's business here.
        Told directory = new Told();
        try (ServiceSync<String> told = new ServiceSync<>("told", directory)) {
            told.put(Map.of("a", "+a", "b", "+b"));
            Eventually.holds("both", () -> directory.calls.containsAll(List.of("+a", "+b", "followed")));
            directory.listener.accept(Set.of());
            directory.listener.accept(Set.of("a", "b", "stranger"));
            directory.listener.accept(Set.of("b"));
            Eventually.holds("put back", () -> Collections.frequency(directory.calls, "+a") == 2);
            told.put(Map.of("c", "+c"));
            Eventually.holds("c", () -> directory.calls.contains("+c"));
            assertThat(Collections.frequency(directory.calls, "+b")).isEqualTo(1);
            assertThat(directory.calls).noneMatch(call -> call.startsWith("-"));
        }
    }

    @Test
    void afterAWhileThoseOfTheDeadAreSwept() {
        // Plan: the agent was away while an allocation ended. What it registered goes with the next full pass, what others registered stays.
        registry.register(service("_nomad-task-dead", "1"));
        registry.register(service("web", "1"));
        try (ServiceSync<ServiceRegistration> next = new ServiceSync<>("next", new WorkloadServices.InRegistry(registry), Duration.ofMillis(20))) {
            next.put(Map.of("_nomad-task-live", service("_nomad-task-live", "1")));
            Eventually.holds("followed", () -> !registry.watches().isEmpty());
            Eventually.holds("swept", () -> tags().equals(List.of("_nomad-task-live=1", "web=1")));
        }
    }
}
