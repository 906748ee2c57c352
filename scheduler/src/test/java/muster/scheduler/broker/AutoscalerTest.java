package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.ScalingEvent;
import muster.scheduler.state.State;
import muster.testkit.SeededRandom;
import muster.wire.Json;
import org.junit.jupiter.api.Test;

class AutoscalerTest {
    private final Simulation simulation = new Simulation(SeededRandom.of(1));

    /** The leader has one of its own, which is let go. */
    private Autoscaler autoscaler(OptionalDouble measured) {
        simulation.leader.follow();
        Autoscaler autoscaler = new Autoscaler(simulation.writer, (delay, action) -> () -> { },
                (state, namespace, job, group, query) -> measured);
        autoscaler.start(simulation.state());
        return autoscaler;
    }

    private void register(String more) {
        Job job = Samples.read(Job.class, new String(Json.write(Samples.job("app", 2)), StandardCharsets.UTF_8)
                .replace("\"Scaling\":null", "\"Scaling\":{\"Enabled\":true,\"Min\":1,\"Max\":10,\"Policy\":{" + more
                        + "\"check\":{\"load\":{\"query\":\"requests\",\"strategy\":{\"target-value\":{\"target\":50}}}}}}"));
        simulation.register(job);
    }

    private int count() {
        return simulation.state().job("default", "app").group("web").count();
    }

    private List<ScalingEvent> events() {
        var all = simulation.state().scalingEvents().get(State.key("default", "app"));
        return all == null ? List.of() : all.get("web");
    }

    /** Plan: twice the target is measured; look twice at one time. */
    @Test
    void theCountFollowsWhatIsMeasuredAndEachChangeIsAnEvent() {
        register("");
        Autoscaler autoscaler = autoscaler(OptionalDouble.of(100));
        autoscaler.look();
        autoscaler.look();

        assertThat(count()).isEqualTo(4);
        assertThat(events()).singleElement().satisfies(event -> {
            assertThat(event.count()).isEqualTo(4);
            assertThat(event.previousCount()).isEqualTo(2);
            assertThat(event.message()).startsWith("scaling from 2 to 4: check \"load\": 100.00 requests per instance");
        });
    }

    /** Plan: the job's first deployment runs; look; the deployment ends; look again when the rule is due. */
    @Test
    void aRunningDeploymentIsWaitedFor() {
        simulation.up(Samples.node(1, 1000, 1000));
        register("\"evaluation_interval\":\"1s\",");
        simulation.work();
        Autoscaler autoscaler = autoscaler(OptionalDouble.of(100));
        autoscaler.look();

        assertThat(count()).isEqualTo(2);
        assertThat(events()).singleElement().satisfies(event -> assertThat(event.message()).endsWith("when the deployment is over"));

        simulation.writer.write(new Command.UpdateDeployment(simulation.state().latestDeployment("default", "app").id(),
                Deployment.SUCCESSFUL, "done", null, null));
        simulation.clock.advance(java.time.Duration.ofSeconds(2));
        autoscaler.look();

        assertThat(count()).isEqualTo(4);
    }

    @Test
    void aDryRunOnlySaysWhatItWouldDo() {
        register("\"dry_run\":true,");
        autoscaler(OptionalDouble.of(100)).look();

        assertThat(count()).isEqualTo(2);
        assertThat(events()).singleElement().satisfies(event -> assertThat(event.message()).endsWith("(dry run)"));
    }

    @Test
    void whatCannotBeMeasuredIsSaidOnceAndLeftAlone() {
        register("\"evaluation_interval\":\"1s\",");
        Autoscaler autoscaler = autoscaler(OptionalDouble.empty());
        for (int i = 0; i < 5; i++) {
            autoscaler.look();
            simulation.clock.advance(java.time.Duration.ofSeconds(2));
        }

        assertThat(count()).isEqualTo(2);
        assertThat(events()).singleElement().satisfies(event -> assertThat(event.message()).isEqualTo("nothing was measured"));
    }
}
