package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;
import muster.testkit.SeededRandom;
import muster.wire.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node of which nothing is heard for a while, and what becomes of the instance on it. Each test: two nodes, one instance that runs. */
class AbsentTest {
    private final Simulation simulation = new Simulation(SeededRandom.of(1));
    private final Node one = Samples.node(1, 1000, 1000);
    private final Node other = Samples.node(2, 1000, 1000);

    @BeforeEach
    void twoNodes() {
        simulation.up(one);
        simulation.up(other);
    }

    private Allocation started(String setting) {
        Job job = Samples.read(Job.class, new String(Json.write(Samples.job("app", 1)), StandardCharsets.UTF_8)
                .replace("\"Name\":\"web\"", "\"Name\":\"web\"," + setting).replace("\"StopAfterClientDisconnect\":null,", ""));
        simulation.register(job);
        simulation.work();
        Allocation placed = all().getFirst();
        report(placed, Allocation.RUNNING);
        return simulation.state().allocations().get(placed.id());
    }

    private void report(Allocation allocation, String status) {
        simulation.nodes.updateAllocations(List.of(allocation.withClientStatus(status)));
        simulation.work();
    }

    private List<Allocation> all() {
        return simulation.state().allocationsOf("default", "app");
    }

    private void status(String nodeId, String status) {
        simulation.nodes.updateStatus(nodeId, status);
        simulation.work();
    }

    private Allocation now(Allocation allocation) {
        return simulation.state().allocations().get(allocation.id());
    }

    private Allocation replacement(Allocation of) {
        return all().stream().filter(a -> a.previousAllocation().equals(of.id())).findFirst().orElseThrow();
    }

    @Test
    void itIsUnknownAndReplacedAndGoesOnWhenItComesBack() {
        Allocation first = started("\"MaxClientDisconnect\":3600000000000");
        status(first.nodeId(), Node.DISCONNECTED);
        assertThat(now(first).clientStatus()).isEqualTo(Allocation.UNKNOWN);
        assertThat(now(first).desiredStatus()).isEqualTo(Allocation.RUN);
        report(replacement(first), Allocation.RUNNING);

        status(first.nodeId(), Node.READY);
        report(now(first), Allocation.RUNNING);

        assertThat(now(first).isTerminal()).isFalse();
        assertThat(replacement(first).desiredStatus()).isEqualTo(Allocation.STOP);
        assertThat(replacement(first).desiredDescription()).isEqualTo("alloc not needed due to disconnected client reconnect");
        assertThat(all()).hasSize(2);
    }

    @Test
    void afterItsTimeItIsLost() {
        Allocation first = started("\"MaxClientDisconnect\":60000000000");
        status(first.nodeId(), Node.DISCONNECTED);
        simulation.clock.advance(Duration.ofSeconds(61));
        simulation.work();

        assertThat(now(first).clientStatus()).isEqualTo(Allocation.LOST);
        assertThat(all()).hasSize(2);
    }

    @Test
    void withoutLeaveItIsLostAtOnce() {
        Allocation first = started("\"Count\":1");
        status(first.nodeId(), Node.DOWN);

        assertThat(now(first).clientStatus()).isEqualTo(Allocation.LOST);
        assertThat(all()).hasSize(2);
    }

    @Test
    void whereTheClientStopsItLaterItIsReplacedLater() {
        Allocation first = started("\"StopAfterClientDisconnect\":60000000000");
        status(first.nodeId(), Node.DOWN);
        assertThat(all()).hasSize(1);
        assertThat(now(first).clientStatus()).isEqualTo(Allocation.RUNNING);

        simulation.clock.advance(Duration.ofSeconds(62));
        simulation.work();

        assertThat(now(first).clientStatus()).isEqualTo(Allocation.LOST);
        assertThat(all()).hasSize(2);
    }
}
