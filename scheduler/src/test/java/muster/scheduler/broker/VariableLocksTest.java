package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import muster.scheduler.state.Command;
import muster.scheduler.state.Variable;
import muster.scheduler.state.VariableLock;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;

/** Who holds a variable, until when, and what others may do meanwhile. */
class VariableLocksTest {
    private final Simulation simulation = new Simulation(SeededRandom.of(1));

    private boolean acquire(String id, Map<String, String> items) {
        return took(new Command.AcquireLock(new Variable(0, 1, items, lock(id), 0, 1, "default", "a/b")));
    }

    private static VariableLock lock(String id) {
        return new VariableLock(id, Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    private boolean write(VariableLock lock) {
        return took(new Command.WriteVariable(new Variable(0, 1, Map.of("k", "new"), lock, 0, 1, "default", "a/b"), null));
    }

    private boolean took(Command command) {
        return simulation.writer.write(command).result().value() != 0;
    }

    private String holder() {
        Variable variable = simulation.state().variable("default", "a/b");
        return variable == null || variable.lock() == null ? "nobody" : variable.lock().id();
    }

    @Test
    void oneHoldsItAndOthersChangeNothing() {
        assertThat(acquire("one", Map.of("k", "v"))).isTrue();

        assertThat(acquire("two", Map.of())).isFalse();
        assertThat(write(null)).isFalse();
        assertThat(write(lock("two"))).isFalse();
        assertThat(took(new Command.DeleteVariable("default", "a/b", null))).isFalse();
        assertThat(took(new Command.RenewLock("default", "a/b", "two"))).isFalse();
        assertThat(took(new Command.ReleaseLock("default", "a/b", "two", 1))).isFalse();
        assertThat(write(lock("one"))).isTrue();
        assertThat(holder()).isEqualTo("one");
        assertThat(took(new Command.ReleaseLock("default", "a/b", "one", 1))).isTrue();
        assertThat(acquire("two", Map.of())).isTrue();
        assertThat(simulation.state().variable("default", "a/b").items()).containsEntry("k", "new");
    }

    /** Plan: take it, renew it once before its end; look shortly before the time and the delay are over, and after. */
    @Test
    void aSilentHolderLosesItAfterItsTimeAndTheDelay() {
        acquire("one", Map.of("k", "v"));
        long index = simulation.state().variable("default", "a/b").modifyIndex();
        simulation.clock.advance(Duration.ofSeconds(9));
        assertThat(took(new Command.RenewLock("default", "a/b", "one"))).isTrue();
        assertThat(simulation.state().variable("default", "a/b").modifyIndex()).as("a renewal changes nothing").isEqualTo(index);
        simulation.clock.advance(Duration.ofSeconds(14));
        assertThat(holder()).isEqualTo("one");
        simulation.clock.advance(Duration.ofSeconds(2));
        assertThat(holder()).isEqualTo("nobody");
        assertThat(acquire("two", Map.of())).isTrue();
    }

    /** Plan: release and take again; the end of the first lock's time must not end the second. */
    @Test
    void theTimeOfAnEarlierLockIsForgotten() {
        acquire("one", Map.of("k", "v"));
        simulation.clock.advance(Duration.ofSeconds(8));
        took(new Command.ReleaseLock("default", "a/b", "one", 1));
        acquire("two", Map.of());
        simulation.clock.advance(Duration.ofSeconds(8));
        assertThat(holder()).isEqualTo("two");
        simulation.clock.advance(Duration.ofSeconds(8));
        assertThat(holder()).isEqualTo("nobody");
    }
}
