package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import muster.raft.NotLeaderException;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;

/** What one leader has begun, the next one goes on with: it has the state, and nothing that the first had in mind. */
class LeadershipTest {
    private static final Node NODE = Samples.node(1, 1_000, 1_000);

    private final Simulation first = new Simulation(SeededRandom.of(1));

    private Simulation next() {
        return first.succeeded(SeededRandom.of(2));
    }

    private static Job changed(Job job) {
        return job.withTaskGroups(List.of(job.group("web").withTasks(List.of(
                job.group("web").task("main").withEnv(java.util.Map.of("A", "1"))))));
    }

    @Test
    void anEvaluationThatNobodyWorkedOffIsWorkedOff() {
        first.up(NODE);
        first.register(Samples.job("app", 2));

        Simulation next = next();
        next.work();

        assertThat(next.live("app")).hasSize(2);
    }

    @Test
    void aBlockedEvaluationIsWokenByANodeThatComes() {
        first.register(Samples.job("app", 2));
        first.work();
        assertThat(first.state().evaluations()).anyMatch(e -> e.status().equals(Evaluation.BLOCKED));

        Simulation next = next();
        next.up(NODE);
        next.work();

        assertThat(next.live("app")).hasSize(2);
    }

    /** Plan: one instance fails after a healthy deployment; the leader that planned its return goes; time passes. */
    @Test
    void aFailedInstanceComesBackAtItsTime() {
        first.up(NODE);
        first.register(Samples.job("app", 1));
        first.settle();
        first.fail(first.live("app").getFirst());
        first.work();
        assertThat(first.live("app")).isEmpty();

        Simulation next = next();
        next.work();
        assertThat(next.live("app")).isEmpty();
        next.clock.advance(Duration.ofSeconds(31));
        next.work();

        assertThat(next.live("app")).hasSize(1);
    }

    /** Plan: the second version replaces one of three, the leader goes, and the new one hears that this one is healthy. */
    @Test
    void aRunningDeploymentGoesOnToItsEnd() {
        first.up(NODE);
        first.register(Samples.job("app", 3));
        first.settle();
        first.register(changed(Samples.job("app", 3)));
        first.work();

        Simulation next = next();
        next.settle();

        assertThat(next.state().latestDeployment("default", "app").status()).isEqualTo(Deployment.SUCCESSFUL);
        assertThat(next.live("app")).hasSize(3).allMatch(a -> a.job().version() == 1);
        assertThat(next.state().job("default", "app").stable()).isTrue();
    }

    /** Plan: health that was reported to the old leader only, with nothing reported after; the next evaluation must come. */
    @Test
    void whatBecameHealthyUnderTheOldLeaderCounts() {
        first.up(NODE);
        first.register(Samples.job("app", 2));
        first.settle();
        first.register(changed(Samples.job("app", 2)));
        first.work();
        Allocation fresh = first.live("app").stream().filter(a -> a.job().version() == 1).findFirst().orElseThrow();
        first.report(fresh, true);

        Simulation next = next();
        next.work();

        assertThat(next.live("app")).allMatch(a -> a.job().version() == 1);
    }

    @Test
    void aDeploymentThatMakesNoProgressFailsAtItsDeadline() {
        first.up(NODE);
        first.register(Samples.job("app", 1));
        first.work();

        Simulation next = next();
        next.clock.advance(Duration.ofMinutes(11));
        next.work();

        Deployment deployment = next.state().latestDeployment("default", "app");
        assertThat(deployment.status()).isEqualTo(Deployment.FAILED);
        assertThat(deployment.statusDescription()).isEqualTo(DeploymentWatcher.PROGRESS);
    }

    @Test
    void theOldLeaderCommitsNothingAnyMore() {
        first.up(NODE);
        next();

        assertThatThrownBy(() -> first.register(Samples.job("app", 1))).isInstanceOf(NotLeaderException.class);
        assertThat(first.leader.broker().counts()).isEqualTo(new EvaluationBroker.Counts(0, 0, 0));
    }
}
