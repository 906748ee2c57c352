package muster.scheduler.driver;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.Statistics;
import com.github.dockerjava.api.model.StreamType;
import com.github.dockerjava.api.model.WaitResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A container that runs as a task. Thread-safe. */
final class DockerTask implements TaskHandle {
    private static final Logger LOG = LoggerFactory.getLogger(DockerTask.class);
    private static final Duration DRAIN = Duration.ofSeconds(2);
    private static final int OUTPUT_LIMIT = 4 << 10;
    private static final int TIMED_OUT = 124;
    /** For how long an engine that went away may come back before its tasks are given up. */
    private static final int ENGINE_LOOKS = 20;
    private static final Duration ENGINE_PAUSE = Duration.ofMillis(500);
    private static final Set<String> USUAL_NETWORKS = Set.of("bridge", "nat", "host", "none");

    private final DockerClient engine;
    private final String container;
    private final TaskLaunch launch;
    private final Runnable after;
    private final Keeping keeping;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

    /**
     * What is kept of a container.
     *
     * @param container itself, when it ended
     * @param output among the allocation's files, as it comes
     */
    record Keeping(boolean container, boolean output) {}

    /**
     * Follows a container that was made.
     *
     * @param after is run when it ended
     */
    DockerTask(DockerClient engine, String container, TaskLaunch launch, Keeping keeping, Runnable after) {
        this.engine = engine;
        this.container = container;
        this.launch = launch;
        this.keeping = keeping;
        this.after = after;
    }

    /**
     * Copies what it writes and waits for its end.
     *
     * @param since what it wrote before is copied already, in seconds of the epoch; 0 for all
     */
    void follow(int since) {
        Copy copy = new Copy();
        if (keeping.output()) {
            try {
                engine.logContainerCmd(container).withStdOut(true).withStdErr(true).withFollowStream(true).withSince(since).exec(copy);
            } catch (RuntimeException e) {
                LOG.warn("container's output not read container={} error={}", container, e.toString());
            }
        } else {
            copy.onComplete();
        }
        Thread.ofPlatform().daemon().name("docker-wait-" + launch.name()).start(() -> {
            try {
                ExitStatus status = ended();
                drain(copy);
                remove();
                exit.complete(status);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.warn("container given up container={} error={}", container, e.toString());
            } finally {
                exit.complete(new ExitStatus(1, 0, "the agent lost sight of the container", false));
                close(copy);
                after.run();
            }
        });
    }

