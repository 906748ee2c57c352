package muster.scheduler.driver;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.BindOptions;
import com.github.dockerjava.api.model.BindPropagation;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Device;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.TmpfsOptions;
import com.github.dockerjava.api.model.Ulimit;
import com.github.dockerjava.api.model.VolumeOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import muster.scheduler.driver.ConfigKeys.Kind;

/** From a task to a container, and everything that is wrong with it. Pure. (Nomad docs: docker driver; Engine API: ContainerCreate) */
record DockerPlan(Config plugin, TaskLaunch launch) {
    /** The label by which a container is known to be a node's of ours. */
    static final String NODE_LABEL = "dev.muster.node_id";
    static final String ALLOCATION_LABEL = "com.hashicorp.nomad.alloc_id";
    static final String TASK_LABEL = "com.hashicorp.nomad.task_name";

    private static final long PERIOD_MICROS = 100_000;
    private static final ConfigKeys DRIVER = new ConfigKeys(
            Map.of("name", Kind.TEXT, "options", Kind.TEXT_MAP), List.of());
    private static final ConfigKeys MOUNT = new ConfigKeys(
            Map.of("type", Kind.TEXT, "source", Kind.TEXT, "target", Kind.TEXT, "readonly", Kind.FLAG),
            Map.of("bind_options", new ConfigKeys(Map.of("propagation", Kind.TEXT), List.of()),
                    "tmpfs_options", new ConfigKeys(Map.of("size", Kind.NUMBER, "mode", Kind.NUMBER), List.of()),
                    "volume_options", new ConfigKeys(Map.of("no_copy", Kind.FLAG, "labels", Kind.TEXT_MAP), Map.of("driver_config", DRIVER), List.of())),
            List.of("target"));
    static final ConfigKeys KEYS = keys();

    static final ConfigKeys PLUGIN_KEYS = new ConfigKeys(
            Map.ofEntries(Map.entry("endpoint", Kind.TEXT), Map.entry("allow_privileged", Kind.FLAG), Map.entry("allow_caps", Kind.TEXTS),
                    Map.entry("extra_labels", Kind.TEXTS), Map.entry("pids_limit", Kind.NUMBER), Map.entry("pull_activity_timeout", Kind.TEXT),
                    Map.entry("infra_image", Kind.TEXT), Map.entry("infra_image_pull_timeout", Kind.TEXT),
                    Map.entry("disable_log_collection", Kind.FLAG), Map.entry("volumes_enabled", Kind.FLAG)),
            Map.of("auth", new ConfigKeys(Map.of("config", Kind.TEXT, "helper", Kind.TEXT), List.of()),
                    "volumes", new ConfigKeys(Map.of("enabled", Kind.FLAG, "selinuxlabel", Kind.TEXT), List.of()),
                    "gc", new ConfigKeys(
                            Map.of("image", Kind.FLAG, "image_delay", Kind.TEXT, "container", Kind.FLAG),
                            Map.of("dangling_containers", new ConfigKeys(Map.of("enabled", Kind.FLAG, "dry_run", Kind.FLAG,
                                    "period", Kind.TEXT, "creation_grace", Kind.TEXT), List.of())), List.of())),
            List.of());

