package muster.scheduler.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import muster.raft.NotLeaderException;
import muster.raft.ReadMode;
import muster.scheduler.Samples;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.UpdateStrategy;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.scheduler.state.Evaluation;
import muster.scheduler.state.RefusedException;
import muster.scheduler.state.State;
import muster.testkit.history.History;
import muster.testkit.history.JobModel;
import muster.testkit.history.JobModel.Input;
import muster.testkit.history.JobModel.Output;
import muster.testkit.history.Operation;
import muster.testkit.simulation.SimulatedNetwork.Quality;

/**
 * One run of scheduler servers and clients under faults while users register, scale, stop and read jobs; and what has to be true
 * of it, all along and in the end. Everything follows from the random numbers.
 */
final class SchedulerSimulation {
    private static final int NODES = 3;
    private static final List<String> JOBS = List.of("a", "b");
    private static final int MOST = 4;
    /** What waits longest for its time is an evaluation that failed, and it six minutes. */
    private static final long SETTLED_MILLIS = Duration.ofMinutes(20).toMillis();

    private final RandomGenerator random;
    private final SimulatedServers servers;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final History<Input, Output> history;
    private final Map<SimulatedServers.Server, Long> seen = new HashMap<>();
    private final Set<String> started = new TreeSet<>();
    private final List<String> wrong = new ArrayList<>();
    private State judged = State.EMPTY;
    private int clients;
    private int marks;
    private int leads;

    SchedulerSimulation(RandomGenerator random) {
        this.random = random;
        Quality quality = new Quality(random.nextDouble() * 0.15, random.nextDouble() * 0.15, 1 + random.nextInt(30));
        servers = new SimulatedServers(random, quality, 10 + random.nextInt(50));
        for (int i = 0; i < NODES; i++) {
            nodes.add(new SimulatedNode(servers, random, Samples.node(i, 1_000, 1_000)));
        }
        // Events at one millisecond follow one another: a history needs to know which came first.
        long[] ticks = {0};
        history = new History<>(() -> ticks[0]++);
    }

    /** Faults and users for a while, then all is mended, and everything is done that is left to do. */
    void run(int steps) {
        Set<SimulatedServers.Server> leaders = new HashSet<>();
        for (int i = 0; i < steps; i++) {
            // In the midst of what the step does.
            servers.later(random.nextInt(150), servers::fault);
            servers.pass(random.nextInt(120));
            use(random.nextInt(JOBS.size()));
            SimulatedNode node = nodes.get(random.nextInt(NODES));
            if (random.nextInt(20) == 0) {
                node.silence(random.nextInt(12_000));
            }
            node.act(true);
            servers.running().forEach(SimulatedServers.Server::work);
            servers.leader().ifPresent(leaders::add);
            watch();
        }
        leads = leaders.size();
        servers.mend();
        nodes.forEach(SimulatedNode::speak);
        settle();
    }

    private void settle() {
        long end = servers.millis() + SETTLED_MILLIS;
        List<String> missing = missing();
        while (!missing.isEmpty()) {
            if (servers.millis() > end) {
                wrong.addAll(missing);
                return;
            }
            boolean busy = false;
            for (SimulatedServers.Server server : servers.running()) {
                busy |= server.work();
            }
            for (SimulatedNode node : nodes) {
                busy |= node.act(false);
            }
            watch();
            servers.pass(busy ? 20 : 700);
            missing = busy ? List.of("work") : missing();
        }
        // The others hear of what came last, those that just started of all.
        for (int i = 0; i < 20 && !areEqual(); i++) {
            servers.pass(500);
        }
        compare();
        JOBS.forEach(job -> read(clients++, job, servers.leader()));
        servers.pass(2_000);
    }

    List<Operation<Input, Output>> operations() {
        return history.operations();
    }

    /** What must never be true; empty if all is well. */
    List<String> wrong() {
        return wrong;
    }

    /** How many servers led. */
    int leads() {
        return leads;
    }

