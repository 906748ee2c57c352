package muster.dns.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import muster.registry.client.Query;
import muster.registry.client.RegistryException;
import muster.registry.client.testing.FakeRegistry;
import muster.testkit.ManualClock;
import org.junit.jupiter.api.Test;

class WatchedReadsTest {
    private final FakeRegistry registry = new FakeRegistry();
    private final ManualClock clock = new ManualClock();
    private final Reads reads = Reads.watched(registry, clock);

    private static Query.HealthService service(String name) {
        return new Query.HealthService(name, List.of(), false, "", Query.Scope.LOCAL);
    }

    @Test
    void what_was_asked_once_is_watched_and_follows_the_registry() {
        assertThat(reads.read(service("web"))).isEmpty();
        registry.add(registry.instance("web", "web", "10.0.0.1", 80));
        assertThat(reads.read(service("web"))).hasSize(1);
        assertThat(registry.watches()).hasSize(1);
    }

    @Test
    void the_last_good_answer_outlives_the_registry() {
        registry.add(registry.instance("web", "web", "10.0.0.1", 80));
        reads.read(service("web"));
        registry.fail("gone");
        assertThat(reads.read(service("web"))).hasSize(1);
        assertThatThrownBy(() -> reads.read(service("other"))).isInstanceOf(RegistryException.class).hasMessage("gone");
        registry.recover();
        assertThat(reads.read(service("other"))).isEmpty();
    }

    @Test
    void what_nobody_asks_for_is_forgotten() {
        reads.read(service("old"));
        reads.read(service("used"));
        clock.advance(WatchedReads.IDLE.minusSeconds(1));
        reads.read(service("used"));
        clock.advance(Duration.ofSeconds(2));
        reads.read(service("used"));
        assertThat(registry.watches()).singleElement().matches(status -> status.query().equals(service("used")));
    }

    @Test
    void watches_are_bounded_and_end_with_the_reads() {
        for (int i = 0; i < WatchedReads.MOST + 10; i++) {
            reads.read(service("s" + i));
        }
        assertThat(registry.watches()).hasSize(WatchedReads.MOST);
        reads.close();
        assertThat(registry.watches()).isEmpty();
        assertThatThrownBy(() -> reads.read(service("late"))).isInstanceOf(RegistryException.class);
    }
}
