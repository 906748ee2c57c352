package muster.scheduler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import muster.scheduler.Instances;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Node;
import muster.scheduler.state.PlanResult;
import muster.scheduler.state.State;
import org.junit.jupiter.api.Test;

/** A plan for two nodes, of which one has changed since the plan was made. */
class PlanCheckTest {
    private static final Job JOB = Samples.job("app", 2);
    private static final Node ONE = Samples.node(1, 250, 1000);
    private static final Node TWO = Samples.node(2, 250, 1000);

    private final Allocation onOne = Instances.of(JOB, 0, ONE.id());
    private final Allocation onTwo = Instances.of(JOB, 1, TWO.id());

    private static State state(Node one, Node two, Allocation... there) {
        return State.EMPTY.after(new Command.RegisterNode(one, null, List.of()))
                .after(new Command.RegisterNode(two, null, List.of()))
                .after(new Command.ApplyPlan(plan(List.of(), there)));
    }

    private static PlanResult plan(List<Allocation> stopped, Allocation... placed) {
        return new PlanResult("evaluation", JOB, stopped, List.of(placed), null, null, null, null, 0);
    }

    @Test
    void whatTheNewestStateAllowsIsTakenWhole() {
        Schedulers.Checked checked = Schedulers.check(state(ONE, TWO), plan(List.of(), onOne, onTwo), false);

        assertThat(checked.full()).isTrue();
        assertThat(checked.plan().placed()).containsExactly(onOne, onTwo);
    }

    @Test
    void aNodeThatWentDownDropsOut() {
        Schedulers.Checked checked = Schedulers.check(state(ONE.withStatus(Node.DOWN), TWO), plan(List.of(), onOne, onTwo), false);

        assertThat(checked.full()).isFalse();
        assertThat(checked.plan().placed()).containsExactly(onTwo);
    }

    @Test
    void aNodeThatAnotherPlanFilledDropsOut() {
        Job other = Samples.job("other", 2);
        State newest = state(ONE, TWO, Instances.of(other, 0, ONE.id()), Instances.of(other, 1, ONE.id()));

        Schedulers.Checked checked = Schedulers.check(newest, plan(List.of(), onOne, onTwo), false);

        assertThat(checked.plan().placed()).containsExactly(onTwo);
    }

    @Test
    void aPortThatAnotherPlanTookDropsOut() {
        State newest = state(ONE, TWO, Instances.withPort(Instances.of(Samples.job("other", 1), 0, ONE.id()), 20_000));

        Schedulers.Checked checked = Schedulers.check(newest, plan(List.of(), Instances.withPort(onOne, 20_000), onTwo), false);

        assertThat(checked.plan().placed()).containsExactly(onTwo);
    }

    @Test
    void whatCanNotBeReplacedIsNotStoppedEither() {
        Allocation old = Instances.of(Samples.job("app", 2).withVersion(7L), 0, TWO.id());
        Allocation replacement = replacing(onOne, old);
        PlanResult plan = plan(List.of(old.withDesiredStatus(Allocation.STOP)), replacement);

        Schedulers.Checked checked = Schedulers.check(state(ONE.withStatus(Node.DOWN), TWO, old), plan, false);

        assertThat(checked.plan().placed()).isEmpty();
        assertThat(checked.plan().stopped()).isEmpty();
    }

    @Test
    void whatThePlanStopsMakesRoomForWhatItPlaces() {
        Job other = Samples.job("other", 2);
        Allocation first = Instances.of(other, 0, ONE.id());
        Allocation second = Instances.of(other, 1, ONE.id());
        PlanResult plan = plan(List.of(second.withDesiredStatus(Allocation.STOP)), onOne);

        assertThat(Schedulers.check(state(ONE, TWO, first, second), plan, false).full()).isTrue();
    }

    @Test
    void aPlanForAllAtOnceIsWorthNothingInPart() {
        PlanResult plan = plan(List.of(), onOne, onTwo);

        assertThat(Schedulers.check(state(ONE.withStatus(Node.DOWN), TWO), plan, true).plan().placed()).isEmpty();
    }

    @Test
    void anUpdateInPlaceGoesOnANodeThatTakesNothingNew() {
        Node ineligible = ONE.withSchedulingEligibility(Node.INELIGIBLE);

        assertThat(Schedulers.check(state(ineligible, TWO, onOne), plan(List.of(), onOne), false).full()).isTrue();
    }

    private static Allocation replacing(Allocation allocation, Allocation old) {
        return Samples.read(Allocation.class, new String(muster.wire.Json.write(allocation),
                java.nio.charset.StandardCharsets.UTF_8).replace("\"PreviousAllocation\":\"\"",
                "\"PreviousAllocation\":\"" + old.id() + "\""));
    }
}
