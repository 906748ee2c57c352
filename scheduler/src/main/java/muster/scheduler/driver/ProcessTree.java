package muster.scheduler.driver;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Sums up what the processes of one session use, from {@code /proc} (proc(5)). Not thread-safe. */
final class ProcessTree {
    /** What the kernel calls a second in {@code /proc}: USER_HZ, 100 on every Linux ABI. */
    private static final double TICKS_PER_SECOND = 100;

    private static final long PAGE_BYTES = 4096;
    private static final Path PROC = Path.of("/proc");

    private final long session;
    private Instant lastAt;
    private long lastUser;
    private long lastSystem;

    ProcessTree(long session, Instant startedAt) {
        this.session = session;
        this.lastAt = startedAt;
    }

    /** One process, from {@code /proc/ID/stat}. */
    record Stat(long id, long session, long userTicks, long systemTicks, long startTicks, long residentPages) {
        /** Parses the line; the name in parentheses may hold blanks and parentheses. */
        static Stat parse(String line) {
            int nameEnd = line.lastIndexOf(')');
            String[] fields = line.substring(nameEnd + 2).split(" ");
            return new Stat(Long.parseLong(line.substring(0, line.indexOf(' '))), Long.parseLong(fields[3]),
                    Long.parseLong(fields[11]), Long.parseLong(fields[12]), Long.parseLong(fields[19]),
                    Long.parseLong(fields[21].strip()));
        }
    }

    /** The process of that id; throws {@link NoSuchFileException} when there is none. */
    static Stat stat(long id) throws IOException {
        return Stat.parse(Files.readString(PROC.resolve(id + "/stat")));
    }

    TaskUsage sample(Instant now) throws IOException {
        long user = 0;
        long system = 0;
        long resident = 0;
        List<Long> ids = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path path : all) {
                try {
                    Stat stat = stat(Long.parseLong(path.getFileName().toString()));
                    if (stat.session() == session) {
                        ids.add(stat.id());
                        user += stat.userTicks();
                        system += stat.systemTicks();
                        resident += stat.residentPages() * PAGE_BYTES;
                    }
                } catch (IOException gone) {
                    // A process may end between the listing and the look at it.
                    continue;
                }
            }
        }
        double seconds = Math.max(0.001, Duration.between(lastAt, now).toNanos() / 1e9);
        double userPercent = 100 * Math.max(0, user - lastUser) / TICKS_PER_SECOND / seconds;
        double systemPercent = 100 * Math.max(0, system - lastSystem) / TICKS_PER_SECOND / seconds;
        lastAt = now;
        lastUser = user;
        lastSystem = system;
        return new TaskUsage(userPercent + systemPercent, userPercent, systemPercent, resident, 0, ids, now);
    }
}
