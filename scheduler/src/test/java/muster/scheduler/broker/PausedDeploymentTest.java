package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import muster.scheduler.Samples;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Evaluation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A deployment that was paused goes on. */
class PausedDeploymentTest {
    private final Simulation simulation = new Simulation(new Random(1));

    private Deployment deployment() {
        return simulation.state().latestDeployment("default", "app");
    }

    private void set(String status, Evaluation evaluation) {
        simulation.writer.write(new Command.UpdateDeployment(deployment().id(), status, "as told", null, evaluation));
    }

    /** The time for progress is ten minutes; the deployment is paused after one, resumed, and watched for a while. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            it goes on after a short pause                          |   2 |  5 | running
            it goes on after a pause longer than the time it had    |  60 |  5 | running
            the time for progress counts anew from the resumption   |  60 |  9 | running
            and ends it when nothing becomes healthy                |  60 | 11 | failed
            """)
    void resumes(String name, int paused, int watched, String status) {
        simulation.up(Samples.node(1, 1000, 1000));
        simulation.register(Samples.job("app", 1));
        simulation.work();
        simulation.clock.advance(Duration.ofMinutes(1));
        set(Deployment.PAUSED, null);
        simulation.clock.advance(Duration.ofMinutes(paused));
        assertThat(deployment().status()).isEqualTo(Deployment.PAUSED);
        set(Deployment.RUNNING, new Evaluations(simulation.writer).ofDeployment(simulation.state().job("default", "app"), deployment().id()));
        simulation.clock.advance(Duration.ofMinutes(watched));

        assertThat(deployment().status()).isEqualTo(status);
    }
}
