package muster.registry.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.LongAdder;
import muster.testkit.SeededRandom;
import muster.testkit.history.KeyModel;
import muster.testkit.history.Linearizability;
import org.junit.jupiter.api.Test;

class RegistrySimulationTest {
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 1_000);

    /** A thousand clusters, each with its own bad luck: crashes, power cuts, partitions, lost and late messages. */
    @Test
    void replicated_keys_are_one_copy_and_locks_have_one_holder_whatever_fails() {
        LongAdder rounds = new LongAdder();
        LongAdder operations = new LongAdder();
        LongAdder locks = new LongAdder();
        SeededRandom.manyRounds(SEEDS, random -> {
            RegistrySimulation simulation = new RegistrySimulation(random);
            simulation.run(100);
            assertThat(simulation.wrong()).isEmpty();
            assertThat(Linearizability.check(new KeyModel(), simulation.operations(), 5_000_000))
                    .isInstanceOf(Linearizability.Verdict.Linearizable.class);
            rounds.increment();
            operations.add(simulation.operations().size());
            locks.add(simulation.locksHeld());
        });
        // One alone may be poor in all of this.
        if (rounds.sum() > 1) {
            assertThat(operations.sum()).as("operations answered").isGreaterThan(rounds.sum());
            assertThat(locks.sum()).as("times the lock was held").isPositive();
        }
    }
}
