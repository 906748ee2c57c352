package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import muster.raft.MemoryLogGroup;
import muster.scheduler.Samples;
import muster.scheduler.SchedulerServer;
import muster.scheduler.job.Job;
import muster.scheduler.state.Command;
import muster.scheduler.state.Evaluation;
import muster.testkit.Eventually;
import muster.testkit.SeededRandom;
import muster.wire.Json;
import org.junit.jupiter.api.Test;

class RivalPlansTest {
    private static final int JOBS = 120;

    /**
     * Plan: eight workers and batch jobs, which give up after two refused plans, that fill a node each, so that all workers want the same next
     * node and one of them gets it; every job is placed, and none gives up.
     */
    @Test
    void whoLosesANodeToAnotherEachTimeIsPlacedInTheEnd() {
        MemoryLogGroup log = new MemoryLogGroup("test");
        LeaderSettings settings = new LeaderSettings(8, Duration.ofHours(1), Duration.ofHours(1), 50, Duration.ofHours(1));
        try (SchedulerServer server = SchedulerServer.attach(log, settings, InstantSource.system(), RandomGenerator.of("L64X128MixRandom"))) {
            log.start();
            server.start();
            for (int i = 0; i < JOBS; i++) {
                server.clients().register(Samples.node(i, 100 + i, 1000));
            }
            Evaluations evaluations = new Evaluations(server.writer());
            for (int i = 0; i < JOBS; i++) {
                Job job = batch("job-" + i);
                server.writer().propose(new Command.RegisterJob(job, evaluations.of(job, Evaluations.JOB_REGISTER), false, 0, null));
            }
            Eventually.holds("all have a node", Duration.ofSeconds(60), () -> server.state().allocations().size() == JOBS);
            Eventually.holds("all evaluations are complete", Duration.ofSeconds(60), () -> {
                List<String> statuses = server.state().evaluations().values().stream().map(Evaluation::status).toList();
                return statuses.size() == JOBS && statuses.stream().allMatch(Evaluation.COMPLETE::equals);
            });
        } finally {
            log.close();
        }
    }

    private static Job batch(String id) {
        return Samples.read(Job.class, Json.text(Samples.job(id, 1)).replace("\"service\"", "\"batch\""));
    }

    /** Plan: a job's evaluation that was given up after refused plans; nothing else changes; a minute later it is placed. */
    @Test
    void whatWasGivenUpIsLookedAtAgainAfterAMinute() {
        Simulation simulation = new Simulation(SeededRandom.of(1));
        simulation.up(Samples.node(1, 1000, 1000));
        Job job = Samples.job("web", 1);
        simulation.giveUp(job);
        simulation.work();
        assertThat(simulation.state().allocationsOf("default", "web")).isEmpty();

        simulation.clock.advance(Duration.ofMinutes(1));
        simulation.work();
        assertThat(simulation.state().allocationsOf("default", "web")).hasSize(1);
    }
}