    /** How many allocations were started. */
    int started() {
        return started.size();
    }

    // Users.

    private void use(int which) {
        String id = JOBS.get(which);
        Optional<SimulatedServers.Server> server = servers.any();
        if (server.isEmpty()) {
            return;
        }
        Writer writer = server.get().writer;
        Job known = writer.state().job("default", id);
        Evaluations evaluations = new Evaluations(writer);
        long count = random.nextInt(MOST + 1);
        switch (random.nextInt(12)) {
            case 0, 1 -> {
                String mark = "m" + marks++;
                Job job = job(id, (int) count, mark, random.nextInt(3) == 0);
                write(new Input.Register(id, mark, count), writer,
                        new Command.RegisterJob(job, evaluations.of(job, Evaluations.JOB_REGISTER), false, 0, null));
            }
            case 2, 3 -> {
                if (known != null) {
                    Job scaled = known.withTaskGroups(List.of(known.group("web").withCount((int) count)));
                    write(new Input.Scale(id, count), writer, new Command.RegisterJob(scaled, evaluations.of(scaled, Evaluations.SCALING), true,
                            known.jobModifyIndex(), null));
                }
            }
            case 4 -> {
                if (known != null && random.nextInt(3) == 0) {
                    write(new Input.Stop(id), writer, new Command.DeregisterJob("default", id, false, evaluations.of(known, Evaluations.JOB_DEREGISTER)));
                }
            }
            case 5, 6 -> read(clients++, id, server);
            default -> { }
        }
    }

    private void write(Input input, Writer writer, Command command) {
        History<Input, Output>.Pending pending = history.call(clients++, input);
        writer.propose(command).whenComplete((applied, failure) -> {
            if (failure == null) {
                pending.answered(new Output.Done(applied.result().value()));
            } else if (failure instanceof NotLeaderException || failure instanceof RefusedException) {
                pending.refused();
            } else {
                pending.unknown();
            }
        });
    }

    private void read(int client, String id, Optional<SimulatedServers.Server> asked) {
        asked.ifPresent(server -> {
            History<Input, Output>.Pending pending = history.call(client, new Input.Read(id));
            server.group.current(ReadMode.LEASE).whenComplete((done, failure) -> {
                if (failure != null) {
                    pending.refused();
                    return;
                }
                Optional<Job> job = Optional.ofNullable(server.state().job("default", id));
                pending.answered(new Output.Seen(job.map(there -> new JobModel.Job(there.group("web").task("main").env().get("V"),
                        there.group("web").count(), there.isStopped())), job.map(Job::jobModifyIndex).orElse(0L)));
            });
        });
    }

    private static Job job(String id, int count, String version, boolean canary) {
        Job job = Samples.job(id, count);
        TaskGroup group = job.group("web");
        return job.withTaskGroups(List.of(group.withTasks(List.of(group.task("main").withEnv(Map.of("V", version))))
                .withUpdate(new UpdateStrategy(canary, false, canary ? 1 : 0, "checks", Duration.ofMinutes(5), 2, Duration.ZERO,
                        Duration.ofMinutes(10), Duration.ofSeconds(30)))));
    }

    // What has to be true.

    /** All along: a server never goes back, and no state has more than the jobs allow, nor has one forgotten an allocation. */
    private void watch() {
        State newest = null;
        for (SimulatedServers.Server server : servers.running()) {
            State state = server.state();
            if (state.index() < seen.getOrDefault(server, 0L)) {
                wrong.add("the index of a server went back to " + state.index());
            }
            seen.put(server, state.index());
            newest = newest == null || state.index() > newest.index() ? state : newest;
        }
        nodes.forEach(node -> started.addAll(node.running()));
        if (newest != null && newest != judged) {
            judged = newest;
            assertSound(newest);
        }
    }

