package muster.dns.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
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
        assertThat(reads.read(service("web")).value()).isEmpty();
        registry.add(registry.instance("web", "web", "10.0.0.1", 80));
        assertThat(reads.read(service("web")).value()).hasSize(1);
        assertThat(registry.watches()).hasSize(1);
    }

    @Test
    void the_last_good_answer_outlives_the_registry() {
        registry.add(registry.instance("web", "web", "10.0.0.1", 80));
        reads.read(service("web"));
        registry.fail("gone");
        assertThat(reads.read(service("web")).value()).hasSize(1);
        assertThatThrownBy(() -> reads.read(service("other"))).isInstanceOf(RegistryException.class).hasMessage("gone");
        registry.recover();
        assertThat(reads.read(service("other")).value()).isEmpty();
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

    /** Plan: all watches are taken and in use; a further name is read, once for all who ask within a moment; later it is watched. */
    @Test
    void names_beyond_the_watches_are_read_and_kept_for_a_moment() {
        for (int i = 0; i < WatchedReads.MOST; i++) {
            reads.read(service("s" + i));
        }
        registry.add(registry.instance("web", "web", "10.0.0.1", 80));
        assertThat(reads.read(service("web")).value()).hasSize(1);
        registry.add(registry.instance("web", "web-2", "10.0.0.2", 80));
        assertThat(reads.read(service("web")).value()).hasSize(1);
        assertThat(reads.revision(service("web"))).isEmpty();
        clock.advance(WatchedReads.MOMENT);
        assertThat(reads.read(service("web")).value()).hasSize(2);
        assertThat(registry.watches()).hasSize(WatchedReads.MOST).noneMatch(status -> status.query().equals(service("web")));
        clock.advance(WatchedReads.IN_USE);
        assertThat(reads.read(service("web")).value()).hasSize(2);
        assertThat(registry.watches()).hasSize(WatchedReads.MOST).anyMatch(status -> status.query().equals(service("web")));
    }

    @Test
    void the_revision_moves_with_the_answer_and_its_age_with_the_outage() {
        reads.read(service("web"));
        OptionalLong before = reads.revision(service("web"));
        assertThat(before).isPresent().isEqualTo(reads.revision(service("web")));
        registry.add(registry.instance("web", "web", "10.0.0.1", 80));
        assertThat(reads.revision(service("web"))).isPresent().isNotEqualTo(before);
        assertThat(reads.read(service("web")).age()).isZero();
        registry.fail("gone");
        clock.advance(Duration.ofSeconds(7));
        assertThat(reads.read(service("web")).age()).isGreaterThanOrEqualTo(Duration.ofSeconds(7));
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
