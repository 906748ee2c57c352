package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import muster.registry.client.HealthCheck;
import muster.scheduler.job.CheckRestart;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckRestartsTest {
    /** Interval 2 s, limit 3, grace 5 s; a story of states and seconds, and the seconds at which the task was restarted. */
    record Case(String name, boolean ignoreWarnings, String story, String restarts) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("a passing check restarts nothing", false, "passing +60", ""),
                new Case("failures count from the end of the grace", false, "critical +5 +3 +1", "9"),
                new Case("failures during the grace do not count", false, "critical +3 passing +10", ""),
                new Case("a pass in between begins anew", false, "passing +5 critical +3 passing +1 critical +3 +1", "13"),
                new Case("warnings count", false, "passing +5 warning +4", "9"),
                new Case("unless they are to be ignored", true, "passing +5 warning +60", ""),
                new Case("after a restart the grace begins anew", false, "passing +5 critical +4 critical +5 +4", "9 18"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void restarts(Case c) {
        Instant begin = Instant.parse("2026-01-01T00:00:00Z");
        Instant now = begin;
        CheckRestarts restarts = new CheckRestarts();
        restarts.watch(now, "main", List.of(new ServicePlan.Restart("id", "up", "main", Duration.ofSeconds(2),
                new CheckRestart(Duration.ofSeconds(5), c.ignoreWarnings(), 3))));
        StringBuilder seen = new StringBuilder();
        for (String word : c.story().split(" ")) {
            if (word.startsWith("+")) {
                now = now.plusSeconds(Long.parseLong(word.substring(1)));
            } else {
                restarts.states(Map.of("id", HealthCheck.Status.of(word), "other", HealthCheck.Status.CRITICAL));
            }
            for (CheckRestarts.Due due : restarts.due(now)) {
                assertThat(due).isEqualTo(new CheckRestarts.Due("main", "healthcheck: check \"up\" unhealthy"));
                seen.append(seen.isEmpty() ? "" : " ").append(Duration.between(begin, now).toSeconds());
            }
        }
        assertThat(seen.toString()).isEqualTo(c.restarts());
    }
}
