package muster.scheduler.driver;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task in a {@link Sandbox} and a control group of its own. Thread-safe. */
final class IsolatedTask implements TaskHandle {
    private static final Logger LOG = LoggerFactory.getLogger(IsolatedTask.class);
    private static final int SIGCONT = 18;

    private final Posix posix;
    private final Supplier<Descriptors> descriptors;
    private final TaskLaunch launch;
    private final Sandbox sandbox;
    private final Cgroup group;
    private final HandleState state;
    private final boolean ownProcesses;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    /** Guarded by this, as are the next two: once the status is taken, the id may belong to a stranger. */
    private boolean reaped;
    private Instant lastAt;
    private long[] lastMicros;

    private IsolatedTask(Posix posix, Supplier<Descriptors> descriptors, TaskLaunch launch, Sandbox sandbox, Cgroup group,
            HandleState state, boolean ownProcesses) {
        this.posix = posix;
        this.descriptors = descriptors;
        this.launch = launch;
        this.sandbox = sandbox;
        this.group = group;
        this.state = state;
        this.ownProcesses = ownProcesses;
        lastAt = Instant.now();
        lastMicros = group.cpuMicros();
    }

    /** Starts a command, named as the task sees it, in a sandbox that is open. On failure both are closed. */
    static IsolatedTask start(Posix posix, Supplier<Descriptors> descriptors, TaskLaunch launch, Sandbox sandbox, Cgroup group,
            Sandbox.Terms terms, List<String> command) throws DriverException {
        TaskOutput output = TaskOutput.open(posix, launch);
        try {
            output.giveTo(terms.account());
            int id = posix.spawn(sandbox.shell(), sandbox.entering(command, launch.environment(), group.doors()),
                    sandbox.plainEnvironment(), Path.of("/"), Posix.Opened.NOTHING,
                    Posix.Opened.both(output.out().pipe()), Posix.Opened.both(output.err().pipe()));
            IsolatedTask task = new IsolatedTask(posix, descriptors, launch, sandbox, group,
                    new HandleState(id, RawExecTask.startTicks(id), sandbox.text()), terms.ownProcesses());
            task.follow(output);
            return task;
        } catch (DriverException e) {
            output.close();
            throw e;
        }
    }

    /** Takes over a task of an earlier agent, whose first process and sandbox are there yet. */
    static Optional<TaskHandle> recover(Posix posix, Supplier<Descriptors> descriptors, TaskLaunch launch, Sandbox sandbox, Cgroup group,
            HandleState state, Sandbox.Terms terms) {
        if (state.startTicks() == 0 || RawExecTask.startTicks(state.processId()) != state.startTicks()) {
            sandbox.close();
            return Optional.empty();
        }
        IsolatedTask task = new IsolatedTask(posix, descriptors, launch, sandbox, group, state, terms.ownProcesses());
        try {
            task.follow(TaskOutput.open(posix, launch));
            return Optional.of(task);
        } catch (DriverException e) {
            LOG.warn("task not taken over and killed task={} error={}", launch.name(), e.getMessage());
            sandbox.close();
            return Optional.empty();
        }
    }

    private void follow(TaskOutput output) {
        Thread.ofVirtual().name("follow-" + launch.name()).start(() -> {
            output.begin();
            ProcessHandle.of(state.processId())
                    .<CompletableFuture<?>>map(ProcessHandle::onExit)
                    .orElseGet(() -> CompletableFuture.completedFuture(null))
                    .whenComplete((ignored, failure) ->
                            Thread.ofVirtual().name("exit-" + launch.name()).start(() -> ended(output)));
        });
    }

    /** The task's first process ended: whatever else is in there goes with it. */
    private void ended(TaskOutput output) {
        ExitStatus status = reap();
        try {
            boolean outOfMemory = group.memoryKills() > 0 && (status.signal() == Signal.KILL.number() || status.code() == 137);
            status = outOfMemory ? new ExitStatus(status.code(), status.signal(), "OOM Killed", true) : status;
            clear();
            output.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exit.complete(status);
        }
    }

    private void clear() throws InterruptedException {
        sandbox.close();
        if (!ownProcesses) {
            group.killAll(id -> posix.kill((int) id, Signal.KILL.number()));
        }
        group.remove();
    }

    private synchronized ExitStatus reap() {
        reaped = true;
        return posix.reap((int) state.processId()).orElseGet(() -> new ExitStatus(
                0, 0, "the exit status is unknown: the agent was restarted while the task ran", false));
    }

    @Override
    public ExitStatus await() throws InterruptedException {
        try {
            return exit.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** With processes of its own, the one that was started waits for the task, its only child; else it is the task. */
    @Override
    public synchronized void signal(Signal signal) {
        if (reaped) {
            return;
        }
        // The one that waits stops with its child, and is to go on with it.
        if (!ownProcesses || signal.number() == SIGCONT) {
            posix.kill((int) state.processId(), signal.number());
        }
        if (!ownProcesses) {
            return;
        }
        ProcessHandle.of(state.processId()).flatMap(waiting -> waiting.children().findFirst())
                .ifPresent(task -> posix.kill((int) task.pid(), signal.number()));
    }

    @Override
    public void kill() {
        sandbox.close();
        if (!ownProcesses) {
            group.processes().forEach(id -> posix.kill(id.intValue(), Signal.KILL.number()));
        }
    }

    @Override
    public synchronized TaskUsage usage() {
        Instant now = Instant.now();
        long[] micros = group.cpuMicros();
        double seconds = Math.max(0.001, Duration.between(lastAt, now).toNanos() / 1e9);
        double user = Math.max(0, micros[0] - lastMicros[0]) / 1e4 / seconds;
        double system = Math.max(0, micros[1] - lastMicros[1]) / 1e4 / seconds;
        lastAt = now;
        lastMicros = micros;
        List<Long> processes = group.processes().stream()
                .filter(id -> !sandbox.isKeeper(id) && !(ownProcesses && id == state.processId())).toList();
        return new TaskUsage(user + system, user, system, group.memoryBytes(), 0, processes, now);
    }

    @Override
    public HandleState state() {
        return state;
    }

    @Override
    public CommandResult run(List<String> command, Duration timeout) throws DriverException, InterruptedException {
        List<String> entering = new ArrayList<>(entering(command));
        entering.set(0, sandbox.shell().toString());
        return SideCommand.run(entering, Path.of("/"), sandbox.plainEnvironment(), timeout);
    }

    @Override
    public ExecSession exec(List<String> command, boolean terminal) throws DriverException {
        if (command.isEmpty()) {
            throw new DriverException("command is required", false);
        }
        TaskLaunch plain = new TaskLaunch(launch.name(), launch.config(), sandbox.plainEnvironment(), Path.of("/"), launch.logs());
        return RawExecSession.start(posix, descriptors.get(), sandbox.shell(), entering(command), plain, Optional.empty(), terminal);
    }

    private List<String> entering(List<String> command) throws DriverException {
        String path = launch.environment().getOrDefault("PATH", Isolated.PATH);
        String program = sandbox.plan().find(command.getFirst(), path).orElseThrow(() -> new DriverException(
                "command \"" + command.getFirst() + "\" not found in what the task sees", false));
        List<String> whole = new ArrayList<>(command);
        whole.set(0, program);
        return sandbox.entering(whole, launch.environment(), group.doors());
    }
}
