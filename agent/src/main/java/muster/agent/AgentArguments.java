package muster.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private static final String[] SWITCHES = {"dev", "client", "dev-connect", "enable-raw-exec", "dev-consul", "dev-vault"};
    private static final String[] TEXTS = {"dc", "client-addr", "region", "scheduler-port", "lb-port", "lb-api-port", "consul-address",
        "consul-token", "node-class", "node-pool", "cpu-total-compute", "memory-total-mb", "network-interface", "http-addr", "config-format"};
    private static final String[] LISTS = {"config", "config-file", "config-dir", "hcl", "node-meta", "meta", "servers"};

    /** Flags that are another word for a key of Consul's files. */
    private static final Map<String, String> KEYS = keys();

    private AgentArguments() {}

    private static Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        String same = "datacenter data-dir domain alt-domain node-id enable-script-checks enable-local-script-checks bootstrap bootstrap-expect"
                + " server ui pid-file log-level log-file log-json log-rotate-bytes log-rotate-duration log-rotate-max-files"
                + " check_output_max_size default-query-time max-query-time disable-host-node-id disable-keyring-file encrypt protocol"
                + " raft-protocol retry-interval retry-interval-wan retry-join retry-join-wan retry-max retry-max-wan segment"
                + " serf-lan-allowed-cidrs serf-wan-allowed-cidrs serf-lan-bind serf-wan-bind ui-content-path ui-dir non-voting-server";
        for (String flag : same.split(" ")) {
            keys.put(flag, flag.replace('-', '_'));
        }
        keys.putAll(Map.of("node", "node_name", "advertise", "advertise_addr", "advertise-wan", "advertise_addr_wan", "bind", "bind_addr",
                "recursor", "recursors", "join", "start_join", "join-wan", "start_join_wan", "syslog", "enable_syslog",
                "rejoin", "rejoin_after_leave", "primary-gateway", "primary_gateways"));
        keys.putAll(Map.of("http-port", "ports.http", "https-port", "ports.https", "dns-port", "ports.dns", "grpc-port", "ports.grpc",
                "server-port", "ports.server", "serf-lan-port", "ports.serf_lan", "serf-wan-port", "ports.serf_wan",
                "allow-write-http-from", "http_config.allow_write_http_from"));
        return keys;
    }

    /**
     * @param tool consul runs the registry and DNS, nomad the scheduler, muster everything
     * @throws Refused naming all that is wrong
     */
    static AgentOptions parse(String tool, List<String> args, Map<String, String> environment, Machine machine) {
        Settings settings = new Settings();
        GoFlags flags = declared(tool).parse(args);
        if (!flags.rest().isEmpty()) {
            settings.problem("unexpected argument \"" + flags.rest().getFirst() + "\": an agent takes flags alone");
        }
        files(flags, tool, settings);
        flags(flags, tool, settings);
        return complete(tool, flags.on("dev") || flags.has("dev-connect"), settings, environment, machine);
    }

    /**
     * What files alone would make of an agent of Consul's kind, for {@code validate}: without a data folder the development
     * mode's is assumed.
     *
     * @throws Refused naming all that is wrong
     */
    static AgentOptions parseFiles(List<String> paths, Map<String, String> environment, Machine machine) {
        Settings settings = new Settings();
        paths.forEach(path -> read(Path.of(path), "consul", settings));
        if (!settings.has("data_dir")) {
            settings.problem("data_dir cannot be empty");
        }
        return complete("consul", true, settings, environment, machine);
    }

    private static AgentOptions complete(
            String tool, boolean dev, Settings settings, Map<String, String> environment, Machine machine) {
        AgentOptions options = new OptionRules(tool, dev, settings, environment, machine).options();
        if (!settings.problems().isEmpty()) {
            throw new Refused(settings.problems());
        }
        return options;
    }

    private static GoFlags declared(String tool) {
        GoFlags flags = new GoFlags().switches(SWITCHES).texts(TEXTS).lists(LISTS);
        KEYS.forEach((flag, path) -> {
            switch (ConsulKeys.all().get(path).kind()) {
                case SWITCH -> flags.switches(flag);
                case TEXTS -> flags.lists(flag);
                case TEXT, NUMBER, DURATION, TEXT_MAP, TREE, TREES -> flags.texts(flag);
            }
        });
        if (tool.equals("consul")) {
            // Consul's -client is an address, Nomad's a switch.
            flags.texts("client");
        }
        return flags;
    }

    private static void files(GoFlags flags, String tool, Settings settings) {
        for (GoFlags.Given given : flags.given()) {
            switch (given.name()) {
                case "config", "config-file", "config-dir" -> read(Path.of(given.value()), tool, settings);
                case "hcl" -> ConfigFile.read("-hcl", given.value(), tool, settings);
                default -> {
                    // Not a source of settings.
                }
            }
        }
    }

    private static void read(Path path, String tool, Settings settings) {
        for (Path file : expand(path, settings)) {
            try {
                ConfigFile.read(file.toString(), Files.readString(file), tool, settings);
            } catch (java.nio.file.NoSuchFileException e) {
                settings.problem(file + ": can't be read: no such file or directory");
            } catch (IOException e) {
                settings.problem(file + ": can't be read: " + e.getMessage());
            }
        }
    }

    /** A file, or the .hcl and .json files of a folder in the order of their names. */
    private static List<Path> expand(Path path, Settings settings) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.toString().matches(".*\\.(hcl|json)") && !Files.isDirectory(file)).sorted().toList();
        } catch (IOException e) {
            settings.problem(path + ": can't be listed: " + e.getMessage());
            return List.of();
        }
    }

    private static void flags(GoFlags flags, String tool, Settings settings) {
        ConsulFile consul = new ConsulFile(settings);
        KEYS.forEach((flag, path) -> {
            if (flags.has(flag)) {
                consul.flag(flag, path, flags.all(flag));
            }
        });
        copy(flags, settings, "dc", "datacenter");
        copy(flags, settings, "region", "region");
        copy(flags, settings, "consul-address", "registry_address");
        copy(flags, settings, "consul-token", "registry_token");
        copy(flags, settings, "node-class", "node_class");
        copy(flags, settings, "node-pool", "node_pool");
        copy(flags, settings, "network-interface", "network_interface");
        copy(flags, settings, tool.equals("consul") ? "client" : "client-addr", "client_addr");
        if (tool.equals("nomad") && settings.has("ports.http")) {
            settings.set("ports.scheduler", settings.number("ports.http", 0));
        }
        for (String port : List.of("scheduler", "lb", "lb-api")) {
            number(flags, settings, port + "-port", "ports." + port.replace('-', '_'));
        }
        number(flags, settings, "cpu-total-compute", "cpu_total_compute");
        number(flags, settings, "memory-total-mb", "memory_total_mb");
        pairs(flags, settings, "node-meta", ":", "node_meta");
        pairs(flags, settings, "meta", "=", "client_meta");
        if (flags.on("enable-raw-exec")) {
            settings.merge("plugins", Map.of("raw_exec", true));
            settings.merge("plugin.raw_exec", Map.of("enabled", true));
        }
        for (String list : flags.all("servers")) {
            settings.append("client_servers", List.of(list.split(",")));
        }
        if (!tool.equals("consul") && flags.on("client")) {
            settings.set("client_enabled", true);
        }
    }

    private static void copy(GoFlags flags, Settings settings, String flag, String name) {
        if (flags.has(flag)) {
            settings.set(name, flags.text(flag));
        }
    }

    private static void number(GoFlags flags, Settings settings, String flag, String name) {
        if (flags.has(flag)) {
            ConsulFile.number(flags.text(flag)).ifPresentOrElse(number -> settings.set(name, number),
                    () -> settings.problem("-" + flag + " has to be a number (found \"" + flags.text(flag) + "\")"));
        }
    }

    private static void pairs(GoFlags flags, Settings settings, String flag, String separator, String name) {
        for (String pair : new ArrayList<>(flags.all(flag))) {
            int at = pair.indexOf(separator);
            if (at <= 0) {
                settings.problem("-" + flag + " has to have the form KEY" + separator + "VALUE (found \"" + pair + "\")");
            } else {
                settings.merge(name, Map.of(pair.substring(0, at), pair.substring(at + 1)));
            }
        }
    }
}
