package muster.scheduler.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import muster.scheduler.Instances;
import muster.scheduler.Samples;
import muster.scheduler.job.Affinity;
import muster.scheduler.job.Constraint;
import muster.scheduler.job.Job;
import muster.scheduler.job.Resources;
import muster.scheduler.job.Spread;
import muster.scheduler.job.SpreadTarget;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeScoreMeta;
import muster.scheduler.state.State;
import muster.testkit.SeededRandom;
import muster.wire.Json;
import org.junit.jupiter.api.Test;

/** Over random clusters, jobs and histories: what the ranking keeps is what looking at everything anew would find. */
class RankingTest {
    private static Job job(RandomGenerator random) {
        Job job = Samples.job("app", 1 + random.nextInt(40)).withConstraints(constraints(random));
        TaskGroup group = job.group("web");
        job = job.withTaskGroups(List.of(group.withTasks(List.of(group.task("main").withResources(
                new Resources(20 + random.nextInt(300), 0, null, 0, 0, 20 + random.nextInt(300), 0, null))))));
        return with(with(job, "Affinities", affinities(random)), "Spreads", spreads(random));
    }

    private static Job with(Job job, String key, List<?> value) {
        String text = value == null ? "null" : value.stream().map(one -> new String(Json.write(one), StandardCharsets.UTF_8))
                .collect(Collectors.joining(",", "[", "]"));
        return Samples.read(Job.class, new String(Json.write(job), StandardCharsets.UTF_8)
                .replaceFirst('"' + key + "\":null", Matcher.quoteReplacement('"' + key + "\":" + text)));
    }

    private static List<Constraint> constraints(RandomGenerator random) {
        return switch (random.nextInt(6)) {
            case 0 -> List.of(new Constraint("", "distinct_hosts", "true"));
            case 1 -> List.of(new Constraint("${attr.rack}", "distinct_property", "" + (1 + random.nextInt(3))));
            case 2 -> List.of(new Constraint("${attr.rack}", "!=", "r1"));
            default -> null;
        };
    }

    private static List<Affinity> affinities(RandomGenerator random) {
        return random.nextInt(3) > 0 ? null : List.of(
                new Affinity("${attr.rack}", "=", "r0", 1 + random.nextInt(100)),
                new Affinity("${node.unique.name}", "=", "node-1", -1 - random.nextInt(100)));
    }

