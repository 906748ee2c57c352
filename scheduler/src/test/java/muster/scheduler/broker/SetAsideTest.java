package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import muster.scheduler.Samples;
import muster.scheduler.job.Constraint;
import muster.scheduler.job.Job;
import muster.scheduler.state.Evaluation;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;

class SetAsideTest {
    /** Plan: a job over which the scheduler breaks, committed past the checks of the API, and a good one after it; let an hour go by. */
    @Test
    void aJobThatBreaksTheSchedulerIsSetAsideByNameAndOthersGoOn() {
        Simulation simulation = new Simulation(SeededRandom.of(1));
        simulation.up(Samples.node(1, 1000, 1000));
        Job bad = Samples.job("bad", 1).withConstraints(List.of(new Constraint("${attr.rack}", "distinct_property", "many")));
        simulation.register(bad);
        simulation.register(Samples.job("good", 1));
        simulation.work();
        assertThat(simulation.state().allocationsOf("default", "good")).hasSize(1);
        for (int i = 0; i < 60; i++) {
            simulation.clock.advance(Duration.ofMinutes(1));
            simulation.work();
        }

        List<Evaluation> failed = simulation.state().evaluationsOf("default", "bad").stream()
                .filter(evaluation -> evaluation.status().equals(Evaluation.FAILED)).toList();
        assertThat(failed).hasSizeBetween(8, 60).allSatisfy(evaluation -> {
            assertThat(evaluation.statusDescription()).startsWith("evaluation reached delivery limit (3): java.lang.NumberFormatException");
            assertThat(simulation.state().evaluations().get(evaluation.nextEval()).triggeredBy()).isEqualTo(Evaluations.FAILED_FOLLOW_UP);
        });
    }
}
