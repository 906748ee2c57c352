package muster.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import muster.wire.GoFlags;

/**
 * The command line of {@code muster agent}, {@code consul agent} and {@code nomad agent}: their flags, and the files that they
 * name. Reads files and nothing else.
 */
final class AgentArguments {
    /** All that is wrong, one line each. */
    static final class Refused extends RuntimeException {
        private final transient List<String> problems;

        Refused(List<String> problems) {
            super(String.join("\n", problems), null, false, false);
            this.problems = List.copyOf(problems);
        }

        List<String> problems() {
            return problems;
        }
    }

    private static final String[] SWITCHES = {"dev", "server", "client", "bootstrap", "ui", "dev-connect", "enable-script-checks",
        "enable-local-script-checks", "enable-raw-exec", "log-json", "dev-consul", "dev-vault"};
    private static final String[] TEXTS = {"datacenter", "dc", "log-level", "bind", "client-addr", "node", "node-id", "data-dir", "domain",
        "region", "http-port", "dns-port", "scheduler-port", "lb-port", "lb-api-port", "advertise", "consul-address", "node-class",
        "cpu-total-compute", "memory-total-mb", "network-interface", "pid-file", "log-file", "http-addr"};
    private static final String[] LISTS = {"config", "config-file", "config-dir", "recursor", "node-meta", "meta", "retry-join", "join",
        "bootstrap-expect", "servers"};

    private AgentArguments() {}

    /**
     * @param tool consul runs the registry and DNS, nomad the scheduler, muster everything
     * @param host the machine's name, the node's unless given
     */
    static AgentOptions parse(String tool, List<String> args, Map<String, String> environment, String host) {
        Settings settings = new Settings();
        GoFlags flags = new GoFlags().switches(SWITCHES).texts(TEXTS).lists(LISTS);
        if (tool.equals("consul")) {
            // Consul's -client is an address, Nomad's a switch.
            flags.texts("client");
        }
        flags.parse(args);
        if (!flags.rest().isEmpty()) {
            settings.problem("unexpected argument \"" + flags.rest().getFirst() + "\": an agent takes flags alone");
        }
        files(flags, tool, settings);
        flags(flags, tool, settings);
        AgentOptions options = options(tool, flags, settings, environment, host);
        if (!settings.problems().isEmpty()) {
            throw new Refused(settings.problems());
        }
        return options;
    }

    private static void files(GoFlags flags, String tool, Settings settings) {
        List<String> paths = new ArrayList<>(flags.all("config"));
        paths.addAll(flags.all("config-file"));
        paths.addAll(flags.all("config-dir"));
        for (String path : paths) {
            for (Path file : expand(Path.of(path), settings)) {
                try {
                    ConfigFile.read(file.toString(), Files.readString(file), tool, settings);
                } catch (IOException e) {
                    settings.problem(file + ": can't be read: " + e.getMessage());
                }
            }
        }
    }

