package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import muster.scheduler.job.Job;
import muster.scheduler.placement.Capacity;
import muster.scheduler.state.AllocDeploymentStatus;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.JsonCommandCodec;
import muster.scheduler.state.Node;
import muster.scheduler.state.State;
import muster.scheduler.state.Store;
import muster.scheduler.state.TaskState;
import muster.testkit.ManualClock;

/**
 * A leading server and its clients on one thread with a clock of their own: nothing happens but what the test calls for. The
 * clients are what they look like to a server: they start what is wanted, say that it is healthy, and stop what is not.
 */
final class Simulation {
    private static final int MAX_ROUNDS = 2_000;
    private static final Duration HORIZON = Duration.ofHours(6);

    final ManualClock clock;
    final Store store = new Store();
    final Writer writer;
    final Leader leader;
    final Nodes nodes;
    private final ImmediateLog log = new ImmediateLog();
    private final Worker worker;
    private final Set<String> down = new HashSet<>();

    Simulation(RandomGenerator random) {
        this(random, new ManualClock());
        leader.lead();
    }

    private Simulation(RandomGenerator random, ManualClock clock) {
        this.clock = clock;
        writer = new Writer(log.attach("scheduler", new JsonCommandCodec(), store), store, clock, random);
        Timers timers = (delay, action) -> clock.schedule(delay.isNegative() ? Duration.ZERO : delay, action)::cancel;
        leader = new Leader(writer, timers, random, new LeaderSettings(0, Duration.ofDays(2), Duration.ofDays(2), 50, Duration.ofDays(2),
                new GcSettings(Duration.ofDays(2), Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO)));
        store.listen(leader);
        nodes = new Nodes(writer, leader, new Watches(store));
        worker = new Worker(leader.broker(), new PlanApplier(writer), writer, random);
    }

