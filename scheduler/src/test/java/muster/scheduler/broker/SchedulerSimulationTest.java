package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.LongAdder;
import muster.testkit.SeededRandom;
import muster.testkit.history.JobModel;
import muster.testkit.history.Linearizability;
import org.junit.jupiter.api.Test;

class SchedulerSimulationTest {
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 1_000);

    /**
     * A thousand clusters, each with its own bad luck: crashes, power cuts, partitions, lost and late messages, silent nodes, tasks that
     * fail. No acknowledged change of a job is lost, no job ever has more instances than it allows, and once the trouble ends whoever
     * leads goes on with evaluations and deployments until each job has what it says, and the machines run exactly that.
     */
    @Test
    void jobs_are_kept_and_carried_out_whatever_fails() {
        LongAdder rounds = new LongAdder();
        LongAdder operations = new LongAdder();
        LongAdder leads = new LongAdder();
        LongAdder started = new LongAdder();
        SeededRandom.manyRounds(SEEDS, random -> {
            SchedulerSimulation simulation = new SchedulerSimulation(random);
            simulation.run(20);
            assertThat(simulation.wrong()).isEmpty();
            assertThat(Linearizability.check(new JobModel(), simulation.operations(), 2_000_000))
                    .isInstanceOf(Linearizability.Verdict.Linearizable.class);
            rounds.increment();
            operations.add(simulation.operations().size());
            leads.add(simulation.leads());
            started.add(simulation.started());
        });
        // One alone may be poor in all of this.
        if (rounds.sum() > 1) {
            assertThat(operations.sum()).as("operations answered").isGreaterThan(rounds.sum());
            assertThat(leads.sum()).as("servers that led").isGreaterThan(rounds.sum());
            assertThat(started.sum()).as("allocations started").isGreaterThan(rounds.sum());
        }
    }
}
