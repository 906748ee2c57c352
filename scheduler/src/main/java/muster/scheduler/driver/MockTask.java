package muster.scheduler.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task of {@link MockExec}: nothing but its end. Thread-safe. */
final class MockTask implements TaskHandle {
    private static final Logger LOG = LoggerFactory.getLogger(MockTask.class);

    private final Config config;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

    private MockTask(Config config) {
        this.config = config;
    }

    static MockTask start(TaskLaunch launch, Config config, Instant now) {
        MockTask task = new MockTask(config);
        Thread.ofVirtual().name("mock-output-" + launch.name()).start(() -> task.write(launch.logs(), launch.name()));
        config.duration("run_for").ifPresent(after -> task.later(after, () -> task.end(new ExitStatus(
                config.number("exit_code").orElse(0L).intValue(), config.number("exit_signal").orElse(0L).intValue(),
                config.text("exit_err_msg"), false))));
        LOG.debug("mock task started task={} at={}", launch.name(), now);
        return task;
    }

    private void write(TaskLaunch.LogTarget target, String name) {
        byte[] text = config.text("stdout_string").getBytes(StandardCharsets.UTF_8);
        if (text.length == 0) {
            return;
        }
        long times = 1 + config.number("stdout_repeat").orElse(0L);
        Duration pause = config.duration("stdout_repeat_duration").orElse(Duration.ZERO);
        try (RotatingLog out = new RotatingLog(target.folder(), name + ".stdout", target.maxFiles(), target.maxFileBytes())) {
            for (long i = 0; i < times && !exit.isDone(); i++) {
                out.write(text, text.length);
                Thread.sleep(pause);
            }
        } catch (IOException e) {
            LOG.warn("task output lost task={} error={}", name, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Does it after this time, unless the task has ended. */
    void later(Duration after, Runnable what) {
        Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(after);
                if (!exit.isDone()) {
                    what.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    void end(ExitStatus status) {
        exit.complete(status);
    }

    CompletableFuture<ExitStatus> ended() {
        return exit;
    }

    @Override
    public ExitStatus await() throws InterruptedException {
        try {
            return exit.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Those that end a program end the task after {@code kill_after}. */
    @Override
    public void signal(Signal signal) throws DriverException {
        if (!config.text("signal_error").isEmpty()) {
            throw new DriverException(config.text("signal_error"), false);
        }
        if (signal.equals(Signal.INTERRUPT) || signal.name().equals("SIGTERM") || signal.equals(Signal.KILL)) {
            Duration after = config.duration("kill_after").orElse(Duration.ZERO);
            later(after, () -> end(ExitStatus.killed(signal.number())));
        }
    }

    @Override
    public void kill() {
        end(ExitStatus.killed(Signal.KILL.number()));
    }

    @Override
    public TaskUsage usage() {
        return new TaskUsage(0, 0, 0, 0, 0, List.of(), Instant.now());
    }

    @Override
    public HandleState state() {
        return new HandleState(0, 0, "mock");
    }

    @Override
    public CommandResult run(List<String> command, Duration timeout) {
        return new CommandResult(0, String.join(" ", command));
    }

    @Override
    public ExecSession exec(List<String> command, boolean terminal) throws DriverException {
        throw new DriverException("mock_driver runs no commands", false);
    }
}
