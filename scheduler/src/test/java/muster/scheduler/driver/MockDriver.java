package muster.scheduler.driver;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import muster.wire.GoDuration;

/**
 * A driver that runs nothing. Config: {@code run_for} (ends by itself after this long; without it, when told),
 * {@code exit_code}, {@code start_error}, {@code start_error_recoverable}, {@code kill_after} (how long a kill signal takes
 * to work; "never" ignores it). Tests end a task with {@link Handle#exit}.
 */
public final class MockDriver implements Driver {
    private static final ConfigKeys KEYS = new ConfigKeys(
            Map.of("run_for", ConfigKeys.Kind.TEXT, "exit_code", ConfigKeys.Kind.NUMBER, "start_error", ConfigKeys.Kind.TEXT,
                    "start_error_recoverable", ConfigKeys.Kind.FLAG, "kill_after", ConfigKeys.Kind.TEXT),
            List.of());

    /** The launches so far, in order. */
    public final List<TaskLaunch> launches = new CopyOnWriteArrayList<>();
    /** The newest handle of each task's folder. */
    public final Map<java.nio.file.Path, Handle> handles = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "mock_driver";
    }

    @Override
    public DriverFingerprint fingerprint() {
        return DriverFingerprint.usable();
    }

    @Override
    public List<String> problems(TaskLaunch launch) {
        return KEYS.problems(launch.config());
    }

    @Override
    public TaskHandle start(TaskLaunch launch) throws DriverException {
        launches.add(launch);
        String error = ConfigKeys.text(launch.config(), "start_error");
        if (!error.isEmpty()) {
            throw new DriverException(error, ConfigKeys.text(launch.config(), "start_error_recoverable").equals("true"));
        }
        Handle handle = new Handle(launch.config());
        handles.put(launch.folder(), handle);
        return handle;
    }

    @Override
    public Optional<TaskHandle> recover(TaskLaunch launch, HandleState state) {
        return Optional.ofNullable(handles.get(launch.folder()));
    }

    /** A task that is nothing but its end. */
    public static final class Handle implements TaskHandle {
        public final List<Signal> signals = new CopyOnWriteArrayList<>();
        private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
        private final String killAfter;

        Handle(Map<String, Object> config) {
            killAfter = ConfigKeys.text(config, "kill_after");
            String runFor = ConfigKeys.text(config, "run_for");
            String code = ConfigKeys.text(config, "exit_code");
            if (!runFor.isEmpty()) {
                exit.completeOnTimeout(ExitStatus.exited(code.isEmpty() ? 0 : Integer.parseInt(code)),
                        GoDuration.parse(runFor).toNanos(), TimeUnit.NANOSECONDS);
            }
        }

        /** Ends the task. */
        public void exit(int code) {
            exit.complete(ExitStatus.exited(code));
        }

        public boolean ended() {
            return exit.isDone();
        }

        @Override
        public ExitStatus await() throws InterruptedException {
            try {
                return exit.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void signal(Signal signal) {
            signals.add(signal);
            if ((signal.number() == 2 || signal.number() == 15) && killAfter.isEmpty()) {
                exit.complete(ExitStatus.killed(signal.number()));
            }
        }

        @Override
        public void kill() {
            exit.complete(ExitStatus.killed(9));
        }

        @Override
        public TaskUsage usage() {
            return new TaskUsage(0, 0, 0, 0, 0, List.of(), Instant.now());
        }

        @Override
        public HandleState state() {
            return new HandleState(1, 1);
        }

        @Override
        public CommandResult run(List<String> command, Duration timeout) {
            return new CommandResult(command.contains("fail") ? 2 : 0, String.join(" ", command));
        }

        @Override
        public ExecSession exec(List<String> command, boolean terminal) throws DriverException {
            throw new DriverException("mock_driver runs no commands", false);
        }
    }
}