    private static List<Spread> spreads(RandomGenerator random) {
        List<Spread> spreads = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            spreads.add(new Spread("${attr.rack}", null, 1 + random.nextInt(100)));
        }
        if (random.nextInt(3) == 0) {
            int percent = random.nextInt(101);
            spreads.add(new Spread("${attr.zone}",
                    List.of(new SpreadTarget(percent, "z0"), new SpreadTarget((100 - percent) / 2, "z1")), 50));
        }
        return spreads.isEmpty() ? null : spreads;
    }

    private static State cluster(RandomGenerator random) {
        State state = State.EMPTY;
        int nodes = 1 + random.nextInt(25);
        for (int i = 0; i < nodes; i++) {
            Node node = Samples.node(i, 500 + random.nextInt(2000), 500 + random.nextInt(2000));
            Map<String, String> meta = new HashMap<>(node.attributes());
            if (random.nextInt(8) > 0) {
                meta.put("rack", "r" + random.nextInt(5));
            }
            meta.put("zone", "z" + random.nextInt(3));
            node = node.withAttributes(meta).withComputedClass(random.nextInt(3) == 0 ? "" : "v1:" + meta.get("rack") + meta.get("zone"));
            node = random.nextInt(10) > 0 ? node : node.withStatus(Node.DOWN);
            state = state.after(new Command.RegisterNode(node, null, List.of()));
        }
        return state;
    }

    private static List<Allocation> strangers(State state, RandomGenerator random) {
        List<Allocation> there = new ArrayList<>();
        Job other = Samples.job("other", 100);
        for (Node node : state.nodes()) {
            for (int i = random.nextInt(4); i > 0; i--) {
                there.add(Instances.of(other, there.size(), node.id()));
            }
        }
        return there;
    }

    /**
     * Plan: a random cluster with strangers on it; then, in random order, place the best, stop one of those placed or a
     * stranger, or take a stop back. Before each placement every node is scored by the book.
     */
    @Test
    void theBestScoreOfAllNodesIsChosen() {
        SeededRandom.rounds(300, random -> {
            State state = cluster(random);
            Proposed proposed = new Proposed(state);
            List<Allocation> here = strangers(state, random);
            here.forEach(proposed::place);
            Job job = job(random);
            Placer placer = new Placer(job, proposed, random, () -> 0);
            ReferenceScorer reference = new ReferenceScorer(job, proposed);
            List<Node> nodes = state.nodes().values();
            for (int i = 0; i < 40; i++) {
                Set<String> avoid = new HashSet<>();
                if (random.nextInt(4) == 0) {
                    avoid.add(nodes.get(random.nextInt(nodes.size())).id());
                    avoid.add(nodes.get(random.nextInt(nodes.size())).id());
                }
                Map<String, Double> expected = new HashMap<>();
                for (Node node : nodes) {
                    reference.score(node, avoid).ifPresent(score -> expected.put(node.id(), score));
                }
                Placer.Choice choice = placer.choose(job.group("web"), new Placer.Wish(avoid, null));

                OptionalDouble best = expected.values().stream().mapToDouble(d -> d).max();
                assertThat(choice.node().isPresent()).isEqualTo(best.isPresent());
                if (choice.node().isPresent()) {
                    Node node = choice.node().get();
                    assertThat(expected.get(node.id())).isCloseTo(best.getAsDouble(), within(1e-9));
                    assertThat(choice.metric().scoreMetaData()).allSatisfy(told ->
                            assertThat(told.normScore()).isCloseTo(expected.get(told.nodeId()), within(1e-9)));
                    assertThat(choice.metric().scoreMetaData().stream().map(NodeScoreMeta::normScore))
                            .isSortedAccordingTo((a, b) -> Double.compare(b, a));
                    assertThat(choice.metric().scoreMetaData()).hasSize(Math.min(5, expected.size()));
                    Allocation placed = Instances.of(job, i, node.id()).withAllocatedResources(choice.resources());
                    proposed.place(placed);
                }
                assertThat(choice.metric().nodesEvaluated() - choice.metric().nodesFiltered()
                        - choice.metric().nodesExhausted()).isEqualTo(expected.size());
            }
        });
    }

    /** Plan: the same with instances in the state, which are stopped and kept in random order. */
    @Test
    void stopsAndTheirTakingBackAreFollowed() {
        SeededRandom.rounds(150, random -> {
            State state = cluster(random);
            Job job = job(random);
            List<Node> nodes = state.nodes().values();
            List<Allocation> live = new ArrayList<>(strangers(state, random));
            for (int i = 0; i < 10; i++) {
                live.add(Instances.of(job, i, nodes.get(random.nextInt(nodes.size())).id()));
            }
            state = state.after(new Command.ApplyPlan(new muster.scheduler.state.PlanResult("", job, List.of(), live, null, null,
                    null, null, 0)));
            Proposed proposed = new Proposed(state);
            Placer placer = new Placer(job, proposed, random, () -> 0);
            ReferenceScorer reference = new ReferenceScorer(job, proposed);
            for (int i = 0; i < 30; i++) {
                Allocation one = live.get(random.nextInt(live.size()));
                if (random.nextBoolean()) {
                    proposed.stop(one);
                } else {
                    proposed.keep(one);
                }
                double best = Double.NEGATIVE_INFINITY;
                Map<String, Double> expected = new HashMap<>();
                for (Node node : nodes) {
                    OptionalDouble score = reference.score(node, Set.of());
                    if (score.isPresent()) {
                        best = Math.max(best, score.getAsDouble());
                        expected.put(node.id(), score.getAsDouble());
                    }
                }
                Placer.Choice choice = placer.choose(job.group("web"), Placer.Wish.NONE);
                assertThat(choice.node().isPresent()).isEqualTo(!expected.isEmpty());
                if (choice.node().isPresent()) {
                    assertThat(expected.get(choice.node().get().id())).isCloseTo(best, within(1e-9));
                }
            }
            for (Node node : nodes) {
                assertThat(proposed.use(node.id()).cpu()).isEqualTo(proposed.on(node.id()).stream()
                        .mapToLong(a -> a.allocatedResources().cpu()).sum());
            }
        });
    }

    @Test
    void theChoiceIsTheSameForTheSameInputs() {
        SeededRandom.rounds(50, random -> {
            State state = cluster(random);
            Job job = job(random);
            List<String> first = chosen(job, state, random);
            assertThat(chosen(job, state, random)).isEqualTo(first);
        });
    }

    private static List<String> chosen(Job job, State state, RandomGenerator random) {
        Proposed proposed = new Proposed(state);
        Placer placer = new Placer(job, proposed, random, () -> 0);
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Placer.Choice choice = placer.choose(job.group("web"), Placer.Wish.NONE);
            int number = i;
            choice.node().ifPresent(node -> {
                nodes.add(node.id());
                proposed.place(Instances.of(job, number, node.id()).withAllocatedResources(choice.resources()));
            });
        }
        return nodes;
    }
}
