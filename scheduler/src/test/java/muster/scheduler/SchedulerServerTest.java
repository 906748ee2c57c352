package muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import muster.raft.MemoryLogGroup;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.client.ServerApi;
import muster.scheduler.job.Job;
import muster.scheduler.state.AllocDeploymentStatus;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.Node;
import muster.scheduler.state.TaskState;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import muster.testkit.Eventually;

/** The whole server side with clients that are nothing but a loop: start what is wanted, stop what is not, call it healthy. */
class SchedulerServerTest {
    private final MemoryLogGroup group = new MemoryLogGroup("test");
    private final SchedulerServer server = SchedulerServer.attach(group, LeaderSettings.defaults(2), InstantSource.system(),
            RandomGenerator.of("L64X128MixRandom"));
    private final List<Thread> clients = new ArrayList<>();

    @BeforeEach
    void start() {
        group.start();
        server.start();
    }

    @AfterEach
    void stop() {
        clients.forEach(Thread::interrupt);
        server.close();
        group.close();
    }

    private void client(Node node) {
        server.clients().register(node);
        clients.add(Thread.ofVirtual().start(() -> run(node.id())));
    }

    private void run(String nodeId) {
        long index = 0;
        try {
            while (true) {
                ServerApi.Allocations pulled = server.clients().allocations(nodeId, index, Duration.ofSeconds(10));
                index = pulled.index();
                List<Allocation> reports = new ArrayList<>();
                for (Allocation allocation : pulled.allocations()) {
                    if (!allocation.isServerTerminal() && !allocation.isClientTerminal()) {
                        boolean healthy = !"fail".equals(allocation.group().tasks().getFirst().config().get("command"));
                        boolean told = allocation.clientStatus().equals(Allocation.RUNNING)
                                && (allocation.deploymentId().isEmpty() || allocation.deploymentStatus() != null
                                        && allocation.deploymentStatus().healthy() != null);
                        if (!told) {
                            reports.add(report(allocation, Allocation.RUNNING, healthy));
                        }
                    } else if (allocation.isServerTerminal() && !allocation.isClientTerminal()) {
                        reports.add(report(allocation, Allocation.COMPLETE, true));
                    }
                }
                if (!reports.isEmpty()) {
                    server.clients().updateAllocations(reports);
                }
            }
        } catch (InterruptedException | IllegalStateException e) {
            return;
        }
    }

    private static Allocation report(Allocation allocation, String status, boolean healthy) {
        Instant now = Instant.now();
        TaskState task = new TaskState(List.of(), false, null, null, 0, now,
                status.equals(Allocation.RUNNING) ? TaskState.RUNNING : TaskState.DEAD, null);
        return allocation.withClientStatus(status).withTaskStates(Map.of("main", task))
                .withDeploymentStatus(new AllocDeploymentStatus(false, healthy, 0, now));
    }

    private void register(Job job) {
        Evaluation evaluation = new Evaluations(server.writer()).of(job, Evaluations.JOB_REGISTER);
        server.writer().write(new Command.RegisterJob(job, evaluation, false, 0, null));
    }

    private List<Allocation> running(String job) {
        return server.state().allocationsOf("default", job).stream()
                .filter(a -> a.clientStatus().equals(Allocation.RUNNING) && !a.isServerTerminal()).toList();
    }

    private void eventually(java.util.function.BooleanSupplier condition, String what) {
        Eventually.holds(what, Duration.ofSeconds(10), condition::getAsBoolean);
    }

    @Test
    void aJobIsPlacedStartedAndItsDeploymentSucceeds() {
        client(Samples.node(1, 4000, 4000));
        register(Samples.job("web", 3));
        eventually(() -> running("web").size() == 3, "three running");
        eventually(() -> server.state().latestDeployment("default", "web").status().equals(Deployment.SUCCESSFUL), "success");
        assertThat(server.state().job("default", "web").stable()).isTrue();
        assertThat(server.state().job("default", "web").status()).isEqualTo("running");
        Set<Integer> ports = new HashSet<>();
        running("web").forEach(a -> a.allocatedResources().shared().ports().forEach(p -> ports.add(p.value())));
        assertThat(ports).hasSize(3);
    }

