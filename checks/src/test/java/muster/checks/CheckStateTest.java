package muster.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import muster.checks.CheckDefinition.Timing;
import muster.registry.client.HealthCheck.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckStateTest {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final CheckDefinition TCP =
            new CheckDefinition.Tcp("127.0.0.1:1", new Timing(Duration.ofSeconds(10), Duration.ofSeconds(1)));
    private static final CheckDefinition.Ttl TTL = new CheckDefinition.Ttl(Duration.ofSeconds(10));

    /** @param results p, w and c for what a run found, a second apart; @param seen the status after each of them */
    record Runs(String name, int success, int warn, int fail, Status first, String results, String seen) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Runs> runs() {
        return List.of(
                new Runs("without thresholds each result turns it", 0, 0, 0, Status.CRITICAL, "pwcp", "pwcp"),
                new Runs("one is the same as none", 1, 0, 1, Status.CRITICAL, "pcp", "pcp"),
                new Runs("three successes in a row are needed", 3, 0, 0, Status.CRITICAL, "pppp", "ccpp"),
                new Runs("a failure between starts the row again", 3, 0, 0, Status.CRITICAL, "ppcppp", "cccccp"),
                new Runs("a warning counts as a success", 2, 0, 0, Status.CRITICAL, "wwp", "cwp"),
                new Runs("two failures in a row are needed", 0, 0, 2, Status.PASSING, "cpcc", "pppc"),
                new Runs("warning comes before critical where asked for", 0, 1, 3, Status.PASSING, "ccc", "wwc"),
                new Runs("an initial status holds until the first result", 0, 0, 0, Status.WARNING, "", ""));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void results_in_a_row_turn_a_check(Runs test) {
        Thresholds thresholds = new Thresholds(test.success(), test.warn(), test.fail());
        CheckState state = CheckState.initial(TCP, test.first(), "", START);
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < test.results().length(); i++) {
            Status found = status(test.results().charAt(i));
            state = state.observed(thresholds, new Outcome(found, "run " + i), START.plusSeconds(i));
            seen.append(state.status().toString().charAt(0));
        }
        assertThat(seen).hasToString(test.seen());
    }

    private static Status status(char letter) {
        return letter == 'p' ? Status.PASSING : letter == 'w' ? Status.WARNING : Status.CRITICAL;
    }

    @Test
    void a_result_below_its_threshold_leaves_the_output_too() {
        CheckState state = CheckState.initial(TCP, Status.PASSING, "fine", START);
        state = state.observed(new Thresholds(0, 0, 2), Outcome.critical("refused"), START);
        assertThat(state.output()).isEqualTo("fine");
        assertThat(state.failures()).isOne();
    }

    /** Plan: a TTL check is reported once, then not; it holds to the end of its TTL, expires once, and a report brings it back. */
    @Test
    void a_ttl_check_turns_critical_once_when_its_report_is_late() {
        CheckState state = CheckState.initial(TTL, Status.CRITICAL, "", START);
        state = state.reported(TTL, Outcome.passing("fine"), 4096, START.plusSeconds(5));
        assertThat(state.at(START.plusSeconds(14))).isSameAs(state);

        CheckState expired = state.at(START.plusSeconds(15));
        assertThat(expired.status()).isEqualTo(Status.CRITICAL);
        assertThat(expired.output()).isEqualTo("TTL expired (last output before timeout follows): fine");
        assertThat(expired.criticalSince()).contains(START.plusSeconds(15));
        assertThat(expired.at(START.plusSeconds(100))).isSameAs(expired);

        CheckState back = expired.reported(TTL, Outcome.passing("again"), 4096, START.plusSeconds(200));
        assertThat(back.status()).isEqualTo(Status.PASSING);
        assertThat(back.expiresAt()).contains(START.plusSeconds(210));
    }

    @Test
    void a_ttl_check_that_never_said_anything_expires_without_an_output() {
        assertThat(CheckState.initial(TTL, Status.PASSING, "", START).at(START.plusSeconds(10)).output()).isEqualTo("TTL expired");
    }

    @Test
    void a_long_report_is_cut_with_a_note() {
        CheckState state = CheckState.initial(TTL, Status.PASSING, "", START)
                .reported(TTL, Outcome.passing("x".repeat(5000)), 4096, START);
        assertThat(state.output()).isEqualTo("x".repeat(4096) + " ... (captured 4096 of 5000 bytes)");
    }

    @Test
    void the_time_until_removal_counts_from_the_first_critical_result_and_is_ten_seconds_at_least() {
        CheckState state = CheckState.initial(TCP, Status.PASSING, "", START);
        Optional<Duration> short5 = Optional.of(Duration.ofSeconds(5));
        assertThat(state.removalDue(short5)).isEmpty();

        state = state.observed(Thresholds.NONE, Outcome.critical("a"), START.plusSeconds(1));
        state = state.observed(Thresholds.NONE, Outcome.critical("b"), START.plusSeconds(9));
        assertThat(state.removalDue(short5)).contains(START.plusSeconds(11));
        assertThat(state.removalDue(Optional.of(Duration.ofMinutes(90)))).contains(START.plusSeconds(1 + 90 * 60));
        assertThat(state.removalDue(Optional.empty())).isEmpty();

        state = state.observed(Thresholds.NONE, Outcome.passing("c"), START.plusSeconds(10));
        assertThat(state.removalDue(short5)).isEmpty();
    }

    @Test
    void an_eager_check_runs_at_once_and_in_growing_pauses_until_it_passed() {
        Pace eager = new Pace(Duration.ofSeconds(1), true);
        assertThat(eager.first(new java.util.SplittableRandom(1))).isZero();
        assertThat(List.of(1, 2, 3, 6, 7, 40).stream().map(run -> eager.after(run, false).toMillis()))
                .containsExactly(20L, 40L, 80L, 640L, 1000L, 1000L);
        assertThat(eager.after(1, true)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void another_check_starts_within_its_interval_and_keeps_to_it() {
        Pace calm = new Pace(Duration.ofSeconds(10), false);
        assertThat(calm.first(new java.util.SplittableRandom(1))).isBetween(Duration.ZERO, Duration.ofSeconds(10));
        assertThat(calm.after(1, false)).isEqualTo(Duration.ofSeconds(10));
    }
}
