package muster.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import muster.scheduler.client.ClientSettings;
import muster.scheduler.driver.DriverSettings;
import muster.scheduler.job.Reach;
import muster.scheduler.state.HostVolume;
import muster.wire.GoDuration;

/** From settings to the options of the scheduler's client: its defaults, and the rules that values have to keep to. */
final class ClientRules {
    private static final Pattern POOL = Pattern.compile("[a-zA-Z0-9-_]{1,128}");
    private static final int MOST_PERCENT = 100;
    private static final Set<String> RESERVED = Set.of("cpu", "memory", "disk", "reserved_ports");
    private static final Set<String> VOLUME = Set.of("path", "read_only");

    private final Settings settings;
    private final boolean dev;

    ClientRules(Settings settings, boolean dev) {
        this.settings = settings;
        this.dev = dev;
    }

    AgentOptions.Client options() {
        return new AgentOptions.Client(settings.texts("client_meta"), settings.text("node_class", ""), pool(), capacity(),
                settings.text("network_interface", "lo"), drivers(), rules());
    }

    /** "" for the usual one. */
    private String pool() {
        String pool = settings.text("node_pool", "");
        if (!pool.isEmpty() && !POOL.matcher(pool).matches() || pool.equals(Reach.ALL_POOLS)) {
            settings.problem("client.node_pool \"" + pool + "\" has to be a name of letters, digits, - and _, other than \"" + Reach.ALL_POOLS + "\"");
        }
        return pool.equals(Reach.DEFAULT_POOL) ? "" : pool;
    }

    private ClientSettings.Capacity capacity() {
        Map<String, Object> reserved = settings.map("client_reserved");
        reserved.keySet().stream().filter(key -> !RESERVED.contains(key))
                .forEach(key -> settings.problem("invalid config key client.reserved." + key));
        return new ClientSettings.Capacity(optional("cpu_total_compute"), optional("memory_total_mb"), number(reserved, "cpu"),
                number(reserved, "memory"), number(reserved, "disk"), String.valueOf(reserved.getOrDefault("reserved_ports", "")));
    }

    private static int number(Map<String, Object> block, String key) {
        return block.get(key) instanceof Number number ? Math.clamp(number.longValue(), 0, Integer.MAX_VALUE) : 0;
    }

    private Optional<Integer> optional(String name) {
        return settings.has(name) ? Optional.of(settings.number(name, 0)) : Optional.empty();
    }

    private ClientSettings.Rules rules() {
        ClientSettings.Rules usual = ClientSettings.Rules.USUAL;
        ClientSettings.Collecting collecting = usual.collecting();
        return new ClientSettings.Rules(duration("max_kill_timeout", usual.maxKillTimeout()),
                new ClientSettings.Collecting(duration("gc_interval", collecting.interval()),
                        percent("gc_disk_usage_threshold", collecting.diskPercent()),
                        percent("gc_inode_usage_threshold", collecting.inodePercent()),
                        Math.max(0, settings.number("client.gc_max_allocs", collecting.maxAllocations()))),
                volumes(), !settings.on("client.disable_remote_exec"), new ArtifactBlock(settings).rules());
    }

    private Duration duration(String key, Duration otherwise) {
        String text = settings.text("client." + key, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        Optional<Duration> read = GoDuration.tryParse(text).filter(Duration::isPositive);
        if (read.isEmpty()) {
            settings.problem("client." + key + " \"" + text + "\" has to be a positive duration, such as \"1m\"");
        }
        return read.orElse(otherwise);
    }

    private int percent(String key, int otherwise) {
        int percent = settings.number("client." + key, otherwise);
        if (percent < 0 || percent > MOST_PERCENT) {
            settings.problem("client." + key + " " + percent + " has to be a percentage, from 0 to 100");
        }
        return percent;
    }

    /** A volume's folder has to be there: tasks that ask for it would write where nobody looks. */
    private Map<String, HostVolume> volumes() {
        Map<String, HostVolume> volumes = new TreeMap<>();
        settings.map("client_host_volumes").forEach((name, value) -> {
            Map<?, ?> block = value instanceof List<?> list && !list.isEmpty() && list.getFirst() instanceof Map<?, ?> first ? first
                    : value instanceof Map<?, ?> map ? map : Map.of();
            block.keySet().stream().filter(key -> !VOLUME.contains(String.valueOf(key)))
                    .forEach(key -> settings.problem("invalid config key client.host_volume." + name + "." + key));
            String path = block.get("path") == null ? "" : String.valueOf(block.get("path"));
            if (path.isEmpty() || !Path.of(path).isAbsolute() || !Files.exists(Path.of(path))) {
                settings.problem("client.host_volume \"" + name + "\": path \"" + path + "\" has to be a folder that is there, from the root on");
            } else {
                volumes.put(name, new HostVolume(name, path, Boolean.TRUE.equals(block.get("read_only"))));
            }
        });
        return volumes;
    }

    /** Unknown keys of the plugins' stanzas are problems here, for they have no line of their own any more. */
    private DriverSettings drivers() {
        Map<String, Map<String, Object>> plugins = new LinkedHashMap<>();
        for (String driver : settings.texts("plugins").keySet()) {
            plugins.put(driver, settings.map("plugin." + driver));
        }
        DriverSettings drivers = new DriverSettings(dev, plugins, settings.texts("client_options"), settings.texts("chroot_env"));
        drivers.problems().forEach(settings::problem);
        return drivers;
    }
}