    private static ConfigKeys keys() {
        Map<String, Kind> keys = new LinkedHashMap<>();
        for (String text : List.of("image", "command", "hostname", "work_dir", "network_mode", "ipc_mode", "pid_mode", "uts_mode", "userns_mode",
                "cpuset_cpus", "runtime", "ipv4_address", "ipv6_address", "mac_address", "load", "image_pull_timeout", "volume_driver", "isolation")) {
            keys.put(text, Kind.TEXT);
        }
        for (String flag : List.of("force_pull", "privileged", "tty", "interactive", "init", "readonly_rootfs", "cpu_hard_limit",
                "auth_soft_fail", "advertise_ipv6_address")) {
            keys.put(flag, Kind.FLAG);
        }
        for (String number : List.of("shm_size", "pids_limit", "cpu_cfs_period", "memory_hard_limit")) {
            keys.put(number, Kind.NUMBER);
        }
        for (String texts : List.of("args", "ports", "volumes", "cap_add", "cap_drop", "dns_servers", "dns_search_domains", "dns_options",
                "extra_hosts", "network_aliases", "security_opt", "group_add", "entrypoint", "tmpfs")) {
            keys.put(texts, Kind.TEXTS);
        }
        for (String map : List.of("labels", "port_map", "ulimit", "sysctl", "storage_opt")) {
            keys.put(map, Kind.TEXT_MAP);
        }
        return new ConfigKeys(keys, Map.of(
                "auth", new ConfigKeys(Map.of("username", Kind.TEXT, "password", Kind.TEXT, "email", Kind.TEXT, "server_address", Kind.TEXT), List.of()),
                "logging", new ConfigKeys(Map.of("type", Kind.TEXT, "driver", Kind.TEXT, "config", Kind.TEXT_MAP), List.of()),
                "mount", MOUNT, "mounts", MOUNT,
                "devices", new ConfigKeys(Map.of("host_path", Kind.TEXT, "container_path", Kind.TEXT, "cgroup_permissions", Kind.TEXT), List.of("host_path")),
                "healthchecks", new ConfigKeys(Map.of("disable", Kind.FLAG), List.of())), List.of("image"));
    }

    private Config config() {
        return new Config(launch.config());
    }

    /** Everything that is wrong, one line each. */
    List<String> problems() {
        List<String> problems = new ArrayList<>(KEYS.problems(launch.config()));
        if (!problems.isEmpty()) {
            return problems;
        }
        Config config = config();
        if (config.text("image").isBlank()) {
            problems.add("image name required");
        }
        if (config.flag("privileged", false) && !plugin.flag("allow_privileged", false)) {
            problems.add("Docker privileged mode is disabled on this Nomad agent");
        }
        problems.addAll(Capabilities.problems(allowed(), config.texts("cap_add"), config.texts("cap_drop")));
        for (String label : config.texts("ports")) {
            if (port(label).isEmpty()) {
                problems.add("Port \"" + label + "\" not found, check network stanza");
            }
        }
        config.map("port_map").forEach((label, port) -> {
            if (port(label).isEmpty()) {
                problems.add("Port \"" + label + "\" not found, check network stanza");
            } else if (!port.matches("\\d{1,5}")) {
                problems.add("port_map \"" + label + "\" must be a number, got \"" + port + "\"");
            }
        });
        config.texts("volumes").forEach(volume -> mount(volume, problems));
        for (Config mount : mounts()) {
            mount(mount, problems);
        }
        config.map("ulimit").forEach((name, value) -> {
            if (!value.matches("-?\\d+(:-?\\d+)?")) {
                problems.add("ulimit \"" + name + "\" must be SOFT or SOFT:HARD, got \"" + value + "\"");
            }
        });
        config.duration("image_pull_timeout").ifPresentOrElse(timeout -> {}, () -> {
            if (config.has("image_pull_timeout")) {
                problems.add("image_pull_timeout \"" + config.text("image_pull_timeout") + "\" is no duration such as 5m");
            }
        });
        return problems;
    }

    private Capabilities allowed() {
        return plugin.has("allow_caps") ? Capabilities.of(plugin.texts("allow_caps")) : Capabilities.USUAL;
    }

    private boolean volumesAllowed() {
        return plugin.block("volumes").flag("enabled", false);
    }

    private Optional<TaskGrants.PortGrant> port(String label) {
        return launch.grants().ports().stream().filter(port -> port.label().equals(label)).findFirst();
    }

    private List<Config> mounts() {
        List<Config> all = new ArrayList<>(config().blocks("mount"));
        all.addAll(config().blocks("mounts"));
        return all;
    }

    /** A path of the machine: one that is relative is of the task's folder and may not leave its allocation's. */
    private Optional<Path> source(String text, List<String> problems) {
        Path path = launch.folder().resolve(text).normalize();
        if (path.startsWith(launch.folder().getParent()) || volumesAllowed()) {
            return Optional.of(path);
        }
        problems.add("volumes are not enabled; cannot mount host paths: \"" + text + "\"");
        return Optional.empty();
    }

