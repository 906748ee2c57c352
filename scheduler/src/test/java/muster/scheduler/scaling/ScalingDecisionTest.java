package muster.scheduler.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.Samples;
import muster.scheduler.job.ScalingPolicy;
import muster.scheduler.job.TaskGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingDecisionTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            twice the target doubles                          | 3  | 100 | -  | 6
            a part of an instance is a whole one              | 3  | 60  | -  | 4
            half the target halves                            | 4  | 25  | -  | 2
            near the target nothing happens                   | 4  | 54  | -  | 4
            never more than the most                          | 8  | 500 | -  | 10
            never less than the least                         | 3  | 0   | -  | 2
            what was changed just now is left alone           | 3  | 100 | 30 | 3
            after the cooldown it goes on                     | 3  | 100 | 60 | 6
            what was never measured is left alone             | 3  | -   | -  | 3
            outside of the bounds it comes back at once       | 20 | -   | 1  | 10
            """)
    void count(String name, long present, Double measured, Integer secondsAgo, long expected) {
        ScalingRule rule = new ScalingRule(List.of(new ScalingRule.Check("load", "requests", 50)), Duration.ofSeconds(10),
                Duration.ofSeconds(60), 2, 10, false);

        ScalingDecision decision = ScalingDecision.of(rule, present, measured == null ? Map.of() : Map.of("load", measured),
                Optional.ofNullable(secondsAgo).map(NOW::minusSeconds), NOW);

        assertThat(decision.count()).isEqualTo(expected);
        assertThat(decision.act()).isEqualTo(expected != present);
        assertThat(decision.reason()).isNotEmpty();
    }

    @Test
    void theHighestOfSeveralChecksCounts() {
        ScalingRule rule = new ScalingRule(List.of(new ScalingRule.Check("load", "requests", 50), new ScalingRule.Check("cpu", "cpu", 70)),
                Duration.ofSeconds(10), Duration.ZERO, 1, 10, true);

        ScalingDecision decision = ScalingDecision.of(rule, 2, Map.of("load", 10.0, "cpu", 140.0), Optional.empty(), NOW);

        assertThat(decision).isEqualTo(new ScalingDecision(4, false, "check \"cpu\": 140.00 cpu per instance, target 70.00 (dry run)"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            blocks as lists    | {"cooldown":"1m","evaluation_interval":"5s","check":[{"load":[{"query":"requests","strategy":[{"target-value":[{"target":50}]}]}]}]} | 1
            blocks as objects  | {"cooldown":"1m","evaluation_interval":"5s","check":{"load":{"query":"cpu","strategy":{"target-value":{"target":"50"}}}}} | 1
            another source     | {"check":{"load":{"source":"prometheus","query":"requests","strategy":{"target-value":{"target":50}}}}} | 0
            no target          | {"check":{"load":{"query":"requests","strategy":{"target-value":{}}}}} | 0
            nothing            | {} | 0
            """)
    void policy(String name, String policy, int checks) {
        TaskGroup group = Samples.job("app", 2).group("web").withScaling(Samples.read(ScalingPolicy.class,
                "{\"Enabled\":true,\"Min\":1,\"Max\":5,\"Policy\":" + policy + "}"));

        Optional<ScalingRule> rule = ScalingRule.of(group);

        assertThat(rule.map(r -> r.checks().size()).orElse(0)).isEqualTo(checks);
        rule.ifPresent(r -> assertThat(r.cooldown()).isEqualTo(Duration.ofMinutes(1)));
        rule.ifPresent(r -> assertThat(r.evaluationInterval()).isEqualTo(Duration.ofSeconds(5)));
    }
}
