package muster.lb.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LastKnownTest {
    private final Known known = new Known(Duration.ofMinutes(1));
    private long now;

    /** What to go by as a whole. */
    private record Picture(Map<String, Integer> services, Set<String> kept) {}

    /** Tells what differs from the registry's state before, and puts together what comes of it. */
    private static final class Known {
        private final LastKnown<Integer> known;
        private Map<String, Integer> before = Map.of();
        private final Map<String, Integer> services = new TreeMap<>();

        Known(Duration keep) {
            known = new LastKnown<>(keep);
        }

        Picture of(Map<String, Integer> now, boolean isAnew, long nanos) {
            Map<String, Optional<Integer>> changed = new HashMap<>();
            before.keySet().forEach(name -> changed.put(name, Optional.empty()));
            now.forEach((name, value) -> changed.put(name, Optional.of(value)));
            before = now;
            LastKnown.Seen<Integer> seen = known.of(changed, isAnew, nanos);
            seen.services().forEach((name, value) -> value.ifPresentOrElse(one -> services.put(name, one), () -> services.remove(name)));
            return new Picture(Map.copyOf(services), seen.kept());
        }
    }

    @Test
    void aServiceThatLeavesAloneIsGone() {
        seen(Map.of("a", 1, "b", 2, "c", 3));
        assertThat(seen(Map.of("a", 1, "b", 2)).services()).containsOnlyKeys("a", "b");
    }

    @Test
    void twoServicesMayLeaveTogether() {
        seen(Map.of("a", 1, "b", 2));
        assertThat(seen(Map.of()).services()).isEmpty();
    }

    /** Plan: three leave one after the other within the time; all are kept; one returns with another value; time ends the rest. */
    @Test
    void allOfThreeThatLeaveShortlyAfterEachOtherAreKept() {
        seen(Map.of("a", 1, "b", 2, "c", 3));
        pass(1);
        seen(Map.of("a", 1));
        pass(1);
        assertThat(seen(Map.of())).isEqualTo(new Picture(Map.of("a", 1, "b", 2, "c", 3), Set.of("a", "b", "c")));
        pass(5);
        assertThat(seen(Map.of("b", 7)).services()).isEqualTo(Map.of("a", 1, "b", 7, "c", 3));
        pass(54);
        assertThat(seen(Map.of("b", 7)).kept()).containsOnly("a", "c");
        pass(1);
        assertThat(seen(Map.of("b", 7)).services()).isEqualTo(Map.of("b", 7));
    }

    @Test
    void servicesThatLeaveOneByOneAreGone() {
        seen(Map.of("a", 1, "b", 2, "c", 3));
        seen(Map.of("a", 1, "b", 2));
        pass(2);
        seen(Map.of("a", 1));
        pass(2);
        assertThat(seen(Map.of()).services()).isEmpty();
    }

    @Test
    void servicesThatComeAndGoOneAfterTheOtherAreGone() {
        for (String name : List.of("a", "b", "c", "d")) {
            seen(Map.of(name, 1));
            assertThat(seen(Map.of()).services()).isEmpty();
        }
    }

    @Test
    void whatARegistryThatBeganAnewLacksIsKept() {
        seen(Map.of("a", 1, "b", 2));
        assertThat(known.of(Map.of("a", 1), true, now)).isEqualTo(new Picture(Map.of("a", 1, "b", 2), Set.of("b")));
    }

    @Test
    void nothingIsKeptWithoutATimeForIt() {
        Known none = new Known(Duration.ZERO);
        none.of(Map.of("a", 1, "b", 2, "c", 3), false, 0);
        assertThat(none.of(Map.of(), true, 0).services()).isEmpty();
    }

    private Picture seen(Map<String, Integer> services) {
        return known.of(services, false, now);
    }

    private void pass(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }
}
