package muster.scheduler.driver;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a task was given of its node, and to whom to tell how a long start goes on.
 *
 * @param user as whom it shall run, "" for the driver's default
 * @param ports of its group and its own
 * @param mounts volumes that its group asked for
 * @param progress takes lines such as {@code Downloading image}; called by any thread
 */
public record TaskGrants(String user, Limits limits, List<PortGrant> ports, List<Mount> mounts, Consumer<String> progress) {
    public static final TaskGrants NONE = new TaskGrants("", Limits.NONE, List.of(), List.of(), message -> {});

    public TaskGrants {
        ports = List.copyOf(ports);
        mounts = List.copyOf(mounts);
    }

    /**
     * How much it may use; 0 and empty mean no limit.
     *
     * @param cpuMhz its share of the processors, which binds when they are busy
     * @param cores the same in processors: 0.5 is half of one
     * @param cpus the processors it has for itself
     * @param memoryBytes what was reserved
     * @param memoryMaxBytes what it may take where there is some over, 0 for what was reserved
     */
    public record Limits(long cpuMhz, double cores, List<Integer> cpus, long memoryBytes, long memoryMaxBytes) {
        public static final Limits NONE = new Limits(0, 0, List.of(), 0, 0);

        public Limits {
            cpus = List.copyOf(cpus);
        }

        /** Beyond which the kernel ends it; 0 for none. */
        long hardMemoryBytes() {
            return Math.max(memoryBytes, memoryMaxBytes);
        }
    }

    /**
     * A port of the host by its label.
     *
     * @param to the port that the task listens on behind it, 0 for the same
     */
    public record PortGrant(String label, String hostIp, int value, int to) {}

    /** A folder of the host that the task sees at a path of its own. */
    public record Mount(Path source, String target, boolean readOnly) {}
}
