package muster.scheduler.driver;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a command to its end, with what it writes kept in part. */
final class SideCommand {
    private static final Logger LOG = LoggerFactory.getLogger(SideCommand.class);
    private static final int OUTPUT_LIMIT = 4 << 10;
    private static final int TIMED_OUT = 124;

    private SideCommand() {}

    /** Runs it in a folder with exactly this environment; after the timeout it and all it started are killed. */
    static TaskHandle.CommandResult run(List<String> command, Path folder, Map<String, String> environment, Duration timeout)
            throws DriverException, InterruptedException {
        return run(command, folder, environment, timeout, Optional.empty());
    }

    /** The same in a task's control group, so that what it leaves behind ends with the task. */
    static TaskHandle.CommandResult run(List<String> command, Path folder, Map<String, String> environment, Duration timeout, Optional<Cgroup> group)
            throws DriverException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
            enrol(process, group);
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new DriverException("can't run " + command.getFirst() + ": " + e.getMessage(), true);
        }
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("command-output").start(() -> output.complete(firstBytes(process)));
        try {
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                return new TaskHandle.CommandResult(TIMED_OUT, "timed out after " + timeout.toMillis() + "ms");
            }
            return new TaskHandle.CommandResult(process.exitValue(), output.completeOnTimeout("", 1, TimeUnit.SECONDS).join());
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void enrol(Process process, Optional<Cgroup> group) {
        if (group.isPresent()) {
            try {
                group.get().join(process.pid());
            } catch (IOException ended) {
                LOG.debug("command not enrolled process={} error={}", process.pid(), ended.toString());
            }
        }
    }

    private static String firstBytes(Process process) {
        try (InputStream in = process.getInputStream()) {
            byte[] first = in.readNBytes(OUTPUT_LIMIT);
            in.skip(Long.MAX_VALUE);
            return new String(first, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