    /** A file, or the .hcl and .json files of a folder in the order of their names. */
    private static List<Path> expand(Path path, Settings settings) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.toString().matches(".*\\.(hcl|json)")).sorted().toList();
        } catch (IOException e) {
            settings.problem(path + ": can't be listed: " + e.getMessage());
            return List.of();
        }
    }

    private static void flags(GoFlags flags, String tool, Settings settings) {
        copy(flags, settings, "datacenter", "datacenter");
        copy(flags, settings, "dc", "datacenter");
        copy(flags, settings, "node", "node");
        copy(flags, settings, "region", "region");
        copy(flags, settings, "data-dir", "data_dir");
        copy(flags, settings, "log-level", "log_level");
        copy(flags, settings, "domain", "domain");
        copy(flags, settings, "advertise", "advertise");
        copy(flags, settings, "consul-address", "registry_address");
        copy(flags, settings, "node-class", "node_class");
        copy(flags, settings, "network-interface", "network_interface");
        copy(flags, settings, "bind", tool.equals("consul") ? "advertise" : "host");
        copy(flags, settings, tool.equals("consul") ? "client" : "client-addr", "host");
        for (String[] port : new String[][] {{"http-port", "http"}, {"dns-port", "dns"}, {"scheduler-port", "scheduler"},
            {"lb-port", "lb"}, {"lb-api-port", "lb_api"}}) {
            number(flags, settings, port[0], "port_" + (port[1].equals("http") && tool.equals("nomad") ? "scheduler" : port[1]));
        }
        number(flags, settings, "cpu-total-compute", "cpu_total_compute");
        number(flags, settings, "memory-total-mb", "memory_total_mb");
        settings.append("recursors", flags.all("recursor"));
        pairs(flags, settings, "node-meta", ":", "node_meta");
        pairs(flags, settings, "meta", "=", "client_meta");
        if (flags.on("enable-script-checks")) {
            settings.set("enable_script_checks", true);
        }
        if (flags.on("enable-local-script-checks")) {
            settings.set("enable_local_script_checks", true);
        }
        if (flags.on("enable-raw-exec")) {
            settings.set("raw_exec", true);
        }
        for (String joining : List.of("retry-join", "join", "servers")) {
            if (flags.has(joining)) {
                settings.problem("-" + joining + " joins a cluster of several agents, which this version does not run: leave it out"
                        + " and run everything in one agent");
            }
        }
        for (String expected : flags.all("bootstrap-expect")) {
            if (!expected.equals("1")) {
                settings.problem("-bootstrap-expect " + expected + ": this version runs one server, so only 1 is possible");
            }
        }
    }

    private static void copy(GoFlags flags, Settings settings, String flag, String name) {
        if (flags.has(flag)) {
            settings.set(name, flags.text(flag));
        }
    }

    private static void number(GoFlags flags, Settings settings, String flag, String name) {
        if (flags.has(flag)) {
            try {
                settings.set(name, Integer.parseInt(flags.text(flag)));
            } catch (NumberFormatException e) {
                settings.problem("-" + flag + " has to be a number (found \"" + flags.text(flag) + "\")");
            }
        }
    }

    private static void pairs(GoFlags flags, Settings settings, String flag, String separator, String name) {
        for (String pair : flags.all(flag)) {
            int at = pair.indexOf(separator);
            if (at <= 0) {
                settings.problem("-" + flag + " has to have the form KEY" + separator + "VALUE (found \"" + pair + "\")");
            } else {
                settings.merge(name, Map.of(pair.substring(0, at), pair.substring(at + 1)));
            }
        }
    }

    private static AgentOptions options(
            String tool, GoFlags flags, Settings settings, Map<String, String> environment, String host) {
        boolean dev = flags.on("dev") || flags.has("dev-connect");
        Set<AgentOptions.Part> parts = switch (tool) {
            case "consul" -> EnumSet.of(AgentOptions.Part.REGISTRY, AgentOptions.Part.DNS);
            case "nomad" -> EnumSet.of(AgentOptions.Part.SCHEDULER);
            default -> EnumSet.allOf(AgentOptions.Part.class);
        };
        Optional<Path> dataDir = settings.has("data_dir")
                ? Optional.of(Path.of(settings.text("data_dir", "")).toAbsolutePath().normalize())
                : Optional.empty();
        if (!dev && dataDir.isEmpty()) {
            settings.problem("data_dir cannot be empty: give -data-dir a folder to keep the state in, or -dev to keep it in memory");
        }
        String address = settings.text("host", "127.0.0.1");
        if (address.equals("localhost")) {
            address = "127.0.0.1";
        }
        String advertise = settings.text("advertise", address.equals("0.0.0.0") ? "127.0.0.1" : address);
        if (advertise.equals("0.0.0.0")) {
            advertise = "127.0.0.1";
        }
        AgentOptions.Ports usual = AgentOptions.Ports.USUAL;
        return new AgentOptions(parts, dev, settings.text("node", host), datacenter(settings), settings.text("region", "global"),
                address, advertise,
                new AgentOptions.Ports(settings.number("port_http", usual.registry()), settings.number("port_dns", usual.dns()),
                        settings.number("port_scheduler", usual.scheduler()), settings.number("port_lb", usual.balancer()),
                        settings.number("port_lb_api", usual.balancerApi())),
                dataDir, level(settings), settings.text("domain", "consul").replaceFirst("\\.$", ""), settings.list("recursors"),
                registry(settings, environment), scripts(settings), settings.list("services"), settings.list("checks"),
                settings.texts("node_meta"),
                new AgentOptions.Client(settings.texts("client_meta"), settings.text("node_class", ""),
                        optional(settings, "cpu_total_compute"), optional(settings, "memory_total_mb"),
                        settings.text("network_interface", "lo"), settings.on("raw_exec")));
    }

    private static String datacenter(Settings settings) {
        String datacenter = settings.text("datacenter", "dc1");
        if (!datacenter.matches("[A-Za-z0-9_-]+")) {
            settings.problem("datacenter \"" + datacenter + "\" can only contain alphanumeric characters, dashes and underscores");
        }
        return datacenter.toLowerCase(Locale.ROOT);
    }

    private static String registry(Settings settings, Map<String, String> environment) {
        String given = settings.text("registry_address", environment.getOrDefault("CONSUL_HTTP_ADDR", ""));
        return given.isEmpty() ? "127.0.0.1:8500" : given;
    }

    private static Optional<Integer> optional(Settings settings, String name) {
        return settings.has(name) ? Optional.of(settings.number(name, 0)) : Optional.empty();
    }

    private static AgentOptions.Scripts scripts(Settings settings) {
        return settings.on("enable_script_checks") ? AgentOptions.Scripts.ANYBODY
                : settings.on("enable_local_script_checks") ? AgentOptions.Scripts.CONFIGURATION : AgentOptions.Scripts.NOBODY;
    }

    private static AgentOptions.LogLevel level(Settings settings) {
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
