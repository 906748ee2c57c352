package muster.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * From settings to options: defaults, and the rules that values have to keep to. What breaks one becomes a problem of the settings.
 * Used once, by one thread.
 */
final class OptionRules {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Set<String> ANY = Set.of("0.0.0.0", "::");

    private final String tool;
    private final boolean dev;
    private final Settings settings;
    private final Map<String, String> environment;
    private final Machine machine;

    OptionRules(String tool, boolean dev, Settings settings, Map<String, String> environment, Machine machine) {
        this.tool = tool;
        this.dev = dev;
        this.settings = settings;
        this.environment = environment;
        this.machine = machine;
    }

    AgentOptions options() {
        Set<AgentOptions.Part> parts = switch (tool) {
            case "consul" -> EnumSet.of(AgentOptions.Part.REGISTRY, AgentOptions.Part.DNS);
            case "nomad" -> EnumSet.of(AgentOptions.Part.SCHEDULER);
            default -> EnumSet.allOf(AgentOptions.Part.class);
        };
        Optional<Path> dataDir = path("data_dir");
        if (!dev && dataDir.isEmpty()) {
            settings.problem("data_dir cannot be empty: give -data-dir a folder to keep the state in, or -dev to keep it in memory");
        }
        String host = host();
        String datacenter = datacenter();
        AutopilotBlock.check(settings);
        ClusterOptions cluster = new ClusterRules(settings, tool, dev, datacenter).options();
        String advertise = advertise(host, cluster);
        AgentOptions.Ports ports = ports();
        return new AgentOptions(parts, dev, node(), datacenter, settings.text("region", "global"), host, advertise, ports, dataDir,
                log(), path("pid_file"), upstream(), new RegistryRules(settings, tool, dev, datacenter, host, dataDir).options(),
                new ClientRules(settings, dev).options(),
                new SchedulerRules(settings, tool, dev).options(cluster, dataDir, new TlsRules(settings, host), ports.scheduler()), cluster);
    }

    /** A relative path is one below the folder in which the agent was started. */
    private Optional<Path> path(String name) {
        return settings.has(name) && !settings.text(name, "").isEmpty()
                ? Optional.of(Path.of(settings.text(name, "")).toAbsolutePath().normalize())
                : Optional.empty();
    }

    private String node() {
        String node = settings.text("node_name", "");
        return node.isEmpty() ? machine.name() : node;
    }

    /** Consul binds its API to client_addr, Nomad to bind_addr; an agent of all parts takes either. */
    private String host() {
        String host = tool.equals("consul")
                ? settings.text("client_addr", "127.0.0.1")
                : settings.text("client_addr", settings.text("bind_addr", "127.0.0.1"));
        if (host.contains(" ") || host.contains("{{") || host.startsWith("unix:")) {
            settings.problem("client_addr \"" + host + "\" has to be one address, without templates or sockets of files");
        }
        return host.equals("localhost") ? "127.0.0.1" : host;
    }

    private String advertise(String host, ClusterOptions cluster) {
        boolean others = cluster.role() != ClusterOptions.Role.ALONE;
        List<String> told = List.of(settings.text("advertise_addr", ""), tool.equals("consul") ? settings.text("bind_addr", "") : "",
                others ? cluster.bind() : "");
        Optional<String> address = told.stream().filter(text -> !text.isEmpty() && !ANY.contains(text)).findFirst();
        if (address.isPresent()) {
            return address.get();
        }
        boolean reachable = !ANY.contains(host) && !host.equals(LOOPBACK);
        return reachable ? host : others ? machineAddress() : LOOPBACK;
    }

    /** Of an agent that others are to reach and that was not told where. (Consul agent configuration: bind_addr, advertise_addr) */
    private String machineAddress() {
        List<String> addresses = machine.privateAddresses();
        if (addresses.size() > 1) {
            settings.problem("Multiple private IPv4 addresses found. Please configure one with 'bind' and/or 'advertise'. They are "
                    + String.join(", ", addresses));
        }
        if (addresses.isEmpty() && !machine.addresses().isEmpty()) {
            settings.problem("No private IPv4 address found. Please configure one with 'bind' and/or 'advertise'. The machine has "
                    + String.join(", ", machine.addresses()));
        }
        // A machine that has no network is a cluster by itself.
        return addresses.isEmpty() ? LOOPBACK : addresses.getFirst();
    }

    private AgentOptions.Ports ports() {
        AgentOptions.Ports usual = AgentOptions.Ports.USUAL;
        return new AgentOptions.Ports(port("http", usual.registry()), port("dns", usual.dns()), port("scheduler", usual.scheduler()),
                port("lb", usual.balancer()), port("lb_api", usual.balancerApi()));
    }

    private int port(String name, int usual) {
        int port = settings.number("ports." + name, usual);
        if (port < -1 || port > 65_535) {
            settings.problem("ports." + name + " has to be from 1 to 65535, 0 for a free one or -1 for none (found " + port + ")");
            return usual;
        }
        return port;
    }

    private String datacenter() {
        String datacenter = settings.text("datacenter", "dc1");
        if (!datacenter.matches("[A-Za-z0-9_-]+")) {
            settings.problem("datacenter \"" + datacenter + "\" can only contain alphanumeric characters, dashes and underscores");
        }
        return datacenter.toLowerCase(Locale.ROOT);
    }

    private AgentOptions.Upstream upstream() {
        String given = settings.text("registry_address", environment.getOrDefault("CONSUL_HTTP_ADDR", ""));
        return new AgentOptions.Upstream(given.isEmpty() ? "127.0.0.1:8500" : given,
                settings.text("registry_token", environment.getOrDefault("CONSUL_HTTP_TOKEN", "")));
    }

    private AgentOptions.Log log() {
        AgentOptions.Log usual = AgentOptions.Log.USUAL;
        String given = settings.text("log_rotate_duration", "");
        Duration after = given.isEmpty() ? usual.rotateAfter() : muster.wire.GoDuration.tryParse(given).orElse(Duration.ZERO);
        if (!after.isPositive()) {
            settings.problem("log_rotate_duration \"" + given + "\" has to be a duration, as 24h");
        }
        // A name that ends in a slash is a folder for files with the usual name.
        Optional<Path> file = path("log_file").map(path -> settings.text("log_file", "").endsWith("/") ? path.resolve("consul.log") : path);
        return new AgentOptions.Log(level(), settings.on("log_json"), file, settings.number("log_rotate_bytes", 0), after,
                settings.number("log_rotate_max_files", 0));
    }

    private AgentOptions.LogLevel level() {
        String word = settings.text("log_level", "INFO").toUpperCase(Locale.ROOT);
        return switch (word) {
            case "TRACE" -> AgentOptions.LogLevel.TRACE;
            case "DEBUG" -> AgentOptions.LogLevel.DEBUG;
            case "INFO" -> AgentOptions.LogLevel.INFO;
            case "WARN", "WARNING" -> AgentOptions.LogLevel.WARN;
            case "ERR", "ERROR" -> AgentOptions.LogLevel.ERROR;
            default -> {
                settings.problem("log level \"" + word + "\" is unknown: use TRACE, DEBUG, INFO, WARN or ERROR");
                yield AgentOptions.LogLevel.INFO;
            }
        };
    }
}
