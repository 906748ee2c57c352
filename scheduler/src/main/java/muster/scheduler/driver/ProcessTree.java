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
import java.util.Optional;

/**
 * Sums up what the processes of a task use, from {@code /proc} (proc(5)): those of its control group, whose processor time tells of ended
 * ones too, or where it has none those of its session. Not thread-safe.
 */
final class ProcessTree {
    /** USER_HZ, in which {@code /proc} counts, is 100 on every Linux ABI. */
    private static final long MICROS_PER_TICK = 10_000;
    /** A hundredth of one processor's second. */
    private static final double MICROS_PER_PERCENT = 10_000;

    private static final long PAGE_BYTES = 4096;
    private static final Path PROC = Path.of("/proc");

    private final long session;
    private final Optional<Cgroup> group;
    private Instant lastAt;
    private long lastUserMicros;
    private long lastSystemMicros;

    private ProcessTree(long session, Optional<Cgroup> group, Instant from) {
        this.session = session;
        this.group = group;
        this.lastAt = from;
    }

    /** The processes of a session, or of a group if there is one. The first sample is of the time since now. */
    static ProcessTree of(long session, Optional<Cgroup> group, Instant now) {
        ProcessTree tree = new ProcessTree(session, group, now);
        group.map(Cgroup::cpuMicros).ifPresent(micros -> {
            tree.lastUserMicros = micros[0];
            tree.lastSystemMicros = micros[1];
        });
        return tree;
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

    /** All processes of a session now. */
    static List<Long> ofSession(long session) throws IOException {
        return stats(session).stream().map(Stat::id).toList();
    }

    private static List<Stat> stats(long session) throws IOException {
        List<Stat> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path path : all) {
                look(Long.parseLong(path.getFileName().toString())).filter(stat -> stat.session() == session).ifPresent(found::add);
            }
        }
        return found;
    }

    /** Empty for a process that ended between the listing and the look at it. */
    private static Optional<Stat> look(long id) {
        try {
            return Optional.of(stat(id));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    TaskUsage sample(Instant now) throws IOException {
        List<Stat> processes = group.isPresent()
                ? group.get().processes().stream().flatMap(id -> look(id).stream()).toList()
                : stats(session);
        long resident = processes.stream().mapToLong(stat -> stat.residentPages() * PAGE_BYTES).sum();
        long[] micros = group.map(Cgroup::cpuMicros).orElseGet(() -> new long[] {
            processes.stream().mapToLong(Stat::userTicks).sum() * MICROS_PER_TICK,
            processes.stream().mapToLong(Stat::systemTicks).sum() * MICROS_PER_TICK});
        double seconds = Math.max(0.001, Duration.between(lastAt, now).toNanos() / 1e9);
        double user = Math.max(0, micros[0] - lastUserMicros) / MICROS_PER_PERCENT / seconds;
        double system = Math.max(0, micros[1] - lastSystemMicros) / MICROS_PER_PERCENT / seconds;
        lastAt = now;
        lastUserMicros = micros[0];
        lastSystemMicros = micros[1];
        return new TaskUsage(user + system, user, system, resident, 0, processes.stream().map(Stat::id).toList(), now);
    }
}
