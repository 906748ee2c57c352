package muster.raft.members;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LivenessTest {
    private static final long STEP = Duration.ofMillis(250).toNanos();

    private final Liveness liveness = new Liveness(Duration.ofSeconds(6), Duration.ofSeconds(2), Duration.ofSeconds(1));

    @BeforeEach
    void watch() {
        liveness.watch(Set.of("a", "b"));
    }

    private List<String> pass(Duration time) {
        List<String> dead = new ArrayList<>();
        for (long passed = 0; passed < time.toNanos(); passed += STEP) {
            dead.addAll(liveness.pass(STEP));
        }
        return dead;
    }

    @Test
    void who_is_silent_is_suspected_and_then_dead_once() {
        for (int i = 0; i < 6; i++) {
            assertThat(pass(Duration.ofSeconds(1))).isEmpty();
            liveness.heard("a");
        }
        assertThat(liveness.suspects()).containsExactly("b");
        assertThat(pass(Duration.ofSeconds(1))).containsExactly("b");
        assertThat(liveness.suspects()).isEmpty();
        assertThat(liveness.silenceOf("b")).isEmpty();
    }

    @Test
    void where_nobody_listens_less_silence_is_enough() {
        liveness.refused("b");
        assertThat(pass(Duration.ofMillis(1_750))).isEmpty();
        assertThat(liveness.suspects()).isEmpty();
        pass(Duration.ofMillis(250));
        assertThat(liveness.suspects()).containsExactly("b");
        assertThat(pass(Duration.ofSeconds(1))).containsExactly("b");
    }

    @Test
    void a_suspect_that_somebody_heard_is_none() {
        liveness.refused("b");
        pass(Duration.ofSeconds(2));
        liveness.heard("b");
        assertThat(liveness.suspects()).isEmpty();
        assertThat(liveness.vouches("b")).isTrue();
        assertThat(pass(Duration.ofSeconds(2))).isEmpty();
    }

    @Test
    void an_observer_that_stood_still_does_not_hold_it_against_others() {
        liveness.pass(Duration.ofMinutes(10).toNanos());
        assertThat(liveness.suspects()).isEmpty();
        assertThat(liveness.silenceOf("a")).contains(Liveness.LONGEST_STEP);
    }

    @Test
    void nobody_vouches_for_one_that_was_not_heard_lately_or_is_not_known() {
        pass(Duration.ofSeconds(4));
        assertThat(liveness.vouches("a")).isFalse();
        assertThat(liveness.vouches("stranger")).isFalse();
    }

    @Test
    void who_is_watched_on_keeps_its_silence() {
        pass(Duration.ofSeconds(3));
        liveness.watch(Set.of("b", "c"));
        assertThat(liveness.silenceOf("a")).isEmpty();
        assertThat(liveness.silenceOf("b")).contains(Duration.ofSeconds(3));
        assertThat(liveness.silenceOf("c")).contains(Duration.ZERO);
    }
}
