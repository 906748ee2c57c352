package muster.scheduler.driver;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Device;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Ulimit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** From a task to a container, and everything that is wrong with it. Pure. (Nomad docs: docker driver; Engine API: ContainerCreate) */
record DockerPlan(Config plugin, TaskLaunch launch) {
    /** The label by which a container is known to be a node's of ours. */
    static final String NODE_LABEL = "dev.muster.node_id";
    static final String ALLOCATION_LABEL = "com.hashicorp.nomad.alloc_id";
    static final String TASK_LABEL = "com.hashicorp.nomad.task_name";

    private static final long PERIOD_MICROS = 100_000;
    /** Those that tasks may ask for unless the plugin's {@code allow_runtimes} says otherwise. */
    private static final List<String> RUNTIMES = List.of("runc", "nvidia");

    private Config config() {
        return new Config(launch.config());
    }

    /** Everything that is wrong, one line each. */
    List<String> problems() {
        List<String> problems = new ArrayList<>(DockerKeys.TASK.problems(launch.config()));
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
        List<String> runtimes = plugin.has("allow_runtimes") ? plugin.texts("allow_runtimes") : RUNTIMES;
        if (config.has("runtime") && !runtimes.contains(config.text("runtime"))) {
            problems.add("requested runtime \"" + config.text("runtime") + "\" is not allowed");
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
            } else if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
                problems.add("port_map \"" + label + "\" must be a port's number, got \"" + port + "\"");
            }
        });
        problems.addAll(new DockerMounts(plugin, launch).problems());
        config.map("ulimit").forEach((name, value) -> {
            if (!value.matches("-?\\d+(:-?\\d+)?")) {
                problems.add("ulimit \"" + name + "\" must be SOFT or SOFT:HARD, got \"" + value + "\"");
            }
        });
        String logging = config.block("logging").text("type", config.block("logging").text("driver", "json-file"));
        if (LogConfig.LoggingType.fromValue(logging) == null) {
            problems.add("logging: there is no type \"" + logging + "\": use json-file, local, journald, syslog, fluentd or none");
        }
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

    private Optional<TaskGrants.PortGrant> port(String label) {
        return launch.grants().ports().stream().filter(port -> port.label().equals(label)).findFirst();
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
        inside().forEach((label, number) -> publish(ports, port(label).orElseThrow(), number));
        return ports;
    }

    /** Where the task listens in its container, by the labels of its ports. */
    Map<String, Integer> inside() {
        Map<String, Integer> inside = new TreeMap<>();
        config().texts("ports").forEach(label -> port(label).ifPresent(grant -> inside.put(label, grant.to() > 0 ? grant.to() : grant.value())));
        config().map("port_map").forEach((label, number) -> port(label).ifPresent(grant -> inside.put(label, Integer.parseInt(number))));
        return inside;
    }

    private static void publish(Ports ports, TaskGrants.PortGrant grant, int inside) {
        for (InternetProtocol protocol : List.of(InternetProtocol.TCP, InternetProtocol.UDP)) {
            ports.bind(new ExposedPort(inside, protocol), Ports.Binding.bindIpAndPort(grant.hostIp(), grant.value()));
        }
    }

    private HostConfig host(Config config) {
        TaskGrants.Limits limits = launch.grants().limits();
        Capabilities granted = Capabilities.granted(allowed(), config.texts("cap_add"), config.texts("cap_drop"));
        HostConfig host = HostConfig.newHostConfig().withMounts(new DockerMounts(plugin, launch).all()).withPortBindings(published())
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
        return new LogConfig(LogConfig.LoggingType.fromValue(type), used);
    }
}
