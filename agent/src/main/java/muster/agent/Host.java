package muster.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** What the machine says about itself and this process. */
final class Host {
    private static final Path NAME = Path.of("/proc/sys/kernel/hostname");
    /** Of the times in /proc; the same on every Linux that Java runs on. */
    private static final long TICKS_PER_SECOND = 100;
    /** Of the start time among the fields that follow the program's name. (proc_pid_stat(5)) */
    private static final int START_TIME = 19;

    private Host() {}

    /** The machine's name, without asking a name server where the kernel knows it. */
    static String name() {
        try {
            return Files.isReadable(NAME) ? Files.readString(NAME).trim() : InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Since this process began, the JVM's own start included, to a hundredth of a second where the system tells. */
    static Duration uptime() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            String now = Files.readString(Path.of("/proc/uptime"));
            long nowTicks = Math.round(Double.parseDouble(now.substring(0, now.indexOf(' '))) * TICKS_PER_SECOND);
            return Duration.ofMillis((nowTicks - Long.parseLong(fields[START_TIME])) * 1000 / TICKS_PER_SECOND);
        } catch (IOException e) {
            // No /proc: the process's start is then known by the second.
            Instant began = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
            return Duration.between(began, Instant.now());
        }
    }
}
