package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.wire.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which children a periodic job has. */
class PeriodicTest {
    private static Job hourly(boolean enabled, boolean alone, long submitted) {
        return Samples.read(Job.class, new String(Json.write(Samples.job("app", 1)), StandardCharsets.UTF_8)
                .replace("\"Type\":\"service\"", "\"Type\":\"batch\"")
                .replace("\"Periodic\":null", "\"Periodic\":{\"Enabled\":" + enabled + ",\"ProhibitOverlap\":" + alone
                        + ",\"Spec\":\"0 * * * *\",\"SpecType\":\"cron\",\"TimeZone\":\"UTC\"}"))
                .withSubmitTime(submitted);
    }

    /**
     * An hourly job is registered, some minutes pass under a leader, some without any, then another leads. What was
     * launched by then is counted; each child waits for a node, so that none of them ends.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            each hour has its child                              | true  | false | 150 |   0 | 2
            a time at which no server led is made up for         | true  | false |  10 |  70 | 1
            several of them are made up for by one child         | true  | false |  10 | 300 | 1
            what was launched is not launched again              | true  | false |  70 |   1 | 1
            a time missed after a launch is made up for          | true  | false |  70 |  70 | 2
            nothing is made up for where nothing was missed      | true  | false |  10 |   1 | 0
            nor where the job is disabled                        | false | false |  10 | 300 | 0
            nor where the one before has not ended, if it has to | true  | true  |  70 | 300 | 1
            """)
    void launches(String name, boolean enabled, boolean alone, int led, int leaderless, int children) {
        Simulation simulation = new Simulation(new Random(1));
        long beyond = simulation.clock.instant().getEpochSecond() % 3_600;
        simulation.clock.advance(Duration.ofSeconds(3_600 - beyond));
        simulation.register(hourly(enabled, alone, Math.multiplyExact(simulation.clock.instant().getEpochSecond(), 1_000_000_000L)));
        simulation.clock.advance(Duration.ofMinutes(led));
        simulation.leader.follow();
        simulation.clock.advance(Duration.ofMinutes(leaderless));

        Simulation next = simulation.succeeded(new Random(2));

        List<String> launched = next.state().jobs().values().stream().map(Job::id).filter(id -> id.contains("/periodic-")).toList();
        assertThat(launched).hasSize(children);
    }

    @ParameterizedTest(name = "{0} then {1}")
    @CsvSource({"2030-01-01T00:10:00Z, 2030-01-01T00:30:00Z", "2030-01-01T00:30:00Z, 2030-01-01T02:00:00Z", "2030-01-01T02:00:00Z, 2030-01-01T02:30:00Z"})
    void ofSeveralSchedulesTheEarliestCounts(Instant after, Instant next) {
        Job job = Samples.read(Job.class, """
                {"ID": "j", "Periodic": {"Enabled": true, "Specs": ["30 0,2 * * *", "0 2 * * *"], "SpecType": "cron", "TimeZone": "UTC"}}""");

        assertThat(Periodic.next(job, after)).contains(next);
    }
}