    @Test
    void aDestructiveChangeReplacesOneAfterTheOther() {
        client(Samples.node(1, 4000, 4000));
        register(Samples.job("web", 3));
        eventually(() -> server.state().latestDeployment("default", "web") != null
                && server.state().latestDeployment("default", "web").status().equals(Deployment.SUCCESSFUL), "first");
        Job job = Samples.job("web", 3);
        register(job.withTaskGroups(List.of(job.group("web").withTasks(List.of(
                job.group("web").task("main").withEnv(Map.of("A", "1")))))));
        eventually(() -> server.state().deploymentsOf("default", "web").size() == 2
                && server.state().latestDeployment("default", "web").status().equals(Deployment.SUCCESSFUL), "second");
        assertThat(running("web")).hasSize(3).allMatch(a -> a.job().version() == 1);
        assertThat(server.state().latestDeployment("default", "web").taskGroups().get("web").healthyAllocs()).isEqualTo(3);
    }

    @Test
    void whatFindsNoRoomWaitsUntilANodeComes() {
        client(Samples.node(1, 250, 4000));
        register(Samples.job("web", 4));
        eventually(() -> running("web").size() == 2, "two fit");
        eventually(() -> server.state().evaluationsOf("default", "web").stream()
                .anyMatch(e -> e.status().equals(Evaluation.BLOCKED)), "blocked");
        client(Samples.node(2, 4000, 4000));
        eventually(() -> running("web").size() == 4, "all placed");
    }

    @Test
    void allocationsOfANodeThatGoesDownAreReplaced() {
        client(Samples.node(1, 4000, 4000));
        client(Samples.node(2, 4000, 4000));
        register(Samples.job("web", 4));
        eventually(() -> running("web").size() == 4, "four running");
        String gone = running("web").getFirst().nodeId();
        server.clients().updateStatus(gone, Node.DOWN);
        eventually(() -> running("web").size() == 4 && running("web").stream().noneMatch(a -> a.nodeId().equals(gone)),
                "moved");
        assertThat(server.state().allocationsOn(gone)).allMatch(a -> a.clientStatus().equals(Allocation.LOST));
    }

    /** Random registrations with random counts against random nodes: never too many, never a port twice on a node. */
    @Test
    void neverMoreInstancesThanCountAndNoPortTwice() {
        SeededRandom.rounds(1, this::neverMoreThanCount);
    }

    private void neverMoreThanCount(RandomGenerator random) {
        for (int i = 0; i < 3; i++) {
            client(Samples.node(i, 1000 + random.nextInt(2000), 4000));
        }
        for (int i = 0; i < 40; i++) {
            String id = "job" + random.nextInt(4);
            register(Samples.job(id, random.nextInt(6)));
            assertNothingTwice();
        }
        eventually(() -> server.leader().broker().counts().ready() == 0 && server.state().evaluations().values().stream()
                .noneMatch(e -> e.status().equals(Evaluation.PENDING)), "quiet");
        assertNothingTwice();
        for (int i = 0; i < 4; i++) {
            Job job = server.state().job("default", "job" + i);
            if (job != null) {
                assertThat(running(job.id()).size()).isLessThanOrEqualTo(job.group("web").count());
            }
        }
    }

    private void assertNothingTwice() {
        for (Node node : server.state().nodes()) {
            List<Integer> ports = new ArrayList<>();
            server.state().liveOn(node.id())
                    .forEach(a -> a.allocatedResources().shared().ports().forEach(p -> ports.add(p.value())));
            assertThat(ports).doesNotHaveDuplicates();
        }
    }
}
