package muster.registry.replication;

import static org.assertj.core.api.Assertions.assertThat;

import muster.testkit.SeededRandom;
import muster.testkit.history.KeyModel;
import muster.testkit.history.Linearizability;
import org.junit.jupiter.api.Test;

class RegistrySimulationTest {
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 1_000);

    /** A thousand clusters, each with its own bad luck: crashes, power cuts, partitions, lost and late messages. */
    @Test
    void replicated_keys_are_one_copy_and_locks_have_one_holder_whatever_fails() {
        int[] operations = {0};
        int[] locks = {0};
        SeededRandom.rounds(SEEDS, random -> {
            RegistrySimulation simulation = new RegistrySimulation(random);
            simulation.run(100);
            assertThat(simulation.wrong()).isEmpty();
            assertThat(Linearizability.check(new KeyModel(), simulation.operations(), 5_000_000))
                    .isInstanceOf(Linearizability.Verdict.Linearizable.class);
            operations[0] += simulation.operations().size();
            locks[0] += simulation.locksHeld();
        });
        assertThat(operations[0]).as("operations answered").isGreaterThan(SEEDS);
        assertThat(locks[0]).as("times the lock was held").isPositive();
    }
}