    /** What it wrote may be lost; how it ended is not. */
    private void drain(Copy copy) throws InterruptedException {
        try {
            copy.awaitCompletion(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RuntimeException e) {
            LOG.warn("container's output not read to its end container={} error={}", container, e.toString());
        }
    }

    private static void close(ResultCallback<?> callback) {
        try {
            callback.close();
        } catch (IOException e) {
            LOG.debug("stream not closed error={}", e.toString());
        }
    }

    /** Waits at the engine; where that breaks off, the engine is asked for a while. */
    private ExitStatus ended() throws InterruptedException {
        String why = "";
        for (int look = 0; look < ENGINE_LOOKS; look++) {
            try {
                if (why.isEmpty()) {
                    engine.waitContainerCmd(container).exec(new ResultCallback.Adapter<WaitResponse>()).awaitCompletion();
                }
            } catch (RuntimeException e) {
                why = e.toString();
            }
            try {
                InspectContainerResponse.ContainerState state = engine.inspectContainerCmd(container).exec().getState();
                if (!Boolean.TRUE.equals(state.getRunning())) {
                    return status(state);
                }
                look = 0;
                why = "";
            } catch (NotFoundException e) {
                return new ExitStatus(137, 0, "the container was removed by somebody else", false);
            } catch (RuntimeException e) {
                why = e.getMessage() == null ? e.toString() : e.getMessage();
            }
            Thread.sleep(ENGINE_PAUSE);
        }
        return new ExitStatus(1, 0, "the Docker engine went away while the task ran: " + why, false);
    }

    private static ExitStatus status(InspectContainerResponse.ContainerState state) {
        int code = state.getExitCodeLong() == null ? 0 : state.getExitCodeLong().intValue();
        boolean memory = Boolean.TRUE.equals(state.getOOMKilled());
        String error = state.getError() == null ? "" : state.getError();
        return new ExitStatus(code, 0, memory ? "OOM Killed" : error, memory);
    }

    private void remove() {
        if (keeping.container()) {
            return;
        }
        try {
            engine.removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
        } catch (NotFoundException | ConflictException gone) {
            LOG.debug("container is being removed container={}", container);
        } catch (RuntimeException e) {
            LOG.warn("container left behind container={} error={}", container, e.toString());
        }
    }

    /** Copies the engine's stream into the allocation's files; called by the engine client's thread alone. */
    private final class Copy extends ResultCallback.Adapter<Frame> {
        private RotatingLog out;
        private RotatingLog err;
        private boolean losing;

        @Override
        public void onNext(Frame frame) {
            TaskLaunch.LogTarget target = launch.logs();
            try {
                if (out == null) {
                    out = new RotatingLog(target.folder(), launch.name() + ".stdout", target.maxFiles(), target.maxFileBytes());
                    err = new RotatingLog(target.folder(), launch.name() + ".stderr", target.maxFiles(), target.maxFileBytes());
                }
                (frame.getStreamType() == StreamType.STDERR ? err : out).write(frame.getPayload(), frame.getPayload().length);
            } catch (IOException e) {
                if (!losing) {
                    LOG.warn("task output lost task={} error={}", launch.name(), e.toString());
                    launch.grants().progress().accept("Task output is lost: " + e.getMessage());
                    losing = true;
                }
            }
        }

        @Override
        public void onComplete() {
            try {
                if (out != null) {
                    out.close();
                    err.close();
                }
            } catch (IOException e) {
                LOG.warn("task output not closed task={} error={}", launch.name(), e.toString());
            }
            super.onComplete();
        }
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
    public void signal(Signal signal) throws DriverException {
        try {
            engine.killContainerCmd(container).withSignal(signal.name()).exec();
        } catch (NotFoundException | ConflictException ended) {
            LOG.debug("signal to a container that ended container={}", container);
        } catch (RuntimeException e) {
            throw new DriverException("signal " + signal.name() + " not sent to container " + container + ": " + e.getMessage(), true);
        }
    }

    @Override
    public void kill() {
        try {
            signal(Signal.KILL);
        } catch (DriverException e) {
            LOG.warn("container not killed container={} error={}", container, e.getMessage());
        }
    }

    @Override
    public TaskUsage usage() {
        AtomicReference<Statistics> seen = new AtomicReference<>();
        ResultCallback.Adapter<Statistics> callback = new ResultCallback.Adapter<>() {
            @Override
            public void onNext(Statistics statistics) {
                seen.set(statistics);
            }
        };
        try {
            engine.statsCmd(container).withNoStream(true).exec(callback).awaitCompletion(3, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.debug("container's use not read container={} error={}", container, e.toString());
        }
        return DockerUsage.of(Optional.ofNullable(seen.get()), Instant.now());
    }

    /** On the engine's usual network a task is reached through the node; on one of somebody's making, as that was made for. */
    @Override
    public Optional<TaskNetwork> network() {
        try {
            Map<String, ContainerNetwork> networks = engine.inspectContainerCmd(container).exec().getNetworkSettings().getNetworks();
            return networks.entrySet().stream().filter(one -> one.getValue().getIpAddress() != null && !one.getValue().getIpAddress().isEmpty())
                    .findFirst().map(one -> new TaskNetwork(one.getValue().getIpAddress(),
                            new DockerPlan(new Config(Map.of()), launch).inside(), !USUAL_NETWORKS.contains(one.getKey())));
        } catch (RuntimeException e) {
            LOG.warn("container's network not read container={} error={}", container, e.toString());
            return Optional.empty();
        }
    }

    @Override
    public HandleState state() {
        return new HandleState(0, 0, container);
    }

    @Override
    public CommandResult run(List<String> command, Duration timeout) throws DriverException, InterruptedException {
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        try {
            String id = engine.execCreateCmd(container).withAttachStdout(true).withAttachStderr(true).withCmd(command.toArray(String[]::new)).exec().getId();
            ResultCallback.Adapter<Frame> callback = new ResultCallback.Adapter<>() {
                @Override
                public void onNext(Frame frame) {
                    synchronized (first) {
                        first.write(frame.getPayload(), 0, Math.min(frame.getPayload().length, OUTPUT_LIMIT - first.size()));
                    }
                }
            };
            try (callback) {
                if (!engine.execStartCmd(id).exec(callback).awaitCompletion(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                    return new CommandResult(TIMED_OUT, "timed out after " + timeout.toMillis() + "ms");
                }
            }
            Long code = engine.inspectExecCmd(id).exec().getExitCodeLong();
            synchronized (first) {
                return new CommandResult(code == null ? 1 : code.intValue(), first.toString(StandardCharsets.UTF_8));
            }
        } catch (DockerException | IOException e) {
            throw new DriverException("can't run " + command.getFirst() + " in container " + container + ": " + e.getMessage(), true);
        }
    }

    @Override
    public ExecSession exec(List<String> command, boolean terminal) throws DriverException {
        if (command.isEmpty()) {
            throw new DriverException("command is required", false);
        }
        try {
            return DockerSession.start(engine, container, command, terminal);
        } catch (DockerException | IOException e) {
            throw new DriverException("can't run " + command.getFirst() + " in container " + container + ": " + e.getMessage(), true);
        }
    }
}
