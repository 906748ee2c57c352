package muster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManualClockTest {
    private final Instant start = Instant.parse("2030-01-01T00:00:00Z");
    private final ManualClock clock = new ManualClock();
    private final List<String> ran = new ArrayList<>();

    private void timer(int seconds, String name) {
        clock.schedule(Duration.ofSeconds(seconds), () -> ran.add(name + "@" + Duration.between(start, clock.instant()).toSeconds()));
    }

    @Test
    void stands_still_until_it_is_moved() {
        assertThat(clock.instant()).isEqualTo(start);
        clock.advance(Duration.ofMillis(1));
        assertThat(clock.instant()).isEqualTo(start.plusMillis(1));
        assertThatThrownBy(() -> clock.advance(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void timers_go_off_in_order_each_at_its_time() {
        timer(3, "late");
        timer(1, "early");
        timer(1, "early too");
        clock.advance(Duration.ofSeconds(2));
        assertThat(ran).containsExactly("early@1", "early too@1");
        assertThat(clock.pending()).containsExactly(start.plusSeconds(3));
        clock.advance(Duration.ofSeconds(1));
        assertThat(ran).endsWith("late@3");
    }

    @Test
    void a_timer_may_set_another_for_the_span_being_passed() {
        clock.schedule(Duration.ofSeconds(1), () -> timer(1, "second"));
        clock.advance(Duration.ofSeconds(10));
        assertThat(ran).containsExactly("second@2");
        assertThat(clock.instant()).isEqualTo(start.plusSeconds(10));
    }

    @Test
    void a_cancelled_timer_does_not_go_off() {
        ManualClock.Timer timer = clock.schedule(Duration.ofSeconds(1), () -> ran.add("no"));
        timer.cancel();
        clock.advance(Duration.ofSeconds(2));
        assertThat(ran).isEmpty();
    }
}
