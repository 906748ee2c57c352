package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.UpdateStrategy;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;

/**
 * Whole servers under random orders and failures. After each step what must always hold does, and when the trouble ends all
 * becomes as the jobs say.
 */
class SimulationTest {
    private static final int NODES = 4;
    private static final int JOBS = 4;
    private static final int STEPS = 60;

    @Test
    void afterAnyTroubleAllIsAsTheJobsSay() {
        SeededRandom.rounds(12, random -> {
            Simulation simulation = trouble(random);
            for (Node node : nodes()) {
                simulation.up(node);
            }
            simulation.settle();
            simulation.assertSound();
            for (Job job : List.copyOf(simulation.state().jobs().values())) {
                if (!job.isStopped()) {
                    simulation.register(job(job.id(), job.group("web").count(), "last", false));
                }
            }
            simulation.settle();

            simulation.assertSound();
            simulation.state().jobs().forEach(job -> assertDesired(simulation, job));
            assertThat(simulation.state().evaluations()).allMatch(Evaluation::isTerminal);
        });
    }

    @Test
    void planningAJobThatIsAsItShouldBeChangesNothing() {
        SeededRandom.rounds(5, random -> {
            Simulation simulation = trouble(random);
            simulation.settle();
            List<Allocation> before = simulation.state().allocations().values();
            for (Job job : List.copyOf(simulation.state().jobs().values())) {
                if (!job.isStopped()) {
                    simulation.register(job);
                    assertThat(simulation.state().job("default", job.id()).version()).isEqualTo(job.version());
                }
            }
            simulation.settle();

            assertThat(simulation.state().allocations().values()).isEqualTo(before);
        });
    }

    @Test
    void aNewLeaderInTheMidstOfItAllGoesOn() {
        SeededRandom.rounds(6, random -> {
            Simulation simulation = trouble(random).succeeded(random);
            for (Node node : nodes()) {
                simulation.up(node);
            }
            simulation.settle();

            simulation.assertSound();
            for (Job job : List.copyOf(simulation.state().jobs().values())) {
                if (!job.isStopped()) {
                    simulation.register(job(job.id(), job.group("web").count(), "last", false));
                }
            }
            simulation.settle();
            simulation.state().jobs().forEach(job -> assertDesired(simulation, job));
        });
    }

    private static List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            nodes.add(Samples.node(i, 1_000, 1_000));
        }
        return nodes;
    }

    /** A cluster in which anything may happen at any time, with work done now and then. */
    static Simulation trouble(RandomGenerator random) {
        Simulation simulation = new Simulation(random);
        List<Node> nodes = nodes();
        nodes.forEach(simulation::up);
        for (int i = 0; i < STEPS; i++) {
            step(simulation, nodes, random);
            if (random.nextInt(3) > 0) {
                simulation.work();
                simulation.assertSound();
            }
            if (random.nextBoolean()) {
                simulation.act(nodes.get(random.nextInt(NODES)));
            }
        }
        return simulation;
    }

    private static void step(Simulation simulation, List<Node> nodes, RandomGenerator random) {
        String id = "job" + random.nextInt(JOBS);
        Job known = simulation.state().job("default", id);
        Node node = nodes.get(random.nextInt(NODES));
        List<Allocation> running = simulation.live(id).stream()
                .filter(a -> a.clientStatus().equals(Allocation.RUNNING)).toList();
        switch (random.nextInt(8)) {
            case 0, 1 -> simulation.register(job(id, random.nextInt(6), "v" + random.nextInt(3), random.nextInt(3) == 0));
            case 2 -> {
                if (known != null) {
                    simulation.register(known.withStop(false).withTaskGroups(
                            List.of(known.group("web").withCount(random.nextInt(6)))));
                }
            }
            case 3 -> {
                if (known != null && random.nextInt(3) == 0) {
                    simulation.stop(id);
                }
            }
            case 4 -> {
                if (!running.isEmpty()) {
                    simulation.fail(running.get(random.nextInt(running.size())));
                }
            }
            case 5 -> {
                if (simulation.isDown(node)) {
                    simulation.up(node);
                } else if (random.nextInt(3) == 0) {
                    simulation.down(node);
                }
            }
            case 6 -> {
                if (!running.isEmpty()) {
                    simulation.report(running.get(random.nextInt(running.size())), random.nextInt(4) > 0);
                }
            }
            default -> simulation.clock.advance(Duration.ofSeconds(random.nextInt(120)));
        }
    }

    private static Job job(String id, int count, String version, boolean canary) {
        Job job = Samples.job(id, count);
        TaskGroup group = job.group("web");
        return job.withTaskGroups(List.of(group.withTasks(List.of(group.task("main").withEnv(Map.of("V", version))))
                .withUpdate(new UpdateStrategy(canary, false, canary ? 1 : 0, "checks", Duration.ofMinutes(5), 2, Duration.ZERO,
                        Duration.ofMinutes(10), Duration.ofSeconds(30)))));
    }

    private static void assertDesired(Simulation simulation, Job job) {
        List<Allocation> live = simulation.live(job.id());
        if (job.isStopped()) {
            assertThat(live).as("instances of " + job.id() + ", which is stopped").isEmpty();
            return;
        }
        TreeSet<Integer> numbers = new TreeSet<>();
        for (int i = 0; i < job.group("web").count(); i++) {
            numbers.add(i);
        }
        assertThat(live).as("instances of " + job.id()).allMatch(a -> a.clientStatus().equals(Allocation.RUNNING))
                .allMatch(a -> a.job().version().equals(job.version()))
                .extracting(Allocation::index).containsExactlyInAnyOrderElementsOf(numbers);
    }
}
