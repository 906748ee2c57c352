package muster.scheduler.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What an isolated task sees: its own folder as root, in it the system's programs, read-only, and its own {@code /proc},
 * {@code /sys}, {@code /dev}, {@code /alloc}. The mounts are written as a table of mount(8), which the sandbox takes up in a mount
 * namespace of its own; nothing is ever mounted where the machine's other processes see it, so that a task's folder can be
 * removed at any time without danger.
 *
 * @param root the task's folder
 * @param shown paths of the machine by where the task sees them
 */
record ChrootPlan(Path root, Map<String, Path> shown) {
    /** What a task sees of the machine unless the operator says otherwise. (Nomad docs: exec driver, "Chroot") */
    static final List<String> USUAL = List.of(
            "/bin", "/etc", "/lib", "/lib32", "/lib64", "/run/resolvconf", "/run/systemd/resolve", "/sbin", "/usr");

    private static final List<String> DEVICES = List.of("null", "zero", "full", "random", "urandom", "tty");
    private static final Map<String, String> LINKS = Map.of(
            "ptmx", "pts/ptmx", "fd", "/proc/self/fd", "stdin", "fd/0", "stdout", "fd/1", "stderr", "fd/2");
    private static final String KEPT = "bind,nosuid,nodev";
    private static final String READ_ONLY = "bind,ro,nosuid,nodev";

    ChrootPlan {
        shown = new LinkedHashMap<>(shown);
    }

    /**
     * The plan for a task.
     *
     * @param chrootEnv the operator's own list, from paths of the machine to where they are seen; empty for the usual
     */
    static ChrootPlan of(Path root, Map<String, String> chrootEnv) {
        Map<String, Path> shown = new TreeMap<>();
        if (chrootEnv.isEmpty()) {
            USUAL.stream().filter(path -> Files.exists(Path.of(path))).forEach(path -> shown.put(path, Path.of(path)));
        } else {
            chrootEnv.forEach((source, target) -> shown.put(Path.of("/").resolve(target).normalize().toString(), Path.of(source)));
        }
        return new ChrootPlan(root, shown);
    }

    /** Where on the machine a path is that the task sees; links are not followed. */
    Path onHost(String seen) {
        Path path = Path.of("/").resolve(seen).normalize();
        return shown.entrySet().stream().filter(entry -> path.startsWith(entry.getKey()))
                .max(java.util.Comparator.comparingInt(entry -> entry.getKey().length()))
                .map(entry -> entry.getValue().resolve(Path.of(entry.getKey()).relativize(path)))
                .orElseGet(() -> root.resolve(Path.of("/").relativize(path)));
    }

    /** The program that a task's command names, as the task sees it: in its local folder, in its root, then along its PATH. */
    Optional<String> find(String command, String path) {
        return candidates(command, path).filter(candidate -> Files.isExecutable(onHost(candidate))).findFirst();
    }

    /** A file of that name that is there but no program. */
    Optional<String> notExecutable(String command, String path) {
        return candidates(command, path).filter(candidate -> !Files.isExecutable(onHost(candidate))).findFirst();
    }

    private Stream<String> candidates(String command, String path) {
        List<String> candidates = new ArrayList<>(List.of("/local/" + command, "/" + command));
        if (command.indexOf('/') < 0) {
            for (String folder : path.split(":")) {
                candidates.add(folder + "/" + command);
            }
        }
        return candidates.stream().map(candidate -> Path.of("/").resolve(candidate).normalize().toString())
                .filter(candidate -> Files.isRegularFile(onHost(candidate)));
    }

    /** Makes the places at which something is mounted. A link among them is refused: it may lead anywhere. */
    void makePlaces(TaskLaunch launch) throws IOException {
        for (Map.Entry<String, Path> entry : shown.entrySet()) {
            place(entry.getKey(), Files.isDirectory(entry.getValue()));
        }
        for (String folder : List.of("/proc", "/sys", "/alloc", "/local", "/secrets", "/tmp", "/dev", "/dev/pts", "/dev/shm", "/dev/.host")) {
            place(folder, true);
        }
        for (String device : DEVICES) {
            place("/dev/" + device, false);
        }
        for (Map.Entry<String, String> link : LINKS.entrySet()) {
            Path path = root.resolve("dev").resolve(link.getKey());
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(path, Path.of(link.getValue()));
            }
        }
        for (TaskGrants.Mount mount : launch.grants().mounts()) {
            place(mount.target(), Files.isDirectory(mount.source()));
        }
    }

    private void place(String seen, boolean folder) throws IOException {
        Path at = root;
        Path wanted = Path.of("/").relativize(Path.of("/").resolve(seen).normalize());
        for (int i = 0; i < wanted.getNameCount(); i++) {
            at = at.resolve(wanted.getName(i));
            boolean last = i == wanted.getNameCount() - 1;
            if (Files.isSymbolicLink(at)) {
                throw new IOException(at + " is a link where something is to be mounted: remove it from the task's folder");
            }
            if (!Files.exists(at)) {
                if (last && !folder) {
                    Files.createFile(at);
                } else {
                    Files.createDirectory(at);
                    Files.setAttribute(at, "unix:mode", 0755);
                }
            }
        }
    }

    /** The table of mounts, in order. */
    String table(TaskLaunch launch) {
        StringBuilder table = new StringBuilder();
        line(table, root.toString(), root.toString(), "none", KEPT);
        shown.forEach((seen, source) -> line(table, source.toString(), inRoot(seen), "none", READ_ONLY));
        line(table, launch.shared().toString(), inRoot("/alloc"), "none", KEPT);
        for (String device : DEVICES) {
            line(table, "/dev/" + device, inRoot("/dev/" + device), "none", "bind");
        }
        line(table, "devpts", inRoot("/dev/pts"), "devpts", "newinstance,ptmxmode=0666,mode=0620,gid=5,nosuid,noexec");
        line(table, "shm", inRoot("/dev/shm"), "tmpfs", "mode=1777,size=64m,nosuid,nodev,noexec");
        line(table, "proc", inRoot("/proc"), "proc", "nosuid,nodev,noexec");
        line(table, "sysfs", inRoot("/sys"), "sysfs", "ro,nosuid,nodev,noexec");
        for (String path : List.of("/proc/sys", "/proc/irq", "/proc/bus", "/proc/sysrq-trigger")) {
            if (Files.exists(Path.of(path))) {
                line(table, inRoot(path), inRoot(path), "none", "bind,ro,nosuid,nodev,noexec");
            }
        }
        if (Files.exists(Path.of("/proc/kcore"))) {
            line(table, "/dev/null", inRoot("/proc/kcore"), "none", "bind");
        }
        for (TaskGrants.Mount mount : launch.grants().mounts()) {
            line(table, mount.source().toString(), inRoot(mount.target()), "none", mount.readOnly() ? READ_ONLY : KEPT);
        }
        return table.toString();
    }

    private String inRoot(String seen) {
        return root.resolve(Path.of("/").relativize(Path.of("/").resolve(seen).normalize())).toString();
    }

    private static void line(StringBuilder table, String source, String target, String type, String options) {
        table.append(escaped(source)).append(' ').append(escaped(target)).append(' ').append(type).append(' ').append(options)
                .append(" 0 0\n");
    }

    /** As fstab(5) writes blanks. */
    private static String escaped(String path) {
        return path.replace("\\", "\\134").replace(" ", "\\040").replace("\t", "\\011").replace("\n", "\\012").replace("#", "\\043");
    }
}
