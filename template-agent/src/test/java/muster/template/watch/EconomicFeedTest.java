package muster.template.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import muster.registry.client.HealthCheck;
import muster.registry.client.KeyValue;
import muster.registry.client.ServiceInstance;
import muster.registry.client.testing.FakeRegistry;
import muster.template.dependency.Dependency;
import org.junit.jupiter.api.Test;

/** Many dependencies over few requests give what a watch for each would give. */
class EconomicFeedTest {
    private final FakeRegistry registry = new FakeRegistry();
    private final Map<Dependency<?>, String> seen = new ConcurrentHashMap<>();
    private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

    private void report(List<Feed.News> news) {
        news.forEach(each -> report(each.dependency(), each.value(), each.failure()));
    }

    private void report(Dependency<?> dependency, Optional<?> value, Optional<String> failure) {
        String text = failure.map(why -> "failed").orElseGet(() -> shown(value.orElseThrow()));
        if (!text.equals(seen.put(dependency, text))) {
            reports.add(dependency + " " + text);
        }
    }

    private static String shown(Object value) {
        return switch (value) {
            case Optional<?> key -> key.map(entry -> ((KeyValue) entry).text()).orElse("absent");
            case List<?> instances -> instances.stream().map(each -> ((ServiceInstance) each).id()).sorted().toList().toString();
            default -> value.toString();
        };
    }

    private void await(String report) throws InterruptedException {
        String next = reports.poll(10, TimeUnit.SECONDS);
        while (next != null && !next.equals(report)) {
            next = reports.poll(10, TimeUnit.SECONDS);
        }
        assertThat(next).isEqualTo(report);
    }

    @Test
    void keys_and_services_are_followed_through_changes_and_outages() throws InterruptedException {
        // Forty keys and thirty services over sixteen requests; a key changes, one appears, one goes; a service gets an
        // instance and loses it; the registry fails and comes back.
        Set<Dependency.OfRegistry<?>> wanted = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            if (i != 7) {
                registry.put("app/k" + i, ("v" + i).getBytes(StandardCharsets.UTF_8));
            }
            wanted.add(new Dependency.OptionalKey("app/k" + i, ""));
        }
        for (int i = 0; i < 30; i++) {
            wanted.add(new Dependency.Service("web" + i, "", "", "", List.of(HealthCheck.Status.PASSING)));
        }
        try (EconomicFeed feed = new EconomicFeed(registry, 16, this::report)) {
            feed.want(wanted);
            while (seen.size() < wanted.size()) {
                assertThat(reports.poll(10, TimeUnit.SECONDS)).isNotNull();
            }
            assertThat(seen).containsEntry(new Dependency.OptionalKey("app/k3", ""), "v3")
                    .containsEntry(new Dependency.OptionalKey("app/k7", ""), "absent");
            assertThat(registry.watches().size()).isCloseTo(13, within(3));

            registry.put("app/k3", "new".getBytes(StandardCharsets.UTF_8));
            await("kv.get(app/k3) new");
            registry.put("app/k7", "there".getBytes(StandardCharsets.UTF_8));
            await("kv.get(app/k7) there");
            registry.delete("app/k9", false);
            await("kv.get(app/k9) absent");
            registry.add(registry.instance("web4", "web4-1", "10.0.0.1", 80));
            await("health.service(web4|passing) [web4-1]");
            registry.remove("node1", "web4-1");
            await("health.service(web4|passing) []");

            registry.fail("down");
            await("kv.get(app/k3) failed");
            registry.recover();
            await("kv.get(app/k3) new");
        }
    }
}
