package muster.scheduler.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import muster.scheduler.Instances;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.Resources;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Node;
import muster.scheduler.state.SchedulerConfiguration;
import muster.scheduler.state.State;
import muster.testkit.SeededRandom;
import muster.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who has to go for whom, and which cores and devices are given out. */
class PreemptionTest {
    private static State state(Node... nodes) {
        State state = State.EMPTY.after(new Command.SetConfiguration(new SchedulerConfiguration(0, false, 0,
                new SchedulerConfiguration.Preemption(false, true, true), ""), false, 0));
        for (Node node : nodes) {
            state = state.after(new Command.RegisterNode(node, null, List.of()));
        }
        return state;
    }

    private static Job job(String id, int priority, int cpu, int memory) {
        Job job = Samples.read(Job.class, json(Samples.job(id, 2)).replace("\"Priority\":50", "\"Priority\":" + priority));
        return with(job, new Resources(cpu, 0, null, 0, 0, memory, 0, null));
    }

    private static Job with(Job job, Resources asked) {
        TaskGroup group = job.group("web").withNetworks(null);
        return job.withTaskGroups(List.of(group.withTasks(List.of(group.task("main").withResources(asked)))));
    }

    private static String json(Object value) {
        return new String(Json.write(value), StandardCharsets.UTF_8);
    }

    private static Allocation running(Proposed proposed, Job job, int number, Node node) {
        Allocation allocation = Instances.of(job, number, node.id());
        proposed.place(allocation);
        return allocation;
    }

