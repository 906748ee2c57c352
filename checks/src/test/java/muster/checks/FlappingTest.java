package muster.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import muster.registry.client.HealthCheck.Status;
import muster.testkit.ManualClock;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;

class FlappingTest {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final ManualClock clock = new ManualClock(START);
    private Status result = Status.PASSING;
    private final DampedRunner runner = new DampedRunner(() -> new Outcome(result, "x"), clock);

    private Status look(Status status) throws InterruptedException {
        result = status;
        clock.advance(Duration.ofSeconds(1));
        return runner.run().status();
    }

    @Test
    void aCheckThatTurnsTooOftenIsHeldCriticalUntilItWasWellForAWhile() throws Exception {
        // Plan: turn each second; the sixth turn is borne, after the seventh good results count as critical, until they came for thirty seconds.
        List<Status> seen = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            seen.add(look(i % 2 == 0 ? Status.PASSING : Status.CRITICAL));
        }
        assertThat(seen.subList(0, 7)).containsExactly(Status.PASSING, Status.CRITICAL, Status.PASSING, Status.CRITICAL, Status.PASSING,
                Status.CRITICAL, Status.PASSING);
        assertThat(seen.subList(7, 10)).containsOnly(Status.CRITICAL);
        assertThat(look(Status.PASSING)).isEqualTo(Status.CRITICAL);
        assertThat(runner.run().output()).startsWith("Flapping: turned more than 6 times within 60s").endsWith("\nx");
        for (int i = 0; i < 29; i++) {
            assertThat(look(Status.WARNING)).isEqualTo(Status.CRITICAL);
        }
        assertThat(look(Status.WARNING)).isEqualTo(Status.WARNING);
        assertThat(look(Status.CRITICAL)).isEqualTo(Status.CRITICAL);
        assertThat(look(Status.PASSING)).as("counted anew").isEqualTo(Status.PASSING);
    }

    @Test
    void aCheckThatTurnsNowAndThenIsNot() throws Exception {
        for (int i = 0; i < 100; i++) {
            clock.advance(Duration.ofSeconds(9));
            Status status = i % 2 == 0 ? Status.PASSING : Status.CRITICAL;
            assertThat(look(status)).isEqualTo(status);
        }
    }

    @Test
    void whateverComesACriticalResultIsCriticalAndTurnsAreFew() {
        SeededRandom.rounds(200, random -> {
            Flapping flapping = Flapping.NONE;
            Instant now = START;
            Status last = Status.PASSING;
            List<Instant> turns = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                now = now.plusMillis(1_000 + random.nextInt(2_000));
                Status status = random.nextInt(3) == 0 ? Status.CRITICAL : Status.PASSING;
                flapping = flapping.after(status, now);
                Status counted = flapping.of(new Outcome(status, "")).status();
                assertThat(status == Status.CRITICAL && counted != Status.CRITICAL).isFalse();
                if (counted != last) {
                    turns.add(now);
                }
                last = counted;
                Instant from = now.minus(Flapping.WINDOW);
                assertThat(turns.stream().filter(turn -> turn.isAfter(from)).count()).isLessThanOrEqualTo(2L * Flapping.BORNE + 2);
            }
        });
    }
}