    /** Between a change of a job and its plan there may be more than it says by now, and two may have one number. */
    private static void assertSound(State state) {
        Set<String> open = new HashSet<>();
        for (Evaluation evaluation : state.evaluations()) {
            if (!evaluation.isTerminal()) {
                open.add(evaluation.jobId());
            }
        }
        Simulation.assertSound(state, job -> !open.contains(job.id()));
        for (Job job : state.jobs()) {
            List<Integer> numbers = state.allocationsOf("default", job.id()).stream().filter(a -> !a.isTerminal() && !a.isCanary())
                    .map(Allocation::index).toList();
            if (!open.contains(job.id()) && !hadCanaries(state, job)) {
                assertThat(numbers).as("numbers of " + job.id()).doesNotHaveDuplicates();
            }
        }
    }

    /** A canary that was promoted may have the number of an instance that was placed while it ran. */
    private static boolean hadCanaries(State state, Job job) {
        return state.deployments().values().stream().filter(deployment -> deployment.jobId().equals(job.id()))
                .anyMatch(deployment -> deployment.taskGroups().values().stream().anyMatch(group -> group.placedCanaries() != null));
    }

    /** In the end: what is not as it has to be, or not yet. */
    private List<String> missing() {
        Optional<SimulatedServers.Server> leader = servers.leader();
        if (leader.isEmpty()) {
            return List.of("nobody leads");
        }
        State state = leader.get().state();
        List<String> missing = new ArrayList<>();
        state.jobs().forEach(job -> desired(state, job, missing));
        for (Evaluation evaluation : state.evaluations()) {
            if (!evaluation.isTerminal()) {
                missing.add("evaluation of " + evaluation.jobId() + " is " + evaluation.status() + ": " + evaluation.statusDescription());
            }
        }
        for (Deployment deployment : state.deployments()) {
            if (deployment.isActive()) {
                missing.add("deployment of " + deployment.jobId() + " is " + deployment.status());
            }
        }
        for (SimulatedNode node : nodes) {
            Set<String> live = new TreeSet<>();
            state.allocationsOn(node.id()).stream().filter(a -> !a.isTerminal()).forEach(a -> live.add(a.id()));
            if (!live.equals(node.running())) {
                missing.add("on a node run " + node.running() + ", and should " + live);
            }
        }
        started.stream().filter(id -> state.allocations().get(id) == null).forEach(id -> missing.add("allocation " + id + " ran and is forgotten"));
        return missing;
    }

    /** Of a deployment that failed nothing more is demanded than that it replaced none: instances may be of two versions then. */
    private static void desired(State state, Job job, List<String> missing) {
        List<Allocation> live = state.allocationsOf("default", job.id()).stream().filter(a -> !a.isTerminal()).toList();
        Deployment deployment = state.latestDeployment("default", job.id());
        boolean failed = deployment != null && deployment.jobVersion() == job.version() && deployment.status().equals(Deployment.FAILED);
        Set<Integer> numbers = new TreeSet<>();
        live.forEach(a -> numbers.add(a.index()));
        int count = job.isStopped() ? 0 : job.group("web").count();
        if (numbers.size() != live.size() && !hadCanaries(state, job) || live.size() > count || !failed && live.size() < count) {
            missing.add(live.size() + " instances of " + job.id() + " live, count is " + count);
        }
        if (!failed && !live.stream().allMatch(a -> a.job().version().equals(job.version()))) {
            missing.add("an instance of " + job.id() + " is of an old version");
        }
    }

    private boolean areEqual() {
        return servers.running().stream().map(server -> server.group.appliedIndex()).distinct().count() == 1;
    }

    private void compare() {
        List<byte[]> states = new ArrayList<>();
        for (SimulatedServers.Server server : servers.running()) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                server.store.save(bytes);
            } catch (IOException e) {
                throw new AssertionError("memory can't be written to", e);
            }
            states.add(bytes.toByteArray());
        }
        if (!states.stream().allMatch(state -> Arrays.equals(state, states.getFirst()))) {
            wrong.add("servers differ");
        }
    }
}
