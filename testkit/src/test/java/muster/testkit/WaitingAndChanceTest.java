package muster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaitingAndChanceTest {
    @Test
    void waits_until_the_condition_holds() {
        AtomicInteger calls = new AtomicInteger();
        Eventually.holds("three calls", () -> calls.incrementAndGet() == 3);
        assertThat(calls).hasValue(3);
        assertThat(Eventually.<String>value("a value", () -> Optional.of("x"))).isEqualTo("x");
    }

    @Test
    void names_what_did_not_hold_and_why() {
        assertThatThrownBy(() -> Eventually.passes("pigs fly", Duration.ofMillis(5), () -> assertThat("pig").isEqualTo("bird")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not within 5 ms: pigs fly")
                .hasRootCauseInstanceOf(AssertionError.class);
    }

    @Test
    void ports_are_different() {
        assertThat(FreePorts.some(5)).doesNotHaveDuplicates().allMatch(port -> port > 0);
    }

    @Test
    void a_seed_gives_the_same_sequence_and_a_failure_names_it() {
        assertThat(SeededRandom.of(7).nextLong()).isEqualTo(SeededRandom.of(7).nextLong());
        List<Long> seen = new ArrayList<>();
        SeededRandom.rounds(3, random -> seen.add(random.nextLong()));
        assertThat(seen).doesNotHaveDuplicates();
        List<Long> again = new ArrayList<>();
        SeededRandom.rounds(3, random -> again.add(random.nextLong()));
        assertThat(System.getProperty("test.seed", "").equals("random") || again.equals(seen)).as("seeds are the same every time").isTrue();
        assertThatThrownBy(() -> SeededRandom.rounds(1, random -> {
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("fails with seed ")
                .hasMessageContaining("-Dtest.seed=");
    }
}
