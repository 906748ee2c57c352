package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import muster.scheduler.Instances;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Node;
import muster.scheduler.state.PlanResult;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;

/** What is over goes after its time, and not before. */
class CollectorTest {
    private static final GcSettings SETTINGS = new GcSettings(Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofHours(1),
            Duration.ofHours(4), Duration.ofHours(24));

    private final Simulation simulation = new Simulation(SeededRandom.of(1));
    private final Collector collector = new Collector(simulation.writer);

    /** Plan: a stopped job whose one instance ended; look every half hour and note when it is gone. */
    @Test
    void aStoppedJobGoesAfterItsThreshold() {
        Node node = Samples.node(1, 1000, 1000);
        simulation.up(node);
        Job job = Samples.job("app", 1);
        simulation.writer.write(new Command.RegisterJob(job, null, false, 0, null));
        Allocation ended = Instances.of(job, 0, node.id()).withClientStatus(Allocation.COMPLETE).withDesiredStatus(Allocation.STOP);
        simulation.writer.write(new Command.ApplyPlan(new PlanResult("", job, List.of(), List.of(ended), null, null, null, null, 0)));
        simulation.writer.write(new Command.DeregisterJob("default", "app", false, null));
        int looks = 0;
        while (simulation.state().job("default", "app") != null && looks < 20) {
            collector.collectOld(SETTINGS);
            simulation.clock.advance(Duration.ofMinutes(30));
            looks++;
        }

        assertThat(looks).as("half hours until it is gone: the first look, and four hours").isEqualTo(9);
        assertThat(simulation.state().allocations().size()).isZero();
    }

    @Test
    void whatGoesOnStaysHoweverOld() {
        Node node = Samples.node(1, 1000, 1000);
        simulation.up(node);
        simulation.register(Samples.job("app", 2));
        simulation.work();
        for (int i = 0; i < 60; i++) {
            collector.collectOld(SETTINGS);
            simulation.clock.advance(Duration.ofHours(1));
        }

        assertThat(simulation.state().job("default", "app")).isNotNull();
        assertThat(simulation.state().allocationsOf("default", "app")).hasSize(2);
    }
}
