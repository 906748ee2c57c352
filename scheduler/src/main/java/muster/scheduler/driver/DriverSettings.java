package muster.scheduler.driver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the operator says of the drivers. (Nomad docs: agent configuration, "plugin" and "client" stanzas)
 *
 * @param dev whether this is a development agent, in which {@code raw_exec} and {@code mock_driver} need not be turned on
 * @param plugins the {@code config} blocks of the {@code plugin} stanzas by driver
 * @param options the client's {@code options}, of which the drivers read {@code driver.raw_exec.enable}, {@code driver.allowlist} and
 *     {@code driver.denylist}, {@code user.denylist} and {@code user.checked_drivers} (and their older names)
 * @param chrootEnv what of the host an isolated task sees at which of its paths; empty for the usual
 */
public record DriverSettings(
        boolean dev, Map<String, Map<String, Object>> plugins, Map<String, String> options, Map<String, String> chrootEnv) {
    public static final DriverSettings NONE = new DriverSettings(false, Map.of(), Map.of(), Map.of());
    public static final DriverSettings DEV = new DriverSettings(true, Map.of(), Map.of(), Map.of());

    private static final Set<String> CHECKED_DRIVERS = Set.of("exec", "qemu", "java");
    private static final Set<String> REFUSED_USERS = Set.of("root", "Administrator");

    public DriverSettings {
        plugins = Map.copyOf(plugins);
        options = Map.copyOf(options);
        chrootEnv = Map.copyOf(chrootEnv);
    }

    /** The {@code config} block of one driver, empty where there is none. */
    Config of(String driver) {
        return new Config(plugins.getOrDefault(driver, Map.of()));
    }

    /** Whether a driver that must be turned on is: by its plugin's {@code enabled}, by the option of old, or in development. */
    public boolean enabled(String driver) {
        return of(driver).flag("enabled", dev || options.getOrDefault("driver." + driver + ".enable", "").equals("1")
                || options.getOrDefault("driver." + driver + ".enable", "").equals("true"));
    }

    /** Whether the operator lets this node have a driver at all. */
    boolean isAllowed(String driver) {
        Optional<Set<String>> allowed = list("driver.allowlist", "driver.whitelist");
        Optional<Set<String>> denied = list("driver.denylist", "driver.blacklist");
        return allowed.map(names -> names.contains(driver)).orElse(true) && denied.map(names -> !names.contains(driver)).orElse(true);
    }

    /** Whether tasks of a driver may not run as a user: root may not with drivers that keep tasks apart, unless the operator says so. */
    boolean isRefused(String driver, String user) {
        return list("user.checked_drivers").orElse(CHECKED_DRIVERS).contains(driver)
                && list("user.denylist", "user.blacklist").orElse(REFUSED_USERS).contains(user);
    }

    /** The first of these options that is given, a list with commas; one that is given and empty is an empty list. */
    private Optional<Set<String>> list(String... names) {
        return Arrays.stream(names).filter(options::containsKey).findFirst().map(name -> Arrays.stream(options.get(name).split(","))
                .map(String::strip).filter(item -> !item.isEmpty()).collect(Collectors.toUnmodifiableSet()));
    }

    /** Everything that is wrong with the plugins' blocks, one line each with the driver's name. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        new TreeMap<>(plugins).forEach((driver, config) -> {
            ConfigKeys keys = Drivers.PLUGIN_KEYS.get(driver);
            if (keys == null) {
                problems.add("plugin \"" + driver + "\": there is no such driver; those there are: "
                        + String.join(", ", new TreeMap<>(Drivers.PLUGIN_KEYS).keySet()));
            } else {
                keys.problems(config).forEach(problem -> problems.add("plugin \"" + driver + "\": " + problem));
            }
        });
        return problems;
    }
}