    /** Another server takes over: it has the state and nothing else, and the old one is told nothing any more. */
    Simulation succeeded(RandomGenerator random) {
        log.stepDown();
        leader.follow();
        Simulation next = new Simulation(random, clock);
        try {
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            store.save(saved);
            next.store.restore(new ByteArrayInputStream(saved.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        next.log.startAt(log.appliedIndex());
        next.down.addAll(down);
        next.leader.lead();
        next.state().nodes().forEach(node -> next.leader.beat(node.id()));
        return next;
    }

    /** All that was proposed to the log, as bytes. */
    List<byte[]> commands() {
        return log.written();
    }

    State state() {
        return store.state();
    }

    void register(Job job) {
        writer.write(new Command.RegisterJob(job, new Evaluations(writer).of(job, Evaluations.JOB_REGISTER), false, 0, null));
    }

    /** Registers a job whose evaluation ended since its plans were refused, however often they were made. */
    void giveUp(Job job) {
        Evaluation given = new Evaluations(writer).of(job, Evaluations.JOB_REGISTER).withStatus(Evaluation.FAILED);
        writer.write(new Command.RegisterJob(job, given, false, 0, null));
        writer.write(new Command.UpdateEvaluations(List.of(new Evaluations(writer).blocked(given, Evaluations.MAX_ATTEMPTS, "created due to placement conflicts",
                Map.of(), false, null, state().index()))));
    }

    void stop(String id) {
        Job job = state().job("default", id);
        writer.write(new Command.DeregisterJob("default", id, false, new Evaluations(writer).of(job, Evaluations.JOB_DEREGISTER)));
    }

    void up(Node node) {
        down.remove(node.id());
        nodes.register(node);
    }

    void down(Node node) {
        down.add(node.id());
        nodes.updateStatus(node.id(), Node.DOWN);
    }

    boolean isDown(Node node) {
        return down.contains(node.id());
    }

    /** Works off all evaluations that are ready; says whether there were any. */
    boolean work() {
        boolean any = false;
        try {
            for (int i = 0; leader.broker().counts().ready() > 0; i++) {
                assertThat(i).as("evaluations that lead to evaluations without end").isLessThan(MAX_ROUNDS);
                worker.work(leader.broker().dequeue());
                any = true;
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        return any;
    }

    /** The client of a node reports what it has done; says whether it had anything to do. */
    boolean act(Node node) {
        if (down.contains(node.id())) {
            return false;
        }
        List<Allocation> reports = new ArrayList<>();
        for (Allocation allocation : state().allocationsOn(node.id())) {
            boolean wanted = !allocation.isServerTerminal();
            boolean told = allocation.clientStatus().equals(Allocation.RUNNING) && (allocation.deploymentId().isEmpty()
                    || allocation.isHealthy() || allocation.isUnhealthy());
            if (!allocation.isClientTerminal() && !(wanted && told)) {
                reports.add(wanted ? report(allocation, Allocation.RUNNING, true) : report(allocation, Allocation.COMPLETE, true));
            }
        }
        if (!reports.isEmpty()) {
            nodes.updateAllocations(reports);
        }
        return !reports.isEmpty();
    }

    void fail(Allocation allocation) {
        nodes.updateAllocations(List.of(report(allocation, Allocation.FAILED, false)));
    }

    void report(Allocation allocation, boolean healthy) {
        nodes.updateAllocations(List.of(report(allocation, Allocation.RUNNING, healthy)));
    }

    private Allocation report(Allocation allocation, String status, boolean healthy) {
        Instant now = clock.instant();
        boolean runs = status.equals(Allocation.RUNNING);
        TaskState task = new TaskState(List.of(), status.equals(Allocation.FAILED), runs ? null : now, null, 0, now,
                runs ? TaskState.RUNNING : TaskState.DEAD, null);
        return allocation.withClientStatus(status).withTaskStates(Map.of("main", task))
                .withDeploymentStatus(new AllocDeploymentStatus(false, healthy, 0, now));
    }

    /** Lets servers and clients do all there is to do, and time pass for what waits, until nothing is left. */
    void settle() {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            boolean busy = work();
            for (Node node : state().nodes()) {
                busy |= act(node);
            }
            if (!busy) {
                List<Instant> pending = clock.pending();
                if (pending.isEmpty() || pending.getFirst().isAfter(clock.instant().plus(HORIZON))) {
                    return;
                }
                clock.advance(Duration.between(clock.instant(), pending.getFirst()));
            }
        }
        throw new AssertionError("not settled after " + MAX_ROUNDS + " rounds");
    }

    List<Allocation> live(String job) {
        return live(state(), job);
    }

    private static List<Allocation> live(State state, String job) {
        return state.allocationsOf("default", job).stream().filter(a -> !a.isTerminal()).toList();
    }

    /** What holds after every evaluation, however things stand. */
    void assertSound() {
        assertSound(state(), job -> true);
    }

    /** @param planned whether nothing is left to plan of a job, so that it may not have more than it says */
    static void assertSound(State state, Predicate<Job> planned) {
        for (Node node : state.nodes()) {
            List<Allocation> live = state.liveOn(node.id());
            assertThat(Capacity.obstacle(node, live)).as("what stands against " + node.name()).isEmpty();
            assertThat(live.stream().flatMap(Simulation::ports)).as("ports of " + node.name()).doesNotHaveDuplicates();
        }
        for (Job job : state.jobs()) {
            Deployment deployment = state.latestDeployment(job.namespace(), job.id());
            Map<String, Integer> count = new TreeMap<>();
            for (Allocation allocation : live(state, job.id())) {
                boolean canary = deployment != null && deployment.id().equals(allocation.deploymentId()) && allocation.isCanary();
                count.merge(allocation.taskGroup(), canary ? 0 : 1, Integer::sum);
            }
            if (!planned.test(job)) {
                continue;
            }
            count.forEach((group, number) -> assertThat(number).as("instances of " + job.id() + ", count "
                    + job.group(group).count() + ", of version " + job.version() + ": " + live(state, job.id()).stream()
                    .map(Simulation::text).toList() + ", deployment " + deployment).isLessThanOrEqualTo(job.isStopped() ? 0 : job.group(group).count()));
        }
    }

    private static String text(Allocation a) {
        return a.name() + " version " + a.job().version() + ' ' + a.clientStatus() + ' ' + a.deploymentId() + ' '
                + a.deploymentStatus() + ' ' + a.desiredTransition();
    }

    private static Stream<String> ports(Allocation allocation) {
        return allocation.allocatedResources().shared().ports().stream().map(port -> port.hostIP() + ':' + port.value());
    }
}