    private Optional<Mount> mount(String volume, List<String> problems) {
        String[] parts = volume.split(":");
        if (parts.length < 2 || parts.length > 3) {
            problems.add("invalid docker volume: \"" + volume + "\": it must be SOURCE:TARGET or SOURCE:TARGET:MODE");
            return Optional.empty();
        }
        boolean readOnly = parts.length == 3 && List.of(parts[2].split(",")).contains("ro");
        if (!parts[0].contains("/") && config().has("volume_driver")) {
            return Optional.of(new Mount().withType(MountType.VOLUME).withSource(parts[0]).withTarget(parts[1]).withReadOnly(readOnly)
                    .withVolumeOptions(new VolumeOptions().withDriverConfig(
                            new com.github.dockerjava.api.model.Driver().withName(config().text("volume_driver")))));
        }
        return source(parts[0], problems).map(path -> bind(path, parts[1], readOnly));
    }

    private static Mount bind(Path source, String target, boolean readOnly) {
        return new Mount().withType(MountType.BIND).withSource(source.toString()).withTarget(Path.of("/").resolve(target).toString()).withReadOnly(readOnly);
    }

    private Optional<Mount> mount(Config mount, List<String> problems) {
        String type = mount.text("type", "volume");
        boolean readOnly = mount.flag("readonly", false);
        switch (type) {
            case "bind" -> {
                Optional<Mount> bound = source(mount.text("source"), problems).map(path -> bind(path, mount.text("target"), readOnly));
                String propagation = mount.block("bind_options").text("propagation").toUpperCase(Locale.ROOT);
                if (!propagation.isEmpty()) {
                    try {
                        BindPropagation wanted = BindPropagation.valueOf(propagation);
                        bound.ifPresent(one -> one.withBindOptions(new BindOptions().withPropagation(wanted)));
                    } catch (IllegalArgumentException e) {
                        problems.add("mount \"" + mount.text("target") + "\" has an unknown propagation \"" + propagation.toLowerCase(Locale.ROOT) + "\"");
                    }
                }
                return bound;
            }
            case "tmpfs" -> {
                Config options = mount.block("tmpfs_options");
                TmpfsOptions tmpfs = new TmpfsOptions();
                options.number("size").ifPresent(tmpfs::withSizeBytes);
                options.number("mode").ifPresent(mode -> tmpfs.withMode(mode.intValue()));
                return Optional.of(new Mount().withType(MountType.TMPFS).withTarget(mount.text("target")).withReadOnly(readOnly).withTmpfsOptions(tmpfs));
            }
            case "volume" -> {
                if (!volumesAllowed()) {
                    problems.add("volumes are not enabled; cannot mount volume: \"" + mount.text("source") + "\"");
                }
                Config given = mount.block("volume_options");
                VolumeOptions options = new VolumeOptions().withNoCopy(given.flag("no_copy", false)).withLabels(given.map("labels"));
                Config driver = given.block("driver_config");
                if (driver.has("name")) {
                    options.withDriverConfig(new com.github.dockerjava.api.model.Driver().withName(driver.text("name")).withOptions(driver.map("options")));
                }
                return Optional.of(new Mount().withType(MountType.VOLUME).withSource(mount.text("source")).withTarget(mount.text("target"))
                        .withReadOnly(readOnly).withVolumeOptions(options));
            }
            default -> {
                problems.add("mount \"" + mount.text("target") + "\" has an unknown type \"" + type + "\": bind, volume or tmpfs");
                return Optional.empty();
            }
        }
    }

    /** The name of the container, unique on its machine. */
    String name() {
        return launch.name() + "-" + launch.owner().allocation();
    }

    String image() {
        return config().text("image").replaceFirst("^https?://", "").replaceFirst("^docker://", "");
    }

