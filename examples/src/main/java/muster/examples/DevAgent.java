package muster.examples;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The agent that the demo starts: one process, its output in a file, ended with everything that it started. */
final class DevAgent implements AutoCloseable {
    /** The first start after a build prepares the later, quicker ones, and that takes its time. */
    private static final Duration READY = Duration.ofSeconds(180);
    private static final Duration END = Duration.ofSeconds(20);
    private static final long PAUSE_MILLIS = 20;

    private final Process process;
    private final Path log;

    private DevAgent(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts the agent of a checkout. Its tasks find the programs of the checkout and of the examples first. */
    static DevAgent start(Path root, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(root.resolve("muster").toString(), "agent", "-dev", "-datacenter", Site.DATACENTER)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().merge("PATH", root.resolve("bin") + File.pathSeparator + root.resolve("examples").resolve("bin"),
                (path, first) -> first + File.pathSeparator + path);
        Process process = builder.start();
        process.getOutputStream().close();
        return new DevAgent(process, log);
    }

    long pid() {
        return process.pid();
    }

    /** Waits for the line that says it is ready, and returns it. */
    String awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + READY.toNanos();
        while (System.nanoTime() < end) {
            for (String line : Files.readString(log).lines().toList()) {
                if (line.startsWith("==> Ready")) {
                    return line.substring("==> ".length());
                }
            }
            if (process.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("the agent ended with exit code " + process.exitValue() + " before it was ready:\n" + Files.readString(log));
            }
        }
        throw new IOException("the agent was not ready within " + READY.toSeconds() + " s; it printed:\n" + Files.readString(log));
    }

    /** Ends the agent by its id, and by theirs what is left of the tasks that it started. */
    @Override
    public void close() {
        List<ProcessHandle> started = process.descendants().toList();
        process.toHandle().destroy();
        try {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        started.forEach(ProcessHandle::destroyForcibly);
    }
}
