package muster.lb.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LastKnownTest {
    private final LastKnown<Integer> known = new LastKnown<>(Duration.ofMinutes(1));
    private long now;

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
        assertThat(seen(Map.of())).isEqualTo(new LastKnown.Picture<>(new TreeMap<>(Map.of("a", 1, "b", 2, "c", 3)), java.util.Set.of("a", "b", "c")));
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
        for (String name : java.util.List.of("a", "b", "c", "d")) {
            seen(Map.of(name, 1));
            assertThat(seen(Map.of()).services()).isEmpty();
        }
    }

    @Test
    void whatARegistryThatBeganAnewLacksIsKept() {
        seen(Map.of("a", 1, "b", 2));
        assertThat(known.of(new TreeMap<>(Map.of("a", 1)), true, now)).isEqualTo(
                new LastKnown.Picture<>(new TreeMap<>(Map.of("a", 1, "b", 2)), java.util.Set.of("b")));
    }

    @Test
    void nothingIsKeptWithoutATimeForIt() {
        LastKnown<Integer> none = new LastKnown<>(Duration.ZERO);
        none.of(new TreeMap<>(Map.of("a", 1, "b", 2, "c", 3)), false, 0);
        assertThat(none.of(new TreeMap<>(), true, 0).services()).isEmpty();
    }

    private LastKnown.Picture<Integer> seen(Map<String, Integer> services) {
        return known.of(new TreeMap<>(services), false, now);
    }

    private void pass(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }
}
