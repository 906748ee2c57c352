package muster.scheduler.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import muster.scheduler.Instances;
import muster.scheduler.Samples;
import muster.scheduler.job.Constraint;
import muster.scheduler.job.Job;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.Resources;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.AllocatedPort;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Node;
import muster.scheduler.state.State;
import muster.testkit.SeededRandom;
import muster.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacerTest {
    private static final Job JOB = Samples.job("app", 4);
    private static final TaskGroup GROUP = JOB.group("web");

    /** What a search says: the node's name, or why there is none. */
    private static String outcome(Placer.Choice choice) {
        return choice.node().map(Node::name).orElseGet(() -> String.valueOf(choice.metric().constraintFiltered() != null
                ? choice.metric().constraintFiltered() : choice.metric().dimensionExhausted()));
    }

    private static State state(Node... nodes) {
        State state = State.EMPTY;
        for (Node node : nodes) {
            state = state.after(new Command.RegisterNode(node, null, List.of()));
        }
        return state;
    }

    private static Proposed proposed(Node... nodes) {
        return new Proposed(state(nodes));
    }

    private static Placer.Choice choose(Job job, Proposed proposed) {
        return new Placer(job, proposed, SeededRandom.of(1), () -> 0).choose(job.group("web"), Placer.Wish.NONE);
    }

    private static Job withGroup(Job job, UnaryOperator<TaskGroup> change) {
        return job.withTaskGroups(List.of(change.apply(job.group("web"))));
    }

    private static Job asking(int cpu, int memory) {
        return withGroup(JOB, g -> g.withTasks(List.of(g.task("main").withResources(
                new Resources(cpu, 0, null, 0, 0, memory, 0, null)))));
    }

    private static Node with(Node node, String... attributes) {
        Map<String, String> all = new HashMap<>(node.attributes());
        for (int i = 0; i < attributes.length; i += 2) {
            all.put(attributes[i], attributes[i + 1]);
        }
        return node.withAttributes(all);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', emptyValue = "", nullValues = "-", textBlock = """
            equal                                    | ${attr.os}    | =                | linux         | yes
            not equal                                | ${attr.os}    | =                | bsd           | no
            an attribute that is missing equals none | ${attr.none}  | =                | linux         | no
            two equal signs are one                  | ${attr.os}    | ==               | linux         | yes
            differs                                  | ${attr.os}    | !=               | bsd           | yes
            does not differ                          | ${attr.os}    | !=               | linux         | no
            what is missing differs                  | ${attr.none}  | !=               | linux         | yes
            less as text                             | ${attr.ten}   | <                | 9             | yes
            not less than itself                     | ${attr.os}    | <                | linux         | no
            at most itself                           | ${attr.os}    | <=               | linux         | yes
            greater as text                          | ${attr.os}    | >                | bsd           | yes
            at least                                 | ${attr.os}    | >=               | linux         | yes
            a version in a range                     | ${attr.v}     | version          | >= 1.2, < 2   | yes
            a version outside of a range             | ${attr.v}     | version          | < 1.2         | no
            a version with the last part free        | ${attr.v}     | version          | ~> 1.2        | yes
            no version at all                        | ${attr.os}    | version          | >= 1          | no
            a range that is none                     | ${attr.v}     | version          | many          | no
            a pre-release is not taken for a release | ${attr.pre}   | version          | >= 1.0        | no
            but by semantic versioning it is greater | ${attr.pre}   | semver           | >= 1.0.0      | yes
            an expression that is found inside       | ${attr.os}    | regexp           | in            | yes
            an expression that is not found          | ${attr.os}    | regexp           | ^in           | no
            a broken expression                      | ${attr.os}    | regexp           | (             | no
            all of a set                             | ${attr.set}   | set_contains     | "b, a"        | yes
            not all of a set                         | ${attr.set}   | set_contains_all | "a,z"         | no
            any of a set                             | ${attr.set}   | set_contains_any | "z,c"         | yes
            none of a set                            | ${attr.set}   | set_contains_any | z             | no
            is set                                   | ${attr.os}    | is_set           | ""            | yes
            is not set                               | ${attr.none}  | is_set           | ""            | no
            is indeed not set                        | ${attr.none}  | is_not_set       | ""            | yes
            text on the left is itself               | linux         | =                | ${attr.os}    | yes
            the datacenter                           | ${node.datacenter} | =           | dc1           | yes
            an unknown operator                      | ${attr.os}    | resembles        | linux         | no
            """)
    void constraint(String name, String left, String operator, String right, String met) {
        Node node = with(Samples.node(1, 1000, 1000), "os", "linux", "ten", "10", "v", "1.2.3", "pre", "1.5.0-beta", "set",
                "a,b,c");
        Constraint constraint = new Constraint(left, operator, right);

        Placer.Choice choice = choose(JOB.withConstraints(List.of(constraint)), proposed(node));

        assertThat(outcome(choice)).isEqualTo(met.equals("yes") ? "node-1" : "{" + constraint.text() + "=1}");
    }

    @Test
    void aNodeWithoutTheDriverIsFiltered() {
        Node without = Samples.read(Node.class, new String(Json.write(Samples.node(1, 1000, 1000)),
                java.nio.charset.StandardCharsets.UTF_8).replace("raw_exec", "java"));

        assertThat(outcome(choose(JOB, proposed(without)))).isEqualTo("{missing drivers=1}");
    }

    @Test
    void nodesThatAreNotReadyOrElsewhereAreNotLookedAt() {
        Node elsewhere = Samples.read(Node.class, new String(Json.write(Samples.node(3, 1000, 1000)),
                java.nio.charset.StandardCharsets.UTF_8).replace("dc1", "dc2"));
        Placer.Choice choice = choose(JOB, proposed(Samples.node(1, 1000, 1000).withStatus(Node.DOWN),
                Samples.node(2, 1000, 1000).withSchedulingEligibility(Node.INELIGIBLE), elsewhere));

        assertThat(choice.node()).isEmpty();
        assertThat(choice.metric().nodesEvaluated()).isZero();
        assertThat(choice.metric().nodesAvailable()).isEqualTo(Map.of("dc1", 0));
    }

    @Test
    void ofTwoNodesTheFullerIsTaken() {
        Node empty = Samples.node(1, 1000, 1000);
        Node fuller = Samples.node(2, 1000, 1000);
        Proposed proposed = proposed(empty, fuller);
        proposed.place(Instances.of(Samples.job("other", 1), 0, fuller.id()));

        assertThat(outcome(choose(JOB, proposed))).isEqualTo("node-2");
    }

    @Test
    void beforeASecondInstanceSharesANodeAnotherIsTaken() {
        Node shared = Samples.node(1, 1000, 1000);
        Proposed proposed = proposed(shared, Samples.node(2, 1000, 1000));
        proposed.place(Instances.of(JOB, 0, shared.id()));

        Placer.Choice choice = choose(JOB, proposed);

        assertThat(outcome(choice)).isEqualTo("node-2");
        assertThat(choice.metric().scoreMetaData()).filteredOn(m -> m.nodeId().equals(shared.id()))
                .allMatch(m -> m.scores().get("job-anti-affinity") == -0.5);
    }

    @Test
    void aNodeOnWhichItFailedIsAvoided() {
        Node failed = Samples.node(1, 1000, 1000);
        Proposed proposed = proposed(failed, Samples.node(2, 1000, 1000));

        Placer.Choice choice = new Placer(JOB, proposed, SeededRandom.of(1), () -> 0)
                .choose(GROUP, new Placer.Wish(Set.of(failed.id()), null));

        assertThat(outcome(choice)).isEqualTo("node-2");
    }

    @Test
    void aSpreadFillsItsTargetsByTheirShares() {
        Job job = Samples.read(Job.class, new String(Json.write(Samples.job("app", 10)), java.nio.charset.StandardCharsets.UTF_8)
                .replaceFirst("\"Spreads\":null", """
                "Spreads":[{"Attribute":"\\${attr.rack}","Weight":100,"SpreadTarget":[{"Value":"a","Percent":70},{"Value":"b","Percent":30}]}]
                """.strip()));
        assertThat(job.spreads()).hasSize(1);
        Map<String, Integer> racks = place(job, 10, "rack");

        assertThat(racks).isEqualTo(Map.of("a", 7, "b", 3));
    }

    @Test
    void aSpreadWithoutTargetsIsEven() {
        Job job = Samples.read(Job.class, new String(Json.write(Samples.job("app", 8)), java.nio.charset.StandardCharsets.UTF_8)
                .replaceFirst("\"Spreads\":null", "\"Spreads\":[{\"Attribute\":\"\\${attr.rack}\",\"Weight\":100}]"));

        assertThat(place(job, 8, "rack")).isEqualTo(Map.of("a", 4, "b", 4));
    }

    /** How many of n instances come to lie on nodes with which value of an attribute: three nodes of rack a, one of b. */
    private static Map<String, Integer> place(Job job, int n, String attribute) {
        Node[] nodes = IntStream.range(0, 4).mapToObj(i -> with(Samples.node(i, 9000, 9000), attribute, i == 3 ? "b" : "a"))
                .toArray(Node[]::new);
        Proposed proposed = proposed(nodes);
        Placer placer = new Placer(job, proposed, SeededRandom.of(2), () -> 0);
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < n; i++) {
            Placer.Choice choice = placer.choose(job.group("web"), Placer.Wish.NONE);
            Node node = choice.node().orElseThrow();
            proposed.place(Instances.of(job, i, node.id()).withAllocatedResources(choice.resources()));
            counts.merge(node.attributes().get(attribute), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void distinctHostsTakeOneInstanceEach() {
        Job job = JOB.withConstraints(List.of(new Constraint("", "distinct_hosts", "true")));
        Proposed proposed = proposed(Samples.node(1, 1000, 1000), Samples.node(2, 1000, 1000));
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < 2; i++) {
            Placer.Choice choice = choose(job, proposed);
            taken.add(outcome(choice));
            proposed.place(Instances.of(job, i, choice.node().orElseThrow().id()));
        }

        assertThat(taken).containsExactlyInAnyOrder("node-1", "node-2");
        assertThat(outcome(choose(job, proposed))).isEqualTo("{distinct_hosts=2}");
    }

    @Test
    void aDistinctPropertyTakesAsManyAsItAllows() {
        Job job = JOB.withConstraints(List.of(new Constraint("${attr.rack}", "distinct_property", "1")));
        Node node = with(Samples.node(1, 1000, 1000), "rack", "a");
        Proposed proposed = proposed(node);
        proposed.place(Instances.of(job, 0, node.id()));

        assertThat(outcome(choose(job, proposed))).isEqualTo("{distinct_property: ${attr.rack}=a used by 1 allocs=1}");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            all fits to the last bit     | 1000 | 1000 | node-1
            cpu is told before memory    | 1001 | 1001 | {cpu=1}
            memory is told when cpu fits | 1000 | 1001 | {memory=1}
            """)
    void exhausted(String name, int cpu, int memory, String expected) {
        assertThat(outcome(choose(asking(cpu, memory), proposed(Samples.node(1, 1000, 1000))))).isEqualTo(expected);
    }

    @Test
    void diskIsToldLast() {
        Job job = withGroup(JOB, g -> g.withEphemeralDisk(new muster.scheduler.job.EphemeralDisk(false, 10_001, false)));

        assertThat(outcome(choose(job, proposed(Samples.node(1, 1000, 1000))))).isEqualTo("{disk=1}");
    }

    @Test
    void aStaticPortInUseIsToldByLabelAndNumber() {
        Node node = Samples.node(1, 1000, 1000);
        Proposed proposed = proposed(node);
        proposed.place(Instances.withPort(Instances.of(Samples.job("other", 1), 0, node.id()), 8080));
        Job job = withGroup(JOB, g -> g.withNetworks(List.of(g.networks().getFirst().withDynamicPorts(null)
                .withReservedPorts(List.of(new Port("default", "lb", 0, 8080))))));

        assertThat(outcome(choose(job, proposed))).isEqualTo("{network: reserved port collision lb=8080=1}");
    }

    /** Plan: a node with a range of five dynamic ports, of which one is reserved; ask until there are none. */
    @Test
    void dynamicPortsComeFromTheRangeEachOnce() {
        Node node = Samples.read(Node.class, new String(Json.write(Samples.node(1, 9000, 9000)),
                java.nio.charset.StandardCharsets.UTF_8).replace("\"NodeResources\":{",
                "\"ReservedResources\":{\"Networks\":{\"ReservedHostPorts\":\"30002\"}},"
                        + "\"NodeResources\":{\"MinDynamicPort\":30000,\"MaxDynamicPort\":30004,")
                .replace("\"ReservedResources\":null,", ""));
        assertThat(node.reservedResources()).isNotNull();
        Proposed proposed = proposed(node);
        List<Integer> given = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Placer.Choice choice = choose(JOB, proposed);
            assertThat(choice.node()).isPresent();
            choice.resources().shared().ports().forEach(port -> given.add(port.value()));
            proposed.place(Instances.of(JOB, i, node.id()).withAllocatedResources(choice.resources()));
        }

        assertThat(given).containsExactlyInAnyOrder(30000, 30001, 30003, 30004);
        assertThat(outcome(choose(JOB, proposed))).isEqualTo("{network: dynamic port selection failed=1}");
    }

    /** Random groups on random nodes, until nothing fits any more: what is placed fits, and no port is given twice. */
    @Test
    void whatIsPlacedFits() {
        SeededRandom.rounds(40, random -> {
            Node[] nodes = IntStream.range(0, 1 + random.nextInt(4))
                    .mapToObj(i -> Samples.node(i, 200 + random.nextInt(2000), 200 + random.nextInt(2000))).toArray(Node[]::new);
            Proposed proposed = proposed(nodes);
            Map<String, List<Allocation>> placed = new LinkedHashMap<>();
            for (int i = 0; i < 30; i++) {
                Job job = withGroup(asking(50 + random.nextInt(500), 50 + random.nextInt(500)), g -> {
                    NetworkResource network = g.networks().getFirst();
                    return random.nextBoolean() ? g : g.withNetworks(List.of(network.withReservedPorts(
                            List.of(new Port("default", "s", 0, 20_000 + random.nextInt(5))))));
                }).withId("job" + random.nextInt(5));
                int number = i;
                Placer.Choice choice = new Placer(job, proposed, random, () -> 0).choose(job.group("web"), Placer.Wish.NONE);
                choice.node().ifPresent(node -> {
                    Allocation allocation = Instances.of(job, number, node.id()).withAllocatedResources(choice.resources());
                    proposed.place(allocation);
                    placed.computeIfAbsent(node.id(), id -> new ArrayList<>()).add(allocation);
                });
            }
            for (Node node : nodes) {
                List<Allocation> there = placed.getOrDefault(node.id(), List.of());
                assertThat(Capacity.obstacle(node, there)).isEmpty();
                assertThat(there.stream().flatMap(a -> a.allocatedResources().shared().ports().stream())
                        .map(AllocatedPort::value)).doesNotHaveDuplicates();
            }
            assertThat(Arrays.stream(nodes).map(Node::id)).containsAll(placed.keySet());
        });
    }
}
