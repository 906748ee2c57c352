package muster.scheduler.driver;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process group started by {@link RawExec}, in a control group of its own where there are any. Thread-safe. */
final class RawExecTask implements TaskHandle {
    private static final Logger LOG = LoggerFactory.getLogger(RawExecTask.class);

    private final Posix posix;
    private final Supplier<Descriptors> descriptors;
    private final TaskLaunch launch;
    private final HandleState state;
    private final Optional<Cgroup> group;
    private final ProcessTree tree;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    /** Guarded by this: once the status is taken, the id may belong to a stranger. */
    private boolean reaped;

    private RawExecTask(Posix posix, Supplier<Descriptors> descriptors, TaskLaunch launch, HandleState state,
            Optional<Cgroup> group) {
        this.posix = posix;
        this.descriptors = descriptors;
        this.launch = launch;
        this.state = state;
        this.group = group;
        this.tree = ProcessTree.of(state.processId(), group, Instant.now());
    }

    /** Starts a program, in a group that is made for it. On failure nothing is left. */
    static RawExecTask start(Posix posix, Supplier<Descriptors> descriptors, Path program, List<String> arguments, TaskLaunch launch,
            Optional<Cgroup> group) throws DriverException {
        TaskOutput output = TaskOutput.open(posix, launch);
        try {
            Enrolment.Start start = new Enrolment.Start(program, arguments, launch.environment(), launch.folder(), List.of(Posix.Opened.NOTHING,
                    Posix.Opened.both(output.out().pipe()), Posix.Opened.both(output.err().pipe())));
            int id = spawn(posix, start, group);
            RawExecTask task = new RawExecTask(posix, descriptors, launch,
                    new HandleState(id, startTicks(id), group.isPresent() ? Cgroups.name(launch) : ""), group);
            task.follow(output);
            return task;
        } catch (DriverException e) {
            output.close();
            throw e;
        }
    }

    private static int spawn(Posix posix, Enrolment.Start start, Optional<Cgroup> group) throws DriverException {
        if (group.isEmpty()) {
            return posix.spawn(start.program(), start.arguments(), start.environment(), start.folder(), start.streams(), List.of());
        }
        try {
            group.get().create();
            return new Enrolment(posix).spawn(start, group.get());
        } catch (IOException | DriverException e) {
            clear(posix, group.get());
            throw e instanceof DriverException known ? known : new DriverException("can't make the task's cgroup: " + e.getMessage(), true);
        }
    }

    private static void clear(Posix posix, Cgroup group) {
        try {
            group.killAll(id -> posix.kill((int) id, Signal.KILL.number()));
            group.remove();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The task runs already: the threads that follow it are not worth waiting for. */
    private void follow(TaskOutput output) {
        Thread.ofVirtual().name("follow-" + launch.name()).start(() -> {
            output.begin();
            watch(output);
        });
    }

    /** Takes over the task of an earlier agent; where its first process is gone, what it left in its group goes too. */
    static Optional<TaskHandle> recover(Posix posix, Supplier<Descriptors> descriptors, TaskLaunch launch, HandleState state,
            Optional<Cgroup> group) {
        long ticks = startTicks(state.processId());
        if (ticks == 0 || ticks != state.startTicks()) {
            group.ifPresent(left -> clear(posix, left));
            return Optional.empty();
        }
        RawExecTask task = new RawExecTask(posix, descriptors, launch, state, group);
        try {
            task.follow(TaskOutput.open(posix, launch));
            return Optional.of(task);
        } catch (DriverException e) {
            LOG.warn("task not taken over and killed task={} error={}", launch.name(), e.getMessage());
            posix.kill((int) -state.processId(), Signal.KILL.number());
            group.ifPresent(left -> clear(posix, left));
            return Optional.empty();
        }
    }

    /** 0 when there is no such process. A zombie still has its own. */
    static long startTicks(long id) {
        try {
            return ProcessTree.stat(id).startTicks();
        } catch (IOException gone) {
            return 0;
        }
    }

    /**
     * Completes the exit when the first process ended: the JDK's watcher waits for a child without taking its status, so
     * that the exact status can be taken here. Whatever the groups still run goes with it.
     */
    private void watch(TaskOutput output) {
        int id = (int) state.processId();
        CompletableFuture<?> ended = ProcessHandle.of(id)
                .<CompletableFuture<?>>map(ProcessHandle::onExit)
                .orElseGet(() -> CompletableFuture.completedFuture(null));
        ended.whenComplete((ignored, failure) -> Thread.ofVirtual().name("exit-" + launch.name()).start(() -> {
            ExitStatus status = reap(id);
            group.ifPresent(all -> clear(posix, all));
            try {
                output.drain();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                exit.complete(status);
            }
        }));
    }

    private synchronized ExitStatus reap(int id) {
        // The zombie keeps the id from being reused until it is reaped, so this can hit no stranger.
        posix.kill(-id, Signal.KILL.number());
        reaped = true;
        return posix.reap(id).orElseGet(() -> new ExitStatus(
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

    @Override
    public synchronized void signal(Signal signal) {
        if (!reaped) {
            posix.kill((int) state.processId(), signal.number());
        }
    }

    @Override
    public synchronized void kill() {
        if (!reaped) {
            posix.kill((int) -state.processId(), Signal.KILL.number());
            // Those that left the process group; what is started while they are told off is found when the first process has ended.
            group.filter(all -> !all.killAtOnce())
                    .ifPresent(all -> all.processes().forEach(id -> posix.kill(id.intValue(), Signal.KILL.number())));
        }
    }

    @Override
    public TaskUsage usage() {
        try {
            synchronized (tree) {
                return tree.sample(Instant.now());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public HandleState state() {
        return state;
    }

    @Override
    public CommandResult run(List<String> command, Duration timeout) throws DriverException, InterruptedException {
        return SideCommand.run(command, launch.folder(), launch.environment(), timeout, group);
    }

    @Override
    public ExecSession exec(List<String> command, boolean terminal) throws DriverException {
        if (command.isEmpty()) {
            throw new DriverException("command is required", false);
        }
        return RawExecSession.start(posix, descriptors.get(), RawExec.find(command.getFirst(), launch), command, launch, group, terminal);
    }
}
