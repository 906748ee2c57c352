package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import muster.scheduler.job.Task;
import muster.scheduler.state.TaskState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AllocationHealthTest {
    /** Minimum 10 s, deadline 60 s after the start; what happens, {@code +N} being seconds, and the verdict when it is taken. */
    record Case(String name, boolean checks, String story, String verdict) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("running for the minimum is healthy", false, "run +10", "healthy@10"),
                new Case("a little less is not", false, "run +9", "none"),
                new Case("a restart begins the minimum anew", false, "run +9 back +1 run +9", "none"),
                new Case("after a restart it takes the whole minimum", false, "run +9 back +1 run +10", "healthy@20"),
                new Case("a restart too quick to be seen counts as well", false, "run +9 run +9", "none"),
                new Case("a failed task is unhealthy at once", false, "run +1 fail", "Unhealthy because of failed task@1"),
                new Case("a task that never runs is unhealthy at the deadline", false, "+60",
                        "Task not running for min_healthy_time of 10s by deadline@60"),
                new Case("checks must pass too", true, "run +59", "none"),
                new Case("and do so for the minimum", true, "run +5 pass +10", "healthy@15"),
                new Case("a failing check begins the minimum anew", true, "run pass +9 critical +1 pass +10", "healthy@20"),
                new Case("checks that never pass are unhealthy at the deadline", true, "run +60", "Services not healthy by deadline@60"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void judges(Case c) {
        Instant begin = Instant.parse("2026-01-01T00:00:00Z");
        Instant now = begin;
        List<Task> tasks = Jobs.job("service", "", "{'Name':'main'}").taskGroups().getFirst().tasks();
        AllocationHealth health = new AllocationHealth(
                new AllocationHealth.Rules(c.checks(), Duration.ofSeconds(10), Duration.ofSeconds(60)), tasks, c.checks(), begin);
        String verdict = "none";
        Map<String, TaskState> states = Map.of("main", state("pending", null, false));
        health.tasks(now, states);
        for (String word : c.story().split(" ")) {
            if (word.startsWith("+")) {
                now = now.plusSeconds(Long.parseLong(word.substring(1)));
            }
            states = switch (word) {
                case "run" -> Map.of("main", state("running", now, false));
                case "back" -> Map.of("main", state("pending", begin, false));
                case "fail" -> Map.of("main", state("dead", begin, true));
                default -> states;
            };
            Optional<AllocationHealth.Verdict> found = word.equals("pass") || word.equals("critical")
                    ? health.checks(now, word.equals("pass"))
                    : word.startsWith("+") ? health.tick(now) : health.tasks(now, states);
            if (found.isPresent()) {
                verdict = (found.get().healthy() ? "healthy" : found.get().reason()) + "@" + Duration.between(begin, now).toSeconds();
            }
        }
        assertThat(verdict).isEqualTo(c.verdict());
        assertThat(health.wakeAt().isEmpty()).isEqualTo(!verdict.equals("none"));
    }

    private static TaskState state(String word, Instant started, boolean failed) {
        return new TaskState(List.of(), failed, null, null, 0, started, word, null);
    }
}
