package muster.scheduler.driver;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The drivers of a node, in the order in which they are shown.
 *
 * @param settings what the operator says of them and of the users that their tasks run as
 */
public record Drivers(List<Driver> all, DriverSettings settings) {
    /** What each driver's plugin stanza may hold. */
    static final Map<String, ConfigKeys> PLUGIN_KEYS = Map.of(
            "raw_exec", RawExec.PLUGIN_KEYS,
            "exec", Isolated.PLUGIN_KEYS,
            "java", Isolated.PLUGIN_KEYS,
            "docker", DockerKeys.PLUGIN,
            "mock_driver", MockExec.PLUGIN_KEYS);

    public Drivers {
        all = List.copyOf(all);
    }

    /** With nothing said of them. */
    public Drivers(List<Driver> all) {
        this(all, DriverSettings.NONE);
    }

    /** Those of a node whose operator says this of them. */
    public static Drivers of(DriverSettings settings) {
        Isolated isolated = new Isolated(settings.chrootEnv());
        List<Driver> known = List.of(
                rawExec(settings.enabled("raw_exec"), settings.of("raw_exec").flag("no_cgroups", false)),
                new Exec(isolated, settings.of("exec")),
                new JavaTasks(isolated, settings.of("java"), System.getenv().getOrDefault("PATH", Isolated.PATH)),
                new Docker(settings.of("docker"), Instant.now()),
                new MockExec(settings.enabled("mock_driver")));
        return new Drivers(known.stream().filter(driver -> settings.isAllowed(driver.name())).toList(), settings);
    }

    /** {@code raw_exec} alone, turned on or not. */
    public static Drivers of(boolean rawExecEnabled) {
        return new Drivers(List.of(rawExec(rawExecEnabled, false)));
    }

    private static RawExec rawExec(boolean enabled, boolean noGroups) {
        return new RawExec(enabled, !enabled || noGroups ? Cgroups.refused() : Cgroups.tracking(Path.of("/proc/self/mounts")));
    }

    /** The driver that a job file names. */
    public Optional<Driver> named(String name) {
        return all.stream().filter(driver -> driver.name().equals(name)).findFirst();
    }

    /** Everything that is wrong with a task, one line each; empty when its driver can start it. */
    public List<String> problems(Driver driver, TaskLaunch launch) {
        List<String> problems = new ArrayList<>(launch.problems());
        if (settings.isRefused(driver.name(), launch.grants().user())) {
            problems.add("running as user \"" + launch.grants().user() + "\" is disallowed");
        }
        problems.addAll(driver.problems(launch));
        return problems;
    }

    /** Lets go of what the drivers hold; tasks run on. */
    public void close() {
        all.forEach(Driver::close);
    }
}
