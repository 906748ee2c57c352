package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.DrainStrategy;
import muster.scheduler.state.Node;
import muster.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When what runs on a draining node is told to leave. */
class DrainerTest {
    private final Simulation simulation = new Simulation(new Random(1));
    private final Node one = Samples.node(1, 1000, 1000);
    private final Node other = Samples.node(2, 1000, 1000);

    private void start(String type, int count) {
        simulation.up(one);
        simulation.register(Samples.read(Job.class, new String(Json.write(Samples.job("app", count)), StandardCharsets.UTF_8)
                .replace("\"Type\":\"service\"", "\"Type\":\"" + type + '"')));
        simulation.settle();
        simulation.up(other);
        assertThat(leftOn(one)).isEqualTo(count);
    }

    private long leftOn(Node node) {
        return simulation.live("app").stream().filter(a -> a.nodeId().equals(node.id())).count();
    }

    private void drain(int minutes) {
        Instant now = simulation.clock.instant();
        Duration deadline = Duration.ofMinutes(minutes);
        simulation.writer.write(new Command.UpdateNodeDrain(one.id(), new DrainStrategy(deadline,
                minutes <= 0 ? null : now.plus(deadline), false, now), false, null, null, List.of()));
        simulation.work();
    }

    private void pass(int minutes) {
        for (int i = 0; i < minutes; i++) {
            simulation.clock.advance(Duration.ofMinutes(1));
            simulation.work();
        }
    }

    /** A batch job runs on the node; it is drained with one deadline, a minute later with another; then time passes. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            before its deadline a batch job may go on          | 60 | 60 |  40 | 1
            at its deadline it has to leave                    | 60 | 60 |  62 | 0
            a nearer deadline holds instead of the first       | 60 |  5 |   7 | 0
            a later deadline holds instead of the first        |  5 | 60 |  30 | 1
            and it holds when it comes                         |  5 | 60 |  62 | 0
            with no deadline any more it may go on for ever    |  5 |  0 | 300 | 1
            by force it has to leave at once                   | 60 | -1 |   0 | 0
            a deadline may follow upon none                    |  0 |  5 |   7 | 0
            """)
    void deadlines(String name, int first, int second, int minutes, int left) {
        start("batch", 1);
        drain(first);
        pass(1);
        drain(second);
        pass(minutes);

        assertThat(leftOn(one)).isEqualTo(left);
    }

    @Test
    void healthyInstancesLeaveOneAfterTheOther() {
        start("service", 3);
        drain(60);

        assertThat(leftOn(one)).isEqualTo(2);
    }

    /** One of three instances is unhealthy: the drain goes on nevertheless, before its deadline. */
    @Test
    void anUnhealthyInstanceHoldsNothingUp() {
        start("service", 3);
        Allocation sick = simulation.live("app").getFirst();
        simulation.report(sick, false);
        simulation.work();
        drain(60);
        for (int round = 0; round < 10; round++) {
            simulation.act(one);
            simulation.act(other);
            simulation.work();
        }

        assertThat(leftOn(one)).isZero();
        assertThat(leftOn(other)).isEqualTo(3);
        assertThat(simulation.state().nodes().get(one.id()).schedulingEligibility()).isEqualTo("ineligible");
    }
}
