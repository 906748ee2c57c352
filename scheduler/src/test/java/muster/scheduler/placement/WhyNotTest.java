package muster.scheduler.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import muster.scheduler.Instances;
import muster.scheduler.Samples;
import muster.scheduler.job.Constraint;
import muster.scheduler.job.Job;
import muster.scheduler.job.Port;
import muster.scheduler.job.Resources;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Node;
import muster.scheduler.state.PlanResult;
import muster.scheduler.state.State;
import muster.testkit.SeededRandom;
import muster.wire.Json;
import org.junit.jupiter.api.Test;

class WhyNotTest {
    private static State with(State state, Allocation... allocations) {
        return state.after(new Command.ApplyPlan(new PlanResult("", allocations[0].job(), List.of(), List.of(allocations), null, null, null,
                null, 0)));
    }

    private static WhyNot.Answer ask(State state, Job job, Node node) {
        return WhyNot.of(state, job, node, SeededRandom.of(1));
    }

    @Test
    void aNodeThatCanTakeTheJobHasNothingAgainstIt() {
        Node node = Samples.node(1, 1000, 1000);
        State state = State.EMPTY.after(new Command.RegisterNode(node, null, List.of()));

        WhyNot.Answer answer = ask(state, Samples.job("app", 1), node);

        assertThat(answer.reasons()).isEmpty();
        assertThat(answer.groups()).singleElement().satisfies(group -> {
            assertThat(group.fits()).isTrue();
            assertThat(group.reasons()).isEmpty();
        });
    }

    /** Plan: a node that is elsewhere and ineligible, lacks a driver, an attribute, a port, cores and memory; all of it is told. */
    @Test
    void everyReasonIsToldAtOnce() {
        Node node = Samples.node(1, 1000, 1000).withSchedulingEligibility(Node.INELIGIBLE);
        State state = State.EMPTY.after(new Command.RegisterNode(node, null, List.of()));
        Allocation holder = Instances.withPort(Instances.of(Samples.job("other", 1), 0, node.id()), 8080);
        state = with(state, holder);
        Job job = Samples.read(Job.class, new String(Json.write(Samples.job("app", 1)), StandardCharsets.UTF_8)
                .replace("\"dc1\"", "\"dc2\"").replace("raw_exec", "docker")).withConstraints(List.of(new Constraint("${attr.kernel.name}", "=", "windows"), new Constraint("${meta.rack}", "is_set", "")));
        TaskGroup group = job.group("web");
        job = job.withTaskGroups(List.of(group
                .withNetworks(List.of(group.networks().getFirst().withDynamicPorts(null)
                        .withReservedPorts(List.of(new Port("default", "http", 0, 8080)))))
                .withTasks(List.of(group.task("main")
                        .withResources(new Resources(950, 2, null, 0, 0, 1200, 0, null))))));

        WhyNot.Answer answer = ask(state, job, node);

        assertThat(answer.reasons()).containsExactly("the node is marked as ineligible for scheduling",
                "the node is in datacenter \"dc1\", the job asks for dc2");
        assertThat(answer.groups().getFirst().fits()).isFalse();
        assertThat(answer.groups().getFirst().reasons()).containsExactly(
                "constraint \"${attr.kernel.name} = windows\": the node has \"linux\"",
                "constraint \"${meta.rack} is_set\": the node has no ${meta.rack}",
                "task \"main\" needs driver \"docker\", which the node does not know",
                "port http=8080 is in use by allocation " + holder.id() + " of job \"other\"",
                "needs 2 cores, 0 free",
                "needs 1200 MB of memory, 936 free of 1000 (264 short)");
    }

    /** Whatever a search says of a single node, this says too: it fits where it fits, and nowhere else. */
    @Test
    void itAgreesWithTheSearch() {
        SeededRandom.rounds(100, random -> {
            Node node = Samples.node(1, 200 + random.nextInt(800), 200 + random.nextInt(800));
            State state = State.EMPTY.after(new Command.RegisterNode(node, null, List.of()));
            state = with(state, Instances.of(Samples.job("other", 1), 0, node.id()), Instances.of(Samples.job("app", 1), 7, node.id()));
            Job job = Samples.job("app", 3).withConstraints(random.nextInt(3) > 0 ? null
                    : List.of(new Constraint("", "distinct_hosts", random.nextBoolean() ? "true" : "false")));
            TaskGroup group = job.group("web");
            job = job.withTaskGroups(List.of(group.withTasks(List.of(group.task("main")
                    .withResources(new Resources(random.nextInt(900), 0, null, 0, 0, random.nextInt(900), 0, null))))));
            boolean placed = new Placer(job, new Proposed(state), random, () -> 0).choose(job.group("web"), Placer.Wish.NONE).node()
                    .isPresent();

            assertThat(ask(state, job, node).groups().getFirst().fits()).isEqualTo(placed);
        });
    }
}