    /** Fills in the command that makes the container. */
    void fill(CreateContainerCmd create) {
        Config config = config();
        List<String> command = new ArrayList<>();
        if (!config.text("command").isEmpty()) {
            command.add(config.text("command"));
        }
        command.addAll(config.texts("args"));
        if (!command.isEmpty()) {
            create.withCmd(command);
        }
        if (!config.texts("entrypoint").isEmpty()) {
            create.withEntrypoint(config.texts("entrypoint"));
        }
        Map<String, String> labels = new LinkedHashMap<>(config.map("labels"));
        labels.putAll(labels());
        create.withName(name()).withLabels(labels)
                .withEnv(launch.environment().entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList())
                .withTty(config.flag("tty", false)).withStdinOpen(config.flag("interactive", false))
                .withHostConfig(host(config));
        optional(config, "hostname").ifPresent(create::withHostName);
        optional(config, "work_dir").ifPresent(create::withWorkingDir);
        optional(config, "ipv4_address").ifPresent(create::withIpv4Address);
        optional(config, "ipv6_address").ifPresent(create::withIpv6Address);
        optional(config, "mac_address").ifPresent(create::withMacAddress);
        if (!launch.grants().user().isEmpty()) {
            create.withUser(launch.grants().user());
        }
        if (!config.texts("network_aliases").isEmpty()) {
            create.withAliases(config.texts("network_aliases"));
        }
        if (config.block("healthchecks").flag("disable", false)) {
            create.withHealthcheck(new HealthCheck().withTest(List.of("NONE")));
        }
        create.withExposedPorts(new ArrayList<>(published().getBindings().keySet()));
    }

    private static Optional<String> optional(Config config, String key) {
        return Optional.of(config.text(key)).filter(text -> !text.isEmpty());
    }

    private Map<String, String> labels() {
        TaskLaunch.Owner owner = launch.owner();
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(NODE_LABEL, owner.nodeId());
        labels.put(ALLOCATION_LABEL, owner.allocation());
        labels.put(TASK_LABEL, launch.name());
        Map<String, String> more = Map.of("job_name", owner.jobName(), "job_id", owner.job(), "task_group_name", owner.group(),
                "namespace", owner.namespace(), "node_id", owner.nodeId());
        for (String wanted : plugin.texts("extra_labels")) {
            String prefix = wanted.endsWith("*") ? wanted.substring(0, wanted.length() - 1) : null;
            more.forEach((key, value) -> {
                if (prefix == null ? wanted.equals(key) : key.startsWith(prefix)) {
                    labels.put("com.hashicorp.nomad." + key, value);
                }
            });
        }
        return labels;
    }

    /** Whether the container has the machine's network, where nothing is to be published. */
    private boolean isHostNetwork() {
        return List.of("host", "none").contains(config().text("network_mode"));
    }

    private Ports published() {
        Ports ports = new Ports();
        if (isHostNetwork()) {
            return ports;
        }
        for (String label : new TreeSet<>(config().texts("ports"))) {
            port(label).ifPresent(grant -> publish(ports, grant, grant.to() > 0 ? grant.to() : grant.value()));
        }
        config().map("port_map").forEach((label, inside) -> port(label).ifPresent(grant -> publish(ports, grant, Integer.parseInt(inside))));
        return ports;
    }

    private static void publish(Ports ports, TaskGrants.PortGrant grant, int inside) {
        for (InternetProtocol protocol : List.of(InternetProtocol.TCP, InternetProtocol.UDP)) {
            ports.bind(new ExposedPort(inside, protocol), Ports.Binding.bindIpAndPort(grant.hostIp(), grant.value()));
        }
    }