    private static Placer.Choice choose(Job job, Proposed proposed) {
        return new Placer(job, proposed, SeededRandom.of(1), () -> 0).choose(job.group("web"), Placer.Wish.NONE);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            ten less important goes              | 40 | 1
            nine less important stays            | 41 | 0
            the more important stays             | 60 | 0
            """)
    void byPriority(String name, int theirs, int preempted) {
        Node node = Samples.node(1, 1000, 1000);
        Proposed proposed = new Proposed(state(node));
        running(proposed, job("low", theirs, 900, 100), 0, node);

        Placer.Choice choice = choose(job("high", 50, 500, 100), proposed);

        assertThat(choice.preempted()).hasSize(preempted);
        assertThat(choice.node().isPresent()).isEqualTo(preempted > 0);
    }

    @Test
    void nobodyGoesWhereThereIsRoomElsewhere() {
        Node full = Samples.node(1, 1000, 1000);
        Node empty = Samples.node(2, 1000, 1000);
        Proposed proposed = new Proposed(state(full, empty));
        running(proposed, job("low", 1, 900, 100), 0, full);

        Placer.Choice choice = choose(job("high", 100, 500, 100), proposed);

        assertThat(choice.node().map(Node::id)).contains(empty.id());
        assertThat(choice.preempted()).isEmpty();
    }

    @Test
    void theLeastImportantGoAndOnlyAsManyAsNeeded() {
        Node node = Samples.node(1, 1000, 1000);
        Proposed proposed = new Proposed(state(node));
        Allocation least = running(proposed, job("least", 10, 400, 100), 0, node);
        running(proposed, job("more", 20, 300, 100), 0, node);
        running(proposed, job("tiny", 10, 50, 100), 0, node);

        Placer.Choice choice = choose(job("high", 50, 600, 100), proposed);

        assertThat(choice.preempted()).containsExactly(least);
    }

    @Test
    void whoHoldsAStaticPortGoes() {
        Node node = Samples.node(1, 4000, 4000);
        Proposed proposed = new Proposed(state(node));
        Allocation holder = Instances.withPort(Instances.of(job("web", 10, 100, 100), 0, node.id()), 8080);
        proposed.place(holder);
        running(proposed, job("other", 10, 100, 100), 0, node);
        Job high = job("high", 50, 100, 100);
        TaskGroup group = high.group("web").withNetworks(List.of(new NetworkResource("", null, "", null, "", null, "",
                List.of(new Port("default", "http", 0, 8080)))));

        Placer.Choice choice = choose(high.withTaskGroups(List.of(group)), proposed);

        assertThat(choice.preempted()).containsExactly(holder);
    }

    @Test
    void whereTheOperatorForbidsItNobodyGoes() {
        Node node = Samples.node(1, 1000, 1000);
        Proposed proposed = new Proposed(State.EMPTY.after(new Command.RegisterNode(node, null, List.of())));
        running(proposed, job("low", 1, 900, 100), 0, node);

        assertThat(choose(job("high", 100, 500, 100), proposed).node()).isEmpty();
    }

    /** Random nodes full of jobs of random importance: who goes is less important by ten, all are needed, and the rest fits. */
    @Test
    void whoGoesHasTo() {
        SeededRandom.rounds(100, random -> {
            Node[] nodes = IntStream.range(0, 1 + random.nextInt(4)).mapToObj(i -> Samples.node(i, 1500, 1500)).toArray(Node[]::new);
            Proposed proposed = new Proposed(state(nodes));
            for (Node node : nodes) {
                for (int i = 0; i < 6; i++) {
                    Job low = job("low" + i, 1 + random.nextInt(70), 50 + random.nextInt(150), 50 + random.nextInt(150));
                    running(proposed, low, i, node);
                }
            }
            Job high = job("high", 50, 300 + random.nextInt(1000), 300 + random.nextInt(1000));
            Placer.Choice choice = choose(high, proposed);
            if (choice.node().isPresent()) {
                List<Allocation> left = new ArrayList<>(proposed.on(choice.node().get().id()));
                left.removeAll(choice.preempted());
                left.add(Instances.of(high, 0, choice.node().get().id()).withAllocatedResources(choice.resources()));
                assertThat(Capacity.obstacle(choice.node().get(), left)).isEmpty();
                for (Allocation victim : choice.preempted()) {
                    assertThat(victim.job().priority()).isLessThanOrEqualTo(40);
                    List<Allocation> more = new ArrayList<>(left);
                    more.add(victim);
                    assertThat(Capacity.obstacle(choice.node().get(), more)).as("%s needed", victim.jobId()).isNotEmpty();
                }
            }
        });
    }

    private static Node equipped(int number) {
        return Samples.read(Node.class, json(Samples.node(number, 4000, 4000)).replace("\"NodeResources\":{\"Cpu\":{", """
                "NodeResources":{"Devices":[
                   {"Vendor":"acme","Type":"gpu","Name":"small","Attributes":{"memory":{"Int":4,"Unit":"GiB"}},
                    "Instances":[{"ID":"s1","Healthy":true},{"ID":"s2","Healthy":false}]},
                   {"Vendor":"acme","Type":"gpu","Name":"large","Attributes":{"memory":{"Int":16,"Unit":"GiB"}},
                    "Instances":[{"ID":"l1","Healthy":true},{"ID":"l2","Healthy":true}]}],"Cpu":{""")
                .replace("\"ReservableCpuCores\":null,\"TotalCpuCores\":0", "\"ReservableCpuCores\":[0,1,2,3],\"TotalCpuCores\":4")
                .replace("\"Devices\":null,", ""));
    }

    private static Job asking(String resources) {
        return with(Samples.job("app", 3), Samples.read(Resources.class, resources));
    }

    /** Plan: place until nothing is left; each time tell which instances of devices the task got. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            by type, each healthy one once     | {"Name":"gpu"}                                       | s1 l1 l2 none
            by vendor, type and name           | {"Name":"acme/gpu/large"}                            | l1 l2 none
            two together are of one kind       | {"Name":"acme/gpu","Count":2}                        | l1+l2 none
            a constraint counts units          | {"Name":"gpu","Constraints":[{"LTarget":"${device.attr.memory}","Operand":">=","RTarget":"8000 MiB"}]} | l1 l2 none
            what is liked comes first          | {"Name":"gpu","Affinities":[{"LTarget":"${device.model}","Operand":"=","RTarget":"large","Weight":50}]} | l1 l2 s1 none
            a kind that is not there           | {"Name":"fpga"}                                      | missing
            """)
    void devices(String name, String request, String expected) {
        Node node = equipped(1);
        assertThat(node.nodeResources().devices()).hasSize(2);
        Proposed proposed = new Proposed(state(node));
        Job job = asking("{\"CPU\":10,\"MemoryMB\":10,\"Devices\":[" + request + "]}");
        List<String> given = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Placer.Choice choice = choose(job, proposed);
            if (choice.node().isEmpty()) {
                given.add(choice.metric().constraintFiltered() != null ? "missing" : "none");
                break;
            }
            given.add(String.join("+", choice.resources().tasks().get("main").devices().getFirst().deviceIDs()));
            proposed.place(Instances.of(job, i, node.id()).withAllocatedResources(choice.resources()));
        }
        assertThat(String.join(" ", given)).isEqualTo(expected);
    }

    @Test
    void reservedCoresAreGivenOnceAndCountTheirMegahertz() {
        Node node = equipped(1);
        Proposed proposed = new Proposed(state(node));
        Job job = asking("{\"CPU\":0,\"MemoryMB\":10,\"Cores\":2}");
        List<List<Integer>> cores = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Placer.Choice choice = choose(job, proposed);
            cores.add(choice.resources().tasks().get("main").cpu().reservedCores());
            assertThat(choice.resources().tasks().get("main").cpu().cpuShares()).isEqualTo(2000);
            proposed.place(Instances.of(job, i, node.id()).withAllocatedResources(choice.resources()));
        }

        assertThat(cores).containsExactly(List.of(0, 1), List.of(2, 3));
        assertThat(choose(job, proposed).metric().dimensionExhausted()).isEqualTo(Map.of("cores", 1));
    }
}
