package muster.scheduler.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import muster.scheduler.Instances;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.scheduler.job.ReschedulePolicy;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.RescheduleEvent;
import muster.scheduler.state.RescheduleTracker;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a failed instance waits to be placed again. */
class ReschedulingTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private static Allocation failed(ReschedulePolicy policy, List<RescheduleEvent> earlier) {
        Job job = Samples.job("app", 1);
        Job rescheduled = job.withTaskGroups(List.of(job.group("web").withReschedulePolicy(policy)));
        return Instances.failed(Instances.of(rescheduled, 0, "node"), NOW).withRescheduleTracker(new RescheduleTracker(earlier));
    }

    private static List<RescheduleEvent> events(String delays, Duration lastAgo) {
        return Stream.of((delays == null ? "" : delays).split(" ")).filter(text -> !text.isEmpty())
                .map(text -> new RescheduleEvent(Duration.ofSeconds(Long.parseLong(text)), "before", "node",
                        Rescheduling.nanos(NOW.minus(lastAgo)))).toList();
    }

    /** The first delay is 5 s and the longest 50 s; delays so far, how long the last attempt held out, the next delay. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            the first waits for the delay             | exponential |                |   0 |  5
            constant delays stay                      | constant    | 5 5 5          |   0 |  5
            constant delays know no longest           | constant    | 5 5 5          | 900 |  5
            exponential delays double                 | exponential | 5 10           |   0 | 20
            exponential delays end at the longest     | exponential | 5 10 20 40     |   0 | 50
            and stay there                            | exponential | 20 40 50       |  50 | 50
            until an attempt held out for longer      | exponential | 20 40 50       |  51 |  5
            then they double again                    | exponential | 40 50 5        |  60 | 10
            fibonacci begins with the delay twice     | fibonacci   | 5              |   0 |  5
            fibonacci adds the last two               | fibonacci   | 5 5 10         |   0 | 15
            fibonacci ends at the longest             | fibonacci   | 15 25 40       |   0 | 50
            an attempt that held out starts it anew   | fibonacci   | 25 40 50       |  51 |  5
            and the delay comes twice again           | fibonacci   | 40 50 5        |   0 |  5
            and then the sum of both                  | fibonacci   | 50 5 5         |   0 | 10
            """)
    void delays(String name, String function, String earlier, int heldOut, int seconds) {
        ReschedulePolicy policy = new ReschedulePolicy(0, Duration.ofSeconds(5), function, Duration.ZERO, Duration.ofSeconds(50), true);

        Allocation failed = failed(policy, events(earlier, Duration.ofSeconds(heldOut)));

        assertThat(Rescheduling.delay(failed, policy)).hasSeconds(seconds);
        assertThat(Rescheduling.eligibleAt(failed)).contains(NOW.plusSeconds(seconds));
    }

    /** Two attempts are allowed within ten minutes. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            the first attempt is free                  | 2 |     |   0 | true
            one is left after one                      | 2 | 5   |   0 | true
            none is left after two                     | 2 | 5 5 |   0 | false
            attempts before the interval do not count  | 2 | 5 5 | 601 | true
            without attempts it is never placed again  | 0 |     |   0 | false
            """)
    void attempts(String name, int attempts, String earlier, int secondsAgo, boolean again) {
        ReschedulePolicy policy = new ReschedulePolicy(attempts, Duration.ofSeconds(5), "constant", Duration.ofMinutes(10),
                Duration.ZERO, false);

        Optional<Instant> at = Rescheduling.eligibleAt(failed(policy, events(earlier, Duration.ofSeconds(secondsAgo))));

        assertThat(at.isPresent()).isEqualTo(again);
    }
}
