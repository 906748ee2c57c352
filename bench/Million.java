import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import muster.raft.MemoryLogGroup;
import muster.scheduler.SchedulerServer;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Change;
import muster.scheduler.state.Command;
import muster.scheduler.state.Node;
import muster.scheduler.state.State;
import muster.wire.Json;

/**
 * {@code java -Xmx6g -cp CLASSPATH bench/Million.java [-nodes 5000] [-jobs 1000] [-count 1000] [-ports N] [-spread]}: a server
 * with its log in memory, its workers and plan applier, and simulated nodes: from the first job submitted to the last allocation
 * committed, with the rate of every tenth. With ports, each instance has so many dynamic ones. The nodes do nothing.
 */
final class Million {
    private static final int RACKS = 50;

    private Million() {}

    public static void main(String[] args) throws Exception {
        int nodes = number(args, "-nodes", 5_000);
        int jobs = number(args, "-jobs", 1_000);
        int count = number(args, "-count", 1_000);
        int ports = number(args, "-ports", 0);
        boolean spread = List.of(args).contains("-spread");
        long total = (long) jobs * count;
        MemoryLogGroup log = new MemoryLogGroup("bench");
        int workers = Runtime.getRuntime().availableProcessors();
        LeaderSettings settings = new LeaderSettings(workers, Duration.ofHours(1), Duration.ofHours(1), 50, Duration.ofHours(1));
        Random random = new Random(1);
        try (SchedulerServer server = SchedulerServer.attach(log, settings, InstantSource.system(), new Shared())) {
            log.start();
            server.start();
            for (int i = 0; i < nodes; i++) {
                server.clients().register(node(i, random));
            }
            Committed committed = new Committed(total);
            server.store().listen(committed);
            Evaluations evaluations = new Evaluations(server.writer());
            long start = System.nanoTime();
            committed.start(start);
            for (int i = 0; i < jobs; i++) {
                Job job = job("job-" + i, count, ports, spread);
                server.writer().propose(new Command.RegisterJob(job, evaluations.of(job, Evaluations.JOB_REGISTER), false, 0, null)).get();
            }
            committed.done.await();
            double seconds = (System.nanoTime() - start) / 1e9;
            long processor = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class).getProcessCpuTime();
            System.out.printf(Locale.ROOT, "%,d allocations on %,d nodes in %.1f s: %,.0f a second; processor time of all %.1f s%n",
                    total, nodes, seconds, total / seconds, processor / 1e9);
            committed.deciles();
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            System.out.printf(Locale.ROOT, "heap in use afterwards: %,d MB%n",
                    (runtime.totalMemory() - runtime.freeMemory()) >> 20);
        }
        log.close();
    }

    /** Counts what is committed, and notes when each tenth was. Called on the log's thread. */
    private static final class Committed implements muster.scheduler.state.Store.Listener {
        private final CountDownLatch done = new CountDownLatch(1);
        private final long total;
        private final long[] times = new long[11];
        private final long[] processor = new long[11];
        private long count;

        Committed(long total) {
            this.total = total;
        }

        void start(long at) {
            times[0] = at;
            processor[0] = processor();
        }

        private static long processor() {
            return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class).getProcessCpuTime();
        }

        @Override
        public void published(State state, List<Change> changes, Set<String> topics) {
            for (Change change : changes) {
                if (change.payload() instanceof Allocation allocation && allocation.createIndex() == allocation.modifyIndex()) {
                    count++;
                    if (count * 10 % total == 0) {
                        times[(int) (count * 10 / total)] = System.nanoTime();
                        processor[(int) (count * 10 / total)] = processor();
                    }
                }
            }
            if (count == total) {
                done.countDown();
            }
        }

        void deciles() {
            for (int i = 1; i <= 10; i++) {
                System.out.printf(Locale.ROOT, "| %d | %,.0f | %,.0f |%n", i, total / 10 / ((times[i] - times[i - 1]) / 1e9),
                        total / 10 / ((processor[i] - processor[i - 1]) / 1e9));
            }
        }
    }

    /** For several threads. */
    private static final class Shared implements RandomGenerator {
        private final ThreadLocal<SplittableRandom> own = ThreadLocal.withInitial(SplittableRandom::new);

        @Override
        public long nextLong() {
            return own.get().nextLong();
        }
    }

    private static int number(String[] args, String name, int otherwise) {
        int at = List.of(args).indexOf(name);
        return at < 0 ? otherwise : Integer.parseInt(args[at + 1]);
    }

    private static Node node(int number, Random random) {
        return read(Node.class, """
                {"ID": "%s", "Name": "node-%d", "Datacenter": "dc1", "Status": "ready", "SchedulingEligibility": "eligible",
                 "Attributes": {"driver.exec": "1", "kernel.name": "linux", "unique.hostname": "node-%d"},
                 "Meta": {"rack": "r%d"}, "Drivers": {"exec": {"Detected": true, "Healthy": true}},
                 "NodeResources": {"Cpu": {"CpuShares": 14000}, "Memory": {"MemoryMB": 64000}, "Disk": {"DiskMB": 200000},
                   "Networks": [{"Mode": "host", "Device": "lo", "IP": "127.0.0.1"}],
                   "NodeNetworks": [{"Mode": "host", "Device": "lo", "Addresses":
                      [{"Alias": "default", "Address": "127.0.0.1", "Family": "ipv4"}]}]}}"""
                .formatted(new UUID(random.nextLong(), random.nextLong()), number, number, number % RACKS));
    }

    private static Job job(String id, int count, int ports, boolean spread) {
        StringBuilder dynamic = new StringBuilder();
        for (int i = 0; i < ports; i++) {
            dynamic.append(i == 0 ? "" : ",").append("{\"Label\": \"p").append(i).append("\", \"HostNetwork\": \"default\"}");
        }
        return read(Job.class, """
                {"ID": "%s", "Name": "%s", "Namespace": "default", "Region": "global", "Type": "service", "Priority": 50,
                 "Datacenters": ["dc1"], "Status": "", "Version": 0, "JobModifyIndex": 0, "CreateIndex": 0, "ModifyIndex": 0,
                 "Constraints": [{"LTarget": "${attr.kernel.name}", "RTarget": "linux", "Operand": "="}], "Spreads": %s,
                 "Update": {"MaxParallel": 1, "Stagger": 30000000000},
                 "TaskGroups": [{"Name": "web", "Count": %d, "EphemeralDisk": {"SizeMB": 10}, "Networks": %s,
                   "Update": {"MaxParallel": 1, "HealthCheck": "task_states", "MinHealthyTime": 0, "HealthyDeadline": 300000000000,
                              "ProgressDeadline": 600000000000, "AutoRevert": false, "AutoPromote": false, "Canary": 0},
                   "Tasks": [{"Name": "main", "Driver": "exec", "Config": {"command": "sleep"},
                              "Resources": {"CPU": 50, "MemoryMB": 64, "Cores": 0}}]}]}"""
                .formatted(id, id, spread ? "[{\"Attribute\": \"${meta.rack}\", \"Weight\": 100}]" : "null", count,
                        ports == 0 ? "null" : "[{\"DynamicPorts\": [" + dynamic + "]}]"));
    }

    private static <T> T read(Class<T> type, String json) {
        return Json.read(type, json.getBytes(StandardCharsets.UTF_8), Json.Unknown.IGNORE);
    }
}
