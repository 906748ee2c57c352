package muster.testkit;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A real process of a test: started in its own folder, its standard output and error caught together line by line (and kept
 * in a file beside it), stopped by its own process id, and always reaped by {@link #close}. Any thread may call.
 */
public final class RunningProgram implements AutoCloseable {
    private static final Duration REAP = Duration.ofSeconds(10);
    /** Lines kept in memory for {@link #awaitLine} and failure texts; the log file has all. */
    private static final int MAX_LINES = 100_000;

    private final String name;
    private final Path folder;
    private final Process process;
    private final Thread reader;
    private final Object lock = new Object();
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    private RunningProgram(String name, Path folder, Process process) {
        this.name = name;
        this.folder = folder;
        this.process = process;
        this.reader = Thread.ofVirtual().name("output of " + name).start(() -> read(folder.resolve(name + ".log")));
    }

    /**
     * Starts a program.
     *
     * @param name for failure texts and for the log file, {@code NAME.log} in the folder
     * @param folder its working folder
     * @param environment added to this process's own
     */
    public static RunningProgram start(String name, Path folder, Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return new RunningProgram(name, folder, process);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " can't be started: " + command, e);
        }
    }

    /** The command line of the JVM that runs this test, on this test's class path, with a main class and its arguments. */
    public static List<String> java(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * As {@link #java}, for a program that is started often: the first life that ends by itself or by SIGTERM leaves an archive of the
     * classes it loaded, from which later ones start quicker. Where the program is not in a jar there is none.
     */
    public static List<String> quickJava(Path archive, Class<?> main, String... arguments) {
        List<String> command = java(main, arguments);
        if (!main.getProtectionDomain().getCodeSource().getLocation().getPath().endsWith(".jar")) {
            return command;
        }
        int path = command.indexOf("-cp") + 1;
        // Folders can't be archived; they have the tests' own classes.
        command.set(path, Arrays.stream(command.get(path).split(File.pathSeparator)).filter(entry -> entry.endsWith(".jar"))
                .collect(Collectors.joining(File.pathSeparator)));
        command.addAll(path - 1, List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + archive, "-Xlog:disable"));
        return command;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it printed so far, line by line. */
    public List<String> output() {
        synchronized (lock) {
            return List.copyOf(lines);
        }
    }

    /** Waits for a line, also one printed before the call, and returns it. Fails at once when the program ends without it. */
    public String awaitLine(String what, Predicate<String> wanted) {
        return awaitLine(what, Eventually.PATIENCE, wanted);
    }

    /** As {@link #awaitLine(String, Predicate)}, with another deadline. */
    public String awaitLine(String what, Duration within, Predicate<String> wanted) {
        long end = System.nanoTime() + within.toNanos();
        synchronized (lock) {
            int seen = 0;
            while (true) {
                for (; seen < lines.size(); seen++) {
                    if (wanted.test(lines.get(seen))) {
                        return lines.get(seen);
                    }
                }
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (ended || leftMillis <= 0) {
                    throw new AssertionError(name + (ended ? " ended without the line: " : " did not print in time: ") + what
                            + "; it printed:\n" + String.join("\n", lines));
                }
                waitFor(leftMillis);
            }
        }
    }

    private void waitFor(long millis) {
        try {
            lock.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + name, e);
        }
    }

    /** Sends SIGTERM, waits for the end, and returns the exit code. Fails (after SIGKILL) when it does not end in time. */
    public int terminate(Duration within) {
        // Not Process.destroy: that closes the output as well, and the last lines would be lost.
        process.toHandle().destroy();
        return awaitExit(within);
    }

    /** Sends SIGKILL, waits for the end, and returns the exit code (137). */
    public int kill() {
        process.toHandle().destroyForcibly();
        return awaitExit(REAP);
    }

    /** Sends a signal by its name ({@code HUP}, {@code STOP}) to this process. */
    public void signal(String signal) {
        List<String> command = List.of("kill", "-" + signal, Long.toString(pid()));
        try (RunningProgram sender = start(name + "-signal", folder, Map.of(), command)) {
            int exit = sender.awaitExit(REAP);
            if (exit != 0) {
                throw new AssertionError("signal " + signal + " did not reach " + name + ": " + sender.output());
            }
        }
    }

    /** Waits for the end and returns the exit code. Fails, after SIGKILL, when it does not end in time. */
    public int awaitExit(Duration within) {
        try {
            if (process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                reader.join(REAP);
                return process.exitValue();
            }
            process.toHandle().destroyForcibly();
            process.waitFor();
            reader.join(REAP);
            throw new AssertionError(name + " did not end within " + within.toMillis() + " ms; it printed:\n"
                    + String.join("\n", output()));
        } catch (InterruptedException e) {
            process.toHandle().destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the end of " + name, e);
        }
    }

    /** Kills the process where it still runs, and waits until it and its output are gone. */
    @Override
    public void close() {
        process.toHandle().destroyForcibly();
        awaitExit(REAP);
    }

    private void read(Path log) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                BufferedWriter file = Files.newBufferedWriter(log)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                file.write(line);
                file.newLine();
                file.flush();
                synchronized (lock) {
                    if (lines.size() < MAX_LINES) {
                        lines.add(line);
                        lock.notifyAll();
                    }
                }
            }
        } catch (IOException e) {
            synchronized (lock) {
                lines.add("[the output can't be read any further: " + e.getMessage() + "]");
            }
        } finally {
            synchronized (lock) {
                ended = true;
                lock.notifyAll();
            }
        }
    }
}
