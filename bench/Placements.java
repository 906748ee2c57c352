import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import muster.scheduler.job.Job;
import muster.scheduler.plan.Outcome;
import muster.scheduler.plan.Request;
import muster.scheduler.plan.Schedulers;
import muster.scheduler.state.Command;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.scheduler.state.State;
import muster.wire.Json;

/**
 * {@code java -cp CLASSPATH bench/Placements.java [-rounds N]}: how quickly the scheduler decides, on one thread and without
 * anything around it: 500, 1,000, 5,000 and 10,000 nodes in 50 racks, 300 and 1,200 instances of one job, with and without a
 * spread over the racks. A round is one evaluation from the state to the whole plan: compare, then score all nodes for every
 * instance. Times are processor time. Clusters are half full with other jobs. Prints rows of a table: median and best round.
 */
final class Placements {
    private static final int RACKS = 50;
    /** Of processor time: what others do on the machine does not count. */
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private Placements() {}

    public static void main(String[] args) {
        int rounds = args.length == 2 && args[0].equals("-rounds") ? Integer.parseInt(args[1]) : 40;
        System.out.println("| nodes | instances | spread | median, instances a second of processor time | best |");
        System.out.println("|---|---|---|---|---|");
        for (int nodes : new int[] {500, 1_000, 5_000, 10_000}) {
            State cluster = cluster(nodes);
            for (int count : new int[] {300, 1_200}) {
                for (boolean spread : new boolean[] {false, true}) {
                    measure(cluster, nodes, count, spread, rounds);
                }
            }
        }
    }

    private static void measure(State cluster, int nodes, int count, boolean spread, int rounds) {
        State state = cluster.after(new Command.RegisterJob(job("bench", count, spread, 100), null, false, 0, null));
        double[] rates = new double[rounds];
        for (int i = 0; i < rounds * 2; i++) {
            Random random = new Random(i);
            AtomicLong ids = new AtomicLong();
            long start = CLOCK.getCurrentThreadCpuTime();
            Outcome outcome = Schedulers.schedule(new Request(state, evaluation(), NOW, random,
                    () -> new UUID(1, ids.incrementAndGet()).toString(), System::nanoTime));
            double seconds = (CLOCK.getCurrentThreadCpuTime() - start) / 1e9;
            if (outcome.plan().placed().size() != count) {
                throw new IllegalStateException("placed " + outcome.plan().placed().size() + " of " + count + ": " + outcome.failed());
            }
            rates[i % rounds] = count / seconds;
        }
        Arrays.sort(rates);
        System.out.printf(Locale.ROOT, "| %,d | %,d | %s | %,.0f | %,.0f |%n", nodes, count, spread ? "yes" : "no",
                rates[rounds / 2], rates[rounds - 1]);
    }

    /** Nodes in racks, half full with others. */
    private static State cluster(int nodes) {
        State state = State.EMPTY;
        Random random = new Random(7);
        for (int i = 0; i < nodes; i++) {
            state = state.after(new Command.RegisterNode(node(i, random), null, List.of()));
        }
        for (int i = 0; i < 10; i++) {
            Job other = job("other-" + i, nodes, false, 200 + random.nextInt(300));
            state = state.after(new Command.RegisterJob(other, null, false, 0, null));
            Evaluation evaluation = evaluation(other);
            AtomicLong ids = new AtomicLong(nodes * (i + 1L));
            Outcome outcome = Schedulers.schedule(new Request(state, evaluation, NOW, random,
                    () -> new UUID(2, ids.incrementAndGet()).toString(), System::nanoTime));
            state = state.after(new Command.ApplyPlan(outcome.plan()));
        }
        return state;
    }

    private static Node node(int number, Random random) {
        return read(Node.class, """
                {"ID": "%s", "Name": "node-%d", "Datacenter": "dc1", "Status": "ready", "SchedulingEligibility": "eligible",
                 "ComputedClass": "v1:%d", "Attributes": {"driver.exec": "1", "kernel.name": "linux", "unique.hostname": "node-%d"},
                 "Meta": {"rack": "r%d"}, "Drivers": {"exec": {"Detected": true, "Healthy": true}},
                 "NodeResources": {"Cpu": {"CpuShares": 14000}, "Memory": {"MemoryMB": 32000}, "Disk": {"DiskMB": 100000}}}"""
                .formatted(new UUID(random.nextLong(), random.nextLong()), number, number % RACKS, number, number % RACKS));
    }

    private static Job job(String id, int count, boolean spread, int cpu) {
        return read(Job.class, """
                {"ID": "%s", "Name": "%s", "Namespace": "default", "Type": "service", "Priority": 50, "Datacenters": ["dc1"],
                 "Status": "", "Version": 0, "JobModifyIndex": 0, "CreateIndex": 0, "ModifyIndex": 0,
                 "Constraints": [{"LTarget": "${attr.kernel.name}", "RTarget": "linux", "Operand": "="}],
                 "Spreads": %s,
                 "TaskGroups": [{"Name": "web", "Count": %d, "EphemeralDisk": {"SizeMB": 10},
                   "Tasks": [{"Name": "main", "Driver": "exec", "Config": {"command": "sleep"},
                              "Resources": {"CPU": %d, "MemoryMB": 256, "Cores": 0}}]}]}"""
                .formatted(id, id, spread ? "[{\"Attribute\": \"${meta.rack}\", \"Weight\": 100}]" : "null", count, cpu));
    }

    private static Evaluation evaluation() {
        return evaluation(job("bench", 1, false, 1));
    }

    private static Evaluation evaluation(Job job) {
        return read(Evaluation.class, """
                {"ID": "%s", "Namespace": "default", "JobID": "%s", "Type": "service", "Priority": 50, "Status": "pending",
                 "TriggeredBy": "job-register", "JobModifyIndex": 0, "Wait": 0}""".formatted(new UUID(3, 3), job.id()));
    }

    private static <T> T read(Class<T> type, String json) {
        return Json.read(type, json.getBytes(java.nio.charset.StandardCharsets.UTF_8), Json.Unknown.IGNORE);
    }
}
