package muster.template.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.registry.client.HealthCheck;
import muster.registry.client.KeyValue;
import muster.registry.client.testing.FakeRegistry;
import muster.template.dependency.Dependency;
import muster.template.dependency.Values;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where watches have brought one of two changes, a rendering sees both. */
class MomentTest {
    private static final Dependency<Optional<KeyValue>> ONE = new Dependency.OptionalKey("one", "");
    private static final Dependency<Optional<KeyValue>> TWO = new Dependency.OptionalKey("two", "");
    private static final Dependency.Service WEB = new Dependency.Service("web", "", "", "", List.of(HealthCheck.Status.PASSING));

    private final FakeRegistry registry = new FakeRegistry();

    @AfterEach
    void close() {
        registry.close();
    }

    private void put(String key, String value) {
        registry.put(key, value.getBytes(StandardCharsets.UTF_8));
    }

    private Moment moment(Map<Dependency<?>, Object> known) {
        return new Moment(Instant.EPOCH, new Values(known), List.of(), Optional.of(registry.now()));
    }

    private static String text(Values values, Dependency<Optional<KeyValue>> key) {
        return values.get(key).map(found -> found.map(KeyValue::text).orElse("absent")).orElse("unknown");
    }

    @Test
    void what_is_known_is_taken_from_the_registry_as_it_is_now_and_what_is_not_stays_unknown() {
        put("one", "old");
        put("two", "old");
        Map<Dependency<?>, Object> known = Map.of(ONE, registry.read(((Dependency.OptionalKey) ONE).query()).value());
        put("one", "new");
        Values values = moment(known).values(EmptyHold.NONE);
        assertThat(text(values, ONE)).isEqualTo("new");
        assertThat(text(values, TWO)).isEqualTo("unknown");
    }

    @Test
    void a_failed_read_leaves_what_is_known() {
        put("one", "old");
        Map<Dependency<?>, Object> known = Map.of(ONE, registry.read(((Dependency.OptionalKey) ONE).query()).value());
        registry.fail("down");
        assertThat(text(moment(known).values(EmptyHold.NONE), ONE)).isEqualTo("old");
    }

    /** Its watch has to say so first, since that begins the time for which it is held. */
    @Test
    void a_list_that_became_empty_just_now_is_shown_as_it_was() {
        registry.add(registry.instance("web", "web-1", "10.0.0.1", 80));
        Map<Dependency<?>, Object> known = Map.of(WEB, registry.read(WEB.query()).value());
        registry.remove("node1", "web-1");
        assertThat(moment(known).values(EmptyHold.of(Duration.ofSeconds(10))).get(WEB).orElseThrow()).hasSize(1);
    }
}
