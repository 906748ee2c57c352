package muster.scheduler.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The control groups of this machine, of whichever version it has: version 2, version 1, or both with the controllers at
 * version 1 (cgroups(7)). Those of tasks are made below one of ours. Immutable.
 *
 * @param folders where groups are made: by controller in version 1; in version 2 the same for each
 * @param lacking why tasks can't be limited; empty when they can
 */
record Cgroups(Version version, Map<String, Path> folders, Optional<String> lacking) {
    enum Version {
        V1("v1"), V2("v2"), NONE("");

        private final String word;

        Version(String word) {
            this.word = word;
        }

        /** As node attributes tell it. */
        String word() {
            return word;
        }
    }

    private static final String OURS = "muster";
    private static final List<String> NEEDED = List.of("cpu", "memory", "pids");
    private static final Set<String> TRACKING = Set.of("pids", "cpuacct");
    private static final Set<String> USED = Set.of("cpu", "cpuacct", "cpuset", "memory", "pids");

    Cgroups {
        folders = Map.copyOf(folders);
    }

    /** Looks at what is mounted, and makes the group of ours. */
    static Cgroups find(Path mounts) {
        Map<String, Path> first = new HashMap<>();
        Path second = null;
        try {
            for (String line : Files.readAllLines(mounts)) {
                String[] fields = line.split(" ");
                if (fields.length > 3 && fields[2].equals("cgroup")) {
                    for (String controller : fields[3].split(",")) {
                        if (USED.contains(controller)) {
                            first.putIfAbsent(controller, Path.of(fields[1]));
                        }
                    }
                } else if (fields.length > 3 && fields[2].equals("cgroup2")) {
                    second = Path.of(fields[1]);
                }
            }
            if (first.keySet().containsAll(NEEDED)) {
                return first(first);
            }
            return second == null ? none("no cgroups are mounted") : second(second);
        } catch (IOException e) {
            return none("cgroups can't be used: " + e.getMessage());
        }
    }

    /**
     * Groups that limit nothing and only know which processes are a task's. Version 1 is taken where it counts processes, since
     * there a thread joins by itself at once ({@link Enrolment}); version 2 otherwise, even without controllers.
     */
    static Cgroups tracking(Path mounts) {
        Map<String, Path> first = new HashMap<>();
        Map<String, Path> second = new HashMap<>();
        try {
            for (String line : Files.readAllLines(mounts)) {
                String[] fields = line.split(" ");
                if (fields.length > 3 && fields[2].equals("cgroup2")) {
                    List.of("pids", "cpu").forEach(controller -> second.putIfAbsent(controller, Path.of(fields[1])));
                }
                if (fields.length > 3 && fields[2].equals("cgroup")) {
                    List.of(fields[3].split(",")).stream().filter(TRACKING::contains)
                            .forEach(controller -> first.putIfAbsent(controller, Path.of(fields[1])));
                }
            }
        } catch (IOException e) {
            return none("cgroups can't be used: " + e.getMessage());
        }
        if (first.containsKey("pids")) {
            return tracking(Version.V1, first);
        }
        return second.isEmpty() ? none("no cgroups are mounted") : tracking(Version.V2, second);
    }

    private static Cgroups tracking(Version version, Map<String, Path> mounts) {
        Map<String, Path> folders = new HashMap<>();
        for (Map.Entry<String, Path> mount : mounts.entrySet()) {
            Path ours = mount.getValue().resolve(OURS);
            if (!make(ours)) {
                return none(notMade(ours));
            }
            folders.put(mount.getKey(), ours);
        }
        return new Cgroups(version, folders, Optional.empty());
    }

    private static String notMade(Path group) {
        return "cgroup " + group + " can't be made: the agent must be root, and cgroups writable";
    }

    /** Those of a driver that is told to use none. */
    static Cgroups refused() {
        return none("no_cgroups is set");
    }

    private static Cgroups none(String why) {
        return new Cgroups(Version.NONE, Map.of(), Optional.of(why));
    }

    private static Cgroups first(Map<String, Path> mounts) throws IOException {
        Map<String, Path> folders = new HashMap<>();
        for (Map.Entry<String, Path> mount : mounts.entrySet()) {
            Path ours = mount.getValue().resolve(OURS);
            if (!make(ours)) {
                return none(notMade(ours));
            }
            if (mount.getKey().equals("cpuset")) {
                inherit(mount.getValue(), ours);
            }
            folders.put(mount.getKey(), ours);
        }
        return new Cgroups(Version.V1, folders, Optional.empty());
    }

    /** A new group of version 1 has no processors and no memory until it is told; nothing can join it before. */
    static void inherit(Path parent, Path child) throws IOException {
        for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
            if (Files.exists(child.resolve(file)) && Files.readString(child.resolve(file)).isBlank()) {
                Files.writeString(child.resolve(file), Files.readString(parent.resolve(file)).strip());
            }
        }
    }

    private static Cgroups second(Path mount) throws IOException {
        String offered = " " + Files.readString(mount.resolve("cgroup.controllers")).strip() + " ";
        for (String controller : NEEDED) {
            if (!offered.contains(" " + controller + " ")) {
                return none("the cgroup at " + mount + " has no controller " + controller);
            }
        }
        Path ours = mount.resolve(OURS);
        if (!make(ours)) {
            return none(notMade(ours));
        }
        String enable = offered.contains(" cpuset ") ? "+cpu +cpuset +memory +pids" : "+cpu +memory +pids";
        for (Path parent : List.of(mount, ours)) {
            try {
                Files.writeString(parent.resolve("cgroup.subtree_control"), enable);
            } catch (IOException e) {
                return none("controllers can't be turned on in " + parent + ": " + e.getMessage());
            }
        }
        Map<String, Path> folders = new HashMap<>();
        USED.forEach(controller -> folders.put(controller, ours));
        return new Cgroups(Version.V2, folders, Optional.empty());
    }

    private static boolean make(Path folder) {
        try {
            Files.createDirectories(folder);
            return Files.isWritable(folder);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Makes a group, or takes the one of that name.
     *
     * @param name of letters that a file's name may have
     * @param mostProcesses and threads; 0 for no limit
     */
    Cgroup create(String name, TaskGrants.Limits limits, long quotaMicros, long mostProcesses) throws IOException {
        Cgroup group = group(name);
        group.create(limits, quotaMicros, mostProcesses);
        return group;
    }

    /** The name of a task's group. */
    static String name(TaskLaunch launch) {
        String owner = launch.owner().allocation().isEmpty() ? "task-" + Integer.toHexString(launch.folder().hashCode()) : launch.owner().allocation();
        return (owner + "." + launch.name()).replaceAll("[^A-Za-z0-9._-]", "_");
    }

    /** The group of that name, there or not. */
    Cgroup group(String name) {
        Map<String, Path> own = new HashMap<>();
        folders.forEach((controller, folder) -> own.put(controller, folder.resolve(name)));
        return new Cgroup(version, own);
    }
}
