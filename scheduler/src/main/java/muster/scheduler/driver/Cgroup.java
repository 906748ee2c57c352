package muster.scheduler.driver;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One task's control group: its limits, what it uses, and who is in it. Immutable; the kernel keeps the state. */
record Cgroup(Cgroups.Version version, Map<String, Path> folders) {
    private static final Logger LOG = LoggerFactory.getLogger(Cgroup.class);
    private static final String MEMBERS = "cgroup.procs";
    private static final String THREADS = "tasks";
    private static final long PERIOD_MICROS = 100_000;
    /** A group's last processes may take a moment to be gone for the kernel. */
    private static final int REMOVALS = 50;
    private static final int REMOVAL_PAUSE_MILLIS = 20;
    private static final int KILL_ROUNDS = 50;

    Cgroup {
        folders = Map.copyOf(folders);
    }

    void create(TaskGrants.Limits limits, long quotaMicros, long mostProcesses) throws IOException {
        for (Path folder : new TreeSet<>(folders.values())) {
            Files.createDirectories(folder);
        }
        String processes = mostProcesses > 0 ? String.valueOf(mostProcesses) : "max";
        String cpus = String.join(",", limits.cpus().stream().map(String::valueOf).toList());
        switch (version) {
            case V1 -> first(limits, quotaMicros, processes, cpus);
            case V2 -> second(limits, quotaMicros, processes, cpus);
            case NONE -> throw new IOException("there are no cgroups");
        }
    }

    /** Makes a group that limits nothing; what is there stays. */
    void create() throws IOException {
        for (Path folder : folders.values()) {
            Files.createDirectories(folder);
        }
    }

    boolean exists() {
        return Files.isDirectory(folders.get("pids"));
    }

    /** Takes a process in, with what it starts from now on. Throws {@link IOException} where it has ended. */
    void join(long process) throws IOException {
        for (Path folder : folders.values()) {
            Files.writeString(folder.resolve(MEMBERS), String.valueOf(process));
        }
    }

    private void first(TaskGrants.Limits limits, long quotaMicros, String processes, String cpus) throws IOException {
        if (folders.containsKey("cpuset")) {
            Cgroups.inherit(folders.get("cpuset").getParent(), folders.get("cpuset"));
            if (!cpus.isEmpty()) {
                write("cpuset", "cpuset.cpus", cpus);
            }
        }
        write("pids", "pids.max", processes);
        if (limits.cpuMhz() > 0) {
            write("cpu", "cpu.shares", String.valueOf(Math.max(2, limits.cpuMhz())));
        }
        if (quotaMicros > 0) {
            write("cpu", "cpu.cfs_period_us", String.valueOf(PERIOD_MICROS));
            write("cpu", "cpu.cfs_quota_us", String.valueOf(quotaMicros));
        }
        if (limits.memoryBytes() > 0) {
            String most = String.valueOf(limits.hardMemoryBytes());
            write("memory", "memory.soft_limit_in_bytes", String.valueOf(limits.memoryBytes()));
            // Memory and swap together may not be below memory alone, so it is lifted first where the group is there already.
            write("memory", "memory.limit_in_bytes", most);
            writeWhereThere("memory", "memory.memsw.limit_in_bytes", most);
            writeWhereThere("memory", "memory.swappiness", "0");
        }
    }

    private void second(TaskGrants.Limits limits, long quotaMicros, String processes, String cpus) throws IOException {
        if (!cpus.isEmpty()) {
            write("cpuset", "cpuset.cpus", cpus);
        }
        write("pids", "pids.max", processes);
        if (limits.cpuMhz() > 0) {
            write("cpu", "cpu.weight", String.valueOf(weight(limits.cpuMhz())));
        }
        if (quotaMicros > 0) {
            write("cpu", "cpu.max", quotaMicros + " " + PERIOD_MICROS);
        }
        if (limits.memoryBytes() > 0) {
            write("memory", "memory.low", String.valueOf(limits.memoryBytes()));
            write("memory", "memory.max", String.valueOf(limits.hardMemoryBytes()));
            writeWhereThere("memory", "memory.swap.max", "0");
        }
    }

    /** The weight of version 2 (1 to 10,000) for the shares of version 1 (2 to 262,144), as other tools turn them over. */
    static long weight(long shares) {
        long within = Math.clamp(shares, 2, 262_144);
        return 1 + (within - 2) * 9_999 / 262_142;
    }

    private void write(String controller, String file, String value) throws IOException {
        Files.writeString(folders.get(controller).resolve(file), value);
    }