    private HostConfig host(Config config) {
        TaskGrants.Limits limits = launch.grants().limits();
        List<Mount> mounts = new ArrayList<>();
        List<String> found = new ArrayList<>();
        mounts.add(bind(launch.shared(), "/alloc", false));
        mounts.add(bind(launch.folder().resolve("local"), "/local", false));
        mounts.add(bind(launch.folder().resolve("secrets"), "/secrets", false));
        launch.grants().mounts().forEach(mount -> mounts.add(bind(mount.source(), mount.target(), mount.readOnly())));
        config.texts("volumes").forEach(volume -> mount(volume, found).ifPresent(mounts::add));
        mounts().forEach(one -> mount(one, found).ifPresent(mounts::add));
        Capabilities granted = Capabilities.granted(allowed(), config.texts("cap_add"), config.texts("cap_drop"));
        HostConfig host = HostConfig.newHostConfig().withMounts(mounts).withPortBindings(published())
                .withPrivileged(config.flag("privileged", false)).withReadonlyRootfs(config.flag("readonly_rootfs", false))
                .withInit(config.flag("init", false)).withCapDrop(Capability.ALL)
                .withCapAdd(new TreeSet<>(granted.names()).stream().map(name -> name.toUpperCase(Locale.ROOT)).map(Capability::valueOf).toArray(Capability[]::new))
                .withLogConfig(logging(config.block("logging")));
        limits(host, config, limits);
        optional(config, "network_mode").ifPresent(host::withNetworkMode);
        optional(config, "ipc_mode").ifPresent(host::withIpcMode);
        optional(config, "pid_mode").ifPresent(host::withPidMode);
        optional(config, "uts_mode").ifPresent(host::withUtSMode);
        optional(config, "userns_mode").ifPresent(host::withUsernsMode);
        optional(config, "runtime").ifPresent(host::withRuntime);
        Optional.of(config.texts("dns_servers")).filter(list -> !list.isEmpty()).ifPresent(host::withDns);
        Optional.of(config.texts("dns_search_domains")).filter(list -> !list.isEmpty()).ifPresent(host::withDnsSearch);
        Optional.of(config.texts("dns_options")).filter(list -> !list.isEmpty()).ifPresent(host::withDnsOptions);
        Optional.of(config.texts("security_opt")).filter(list -> !list.isEmpty()).ifPresent(host::withSecurityOpts);
        Optional.of(config.texts("group_add")).filter(list -> !list.isEmpty()).ifPresent(host::withGroupAdd);
        host.withExtraHosts(config.texts("extra_hosts").toArray(String[]::new)).withSysctls(config.map("sysctl"))
                .withStorageOpt(config.map("storage_opt").isEmpty() ? null : config.map("storage_opt"));
        host.withDevices(config.blocks("devices").stream().map(device -> new Device(device.text("cgroup_permissions", "rwm"),
                device.text("container_path", device.text("host_path")), device.text("host_path"))).toList());
        Map<String, String> tmpfs = new LinkedHashMap<>();
        config.texts("tmpfs").forEach(entry -> tmpfs.put(entry.split(":", 2)[0], entry.contains(":") ? entry.split(":", 2)[1] : ""));
        return tmpfs.isEmpty() ? host : host.withTmpFs(tmpfs);
    }

    private void limits(HostConfig host, Config config, TaskGrants.Limits limits) {
        if (limits.memoryBytes() > 0) {
            long most = config.number("memory_hard_limit").map(megabytes -> megabytes << 20).orElse(limits.hardMemoryBytes());
            host.withMemory(Math.max(most, limits.memoryBytes())).withMemorySwap(Math.max(most, limits.memoryBytes()));
            if (most > limits.memoryBytes()) {
                host.withMemoryReservation(limits.memoryBytes());
            }
        }
        if (limits.cpuMhz() > 0) {
            host.withCpuShares((int) Math.max(2, limits.cpuMhz()));
        }
        if (config.flag("cpu_hard_limit", false)) {
            long period = config.number("cpu_cfs_period").orElse(PERIOD_MICROS);
            host.withCpuPeriod(period).withCpuQuota((long) Math.max(1000, limits.cores() * period));
        }
        String cpus = String.join(",", limits.cpus().stream().map(String::valueOf).toList());
        optional(config, "cpuset_cpus").or(() -> Optional.of(cpus).filter(text -> !text.isEmpty())).ifPresent(host::withCpusetCpus);
        config.number("shm_size").ifPresent(host::withShmSize);
        config.number("pids_limit").or(() -> plugin.number("pids_limit")).filter(most -> most > 0).ifPresent(host::withPidsLimit);
        List<Ulimit> ulimits = new ArrayList<>();
        config.map("ulimit").forEach((name, value) -> {
            String[] parts = value.split(":");
            ulimits.add(new Ulimit(name, Long.parseLong(parts[0]), Long.parseLong(parts[parts.length - 1])));
        });
        host.withUlimits(ulimits);
    }

    private static LogConfig logging(Config logging) {
        String type = logging.text("type", logging.text("driver", "json-file"));
        Map<String, String> options = logging.map("config");
        // What the task says is copied into files of the allocation; the engine's own are for looking back a little.
        Map<String, String> used = options.isEmpty() && type.equals("json-file") ? Map.of("max-file", "2", "max-size", "2m") : options;
        LogConfig.LoggingType known = LogConfig.LoggingType.fromValue(type);
        return new LogConfig(known == null ? LogConfig.LoggingType.JSON_FILE : known, used);
    }
}