    private void writeWhereThere(String controller, String file, String value) throws IOException {
        if (Files.exists(folders.get(controller).resolve(file))) {
            write(controller, file, value);
        }
    }

    /** Into which a process writes its id to join. */
    List<Path> doors() {
        return new TreeSet<>(folders.values()).stream().map(folder -> folder.resolve(MEMBERS)).toList();
    }

    /** Takes in the calling thread alone, and with it what it starts from now on; only for version 1, and for a platform thread. */
    void joinThread() throws IOException {
        for (Path folder : folders.values()) {
            Files.writeString(folder.resolve(THREADS), "0");
        }
    }

    /** Puts the calling thread back among those of no task. */
    void leaveThread() {
        for (Path folder : folders.values()) {
            try {
                Files.writeString(folder.resolveSibling(THREADS), "0");
            } catch (IOException e) {
                LOG.warn("thread left in a task's cgroup until it ends group={} error={}", folder, e.toString());
            }
        }
    }

    /** Those in it, by their ids on the machine; never this process, which is listed while a thread of its is a member. */
    List<Long> processes() {
        long self = ProcessHandle.current().pid();
        List<Long> ids = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(folders.get("pids").resolve(MEMBERS))) {
                ids.add(Long.parseLong(line.strip()));
            }
            ids.removeIf(id -> id == self);
        } catch (IOException gone) {
            return List.of();
        }
        return ids;
    }

    /** How often the kernel killed one of its processes for the memory they took. */
    long memoryKills() {
        return number("memory", version == Cgroups.Version.V1 ? "memory.oom_control" : "memory.events", "oom_kill");
    }

    /** How much memory it uses, without what the kernel can drop at once. */
    long memoryBytes() {
        return version == Cgroups.Version.V1
                ? number("memory", "memory.stat", "total_rss")
                : number("memory", "memory.stat", "anon");
    }

    /** Processor time so far: user and system, in microseconds. */
    long[] cpuMicros() {
        if (version == Cgroups.Version.V2) {
            return new long[] {number("cpu", "cpu.stat", "user_usec"), number("cpu", "cpu.stat", "system_usec")};
        }
        // In ticks of a hundredth of a second, on every Linux.
        return new long[] {number("cpuacct", "cpuacct.stat", "user") * 10_000, number("cpuacct", "cpuacct.stat", "system") * 10_000};
    }

    private long number(String controller, String file, String key) {
        Path folder = folders.get(controller);
        if (folder == null) {
            return 0;
        }
        try {
            for (String line : Files.readAllLines(folder.resolve(file))) {
                if (line.startsWith(key + " ")) {
                    return Long.parseLong(line.substring(key.length() + 1).strip());
                }
            }
        } catch (IOException | NumberFormatException unknown) {
            return 0;
        }
        return 0;
    }

    /** Kills all in it and in groups that were made below it, where the kernel does so as one. Whether it does. */
    boolean killAtOnce() {
        Path file = folders.get("pids").resolve("cgroup.kill");
        try {
            if (version != Cgroups.Version.V2 || !Files.exists(file)) {
                return false;
            }
            Files.writeString(file, "1");
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    /** Kills all in it, in rounds until none is left or it is of no use. */
    void killAll(LongConsumer kill) throws InterruptedException {
        killAtOnce();
        for (int round = 0; round < KILL_ROUNDS; round++) {
            List<Long> left = processes();
            if (left.isEmpty()) {
                return;
            }
            left.forEach(kill::accept);
            Thread.sleep(REMOVAL_PAUSE_MILLIS);
        }
        LOG.warn("processes left in cgroup group={} count={}", folders.get("pids"), processes().size());
    }

    /** Removes it, once it is empty. */
    void remove() throws InterruptedException {
        for (Path folder : new TreeSet<>(folders.values())) {
            for (int attempt = 1; Files.exists(folder); attempt++) {
                try {
                    deleteTree(folder);
                } catch (IOException e) {
                    if (attempt == REMOVALS) {
                        LOG.warn("cgroup left behind group={} error={}", folder, e.toString());
                        break;
                    }
                    Thread.sleep(REMOVAL_PAUSE_MILLIS);
                }
            }
        }
    }

    /** A task with enough rights may have made groups below its own. */
    private static void deleteTree(Path folder) throws IOException {
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(folder, path -> Files.isDirectory(path))) {
            for (Path path : inside) {
                deleteTree(path);
            }
        }
        Files.delete(folder);
    }
}
