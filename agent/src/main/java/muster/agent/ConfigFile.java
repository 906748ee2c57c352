package muster.agent;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import muster.hcl.ConfigTree;
import muster.hcl.ConfigTree.Node;
import muster.hcl.ConfigTree.Setting;
import muster.hcl.Diagnostics;
import muster.hcl.SourceRange;
import muster.hcl.Value;

/**
 * A configuration file with Consul's or Nomad's keys. Every key is either taken, known to change nothing here, or a
 * problem with its file and line; none is passed over in silence. Pure.
 */
final class ConfigFile {
    /** Consul's keys that hold what this agent does anyway or what it has no use for. */
    private static final Set<String> CONSUL_WITHOUT_EFFECT = Set.of("server", "bootstrap", "bootstrap_expect", "ui", "ui_config",
            "disable_update_check", "disable_anonymous_signature", "performance", "enable_debug", "connect", "telemetry",
            "leave_on_terminate", "skip_leave_on_interrupt", "rejoin_after_leave", "log_json", "disable_remote_exec",
            "primary_datacenter", "translate_wan_addrs", "autopilot", "raft_protocol", "disable_keyring_file", "enable_syslog");
    private static final Set<String> NOMAD_WITHOUT_EFFECT = Set.of("disable_update_check", "disable_anonymous_signature", "telemetry",
            "leave_on_interrupt", "leave_on_terminate", "enable_debug", "enable_syslog", "log_json", "server", "autopilot",
            "limits", "ui");

    private final String tool;
    private final Settings settings;

    private ConfigFile(String tool, Settings settings) {
        this.tool = tool;
        this.settings = settings;
    }

    /** Puts a file's values over those of earlier files, and what is wrong with it among the problems. */
    static void read(String name, String text, String tool, Settings settings) {
        Diagnostics diagnostics = new Diagnostics();
        Node.Table table = ConfigTree.read(name, text, diagnostics);
        diagnostics.all().forEach(diagnostic -> settings.problem(diagnostic.text()));
        if (!diagnostics.hasErrors()) {
            new ConfigFile(tool, settings).top(table);
        }
    }

    private void top(Node.Table table) {
        for (List<Setting> given : table.settings().values()) {
            for (Setting setting : given) {
                boolean taken = shared(setting)
                        || !tool.equals("nomad") && consul(setting)
                        || !tool.equals("consul") && nomad(setting);
                if (!taken) {
                    settings.problem(at(setting.nameRange()) + "invalid config key " + setting.name());
                }
            }
        }
    }

    private boolean shared(Setting setting) {
        switch (setting.name()) {
            case "datacenter", "data_dir", "log_level", "region", "domain" -> settings.set(setting.name(), text(setting));
            case "node_name", "name" -> settings.set("node", text(setting));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean consul(Setting setting) {
        switch (setting.name()) {
            case "client_addr" -> settings.set("host", text(setting));
            case "bind_addr" -> settings.set(tool.equals("consul") ? "advertise" : "host", text(setting));
            case "advertise_addr" -> settings.set("advertise", text(setting));
            case "recursors" -> settings.append("recursors", items(setting.value()));
            case "node_meta" -> settings.merge("node_meta", map(setting.value()));
            case "enable_script_checks", "enable_local_script_checks" -> settings.set(setting.name(), plain(setting.value()));
            case "ports" -> ports(setting, Map.of("http", "port_http", "dns", "port_dns"),
                    Set.of("https", "grpc", "serf_lan", "serf_wan", "server"));
            case "service", "services" -> settings.append("services", trees(setting.value()));
            case "check", "checks" -> settings.append("checks", trees(setting.value()));
            default -> {
                return CONSUL_WITHOUT_EFFECT.contains(setting.name());
            }
        }
        return true;
    }

    private boolean nomad(Setting setting) {
        switch (setting.name()) {
            case "bind_addr" -> settings.set("host", text(setting));
            case "ports" -> ports(setting, Map.of("http", "port_scheduler"), Set.of("rpc", "serf"));
            case "advertise" -> map(setting.value()).values().stream().findFirst()
                    .ifPresent(address -> settings.set("advertise", address.toString().replaceFirst(":\\d+$", "")));
            case "consul" -> {
                Object address = map(setting.value()).get("address");
                if (address != null) {
                    settings.set("registry_address", address);
                }
            }
            case "client" -> client(setting);
            case "plugin" -> plugin(setting);
            default -> {
                return NOMAD_WITHOUT_EFFECT.contains(setting.name());
            }
        }
        return true;
    }

    /** {@code plugin "raw_exec" { config { enabled = true } }} is what turns that driver on; others have nothing to set here. */
    private void plugin(Setting setting) {
        if (map(setting.value()).get("raw_exec") instanceof Map<?, ?> plugin && plugin.get("config") instanceof Map<?, ?> config) {
            settings.set("raw_exec", Boolean.TRUE.equals(config.get("enabled")));
        }
    }

    private void client(Setting setting) {
        map(setting.value()).forEach((name, value) -> {
            switch (name) {
                case "meta" -> {
                    if (value instanceof Map<?, ?> meta) {
                        meta.forEach((key, item) -> settings.merge("client_meta", Map.of(String.valueOf(key), item)));
                    }
                }
                case "node_class", "network_interface" -> settings.set(name, value);
                case "cpu_total_compute", "memory_total_mb" -> settings.set(name, value);
                case "enabled", "options", "max_kill_timeout", "gc_interval", "gc_max_allocs", "reserved", "template" -> {
                    // Known; this client's own defaults hold.
                }
                case "servers", "server_join" -> settings.problem(at(setting.nameRange()) + "client." + name
                        + " joins a cluster of several agents, which this version does not run");
                default -> settings.problem(at(setting.nameRange()) + "invalid config key client." + name);
            }
        });
    }

    private void ports(Setting setting, Map<String, String> names, Set<String> others) {
        map(setting.value()).forEach((name, value) -> {
            if (names.containsKey(name) && value instanceof Number port) {
                settings.set(names.get(name), port.intValue());
            } else if (!others.contains(name)) {
                settings.problem(at(setting.nameRange()) + "invalid config key ports." + name);
            }
        });
    }

    private String text(Setting setting) {
        return String.valueOf(plain(setting.value()));
    }

    private static String at(SourceRange range) {
        return range + ": ";
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Node node) {
        return plain(node) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    private static List<Object> items(Node node) {
        return plain(node) instanceof List<?> list ? new ArrayList<>(list) : List.of(plain(node));
    }

    /** One table, or several. */
    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> trees(Node node) {
        List<Map<String, Object>> trees = new ArrayList<>();
        for (Object item : items(node)) {
            if (item instanceof Map<?, ?> map) {
                trees.add((Map<String, Object>) map);
            }
        }
        return trees;
    }

    /** Plain Java values, as JSON's. */
    private static Object plain(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> plain(scalar.value());
            case Node.Items list -> list.items().stream().map(ConfigFile::plain).toList();
            case Node.Table table -> {
                Map<String, Object> map = new LinkedHashMap<>();
                table.settings().forEach((name, given) -> map.put(name, given.size() == 1
                        ? plain(given.getFirst().value())
                        : given.stream().map(setting -> plain(setting.value())).toList()));
                yield map;
            }
        };
    }

    private static Object plain(Value value) {
        return switch (value) {
            case Value.Text text -> text.value();
            case Value.Bool bool -> bool.value();
            case Value.Number number -> whole(number.value());
            case Value.Null n -> null;
            case Value.Unknown u -> null;
            case Value.Sequence s -> s.items().stream().map(ConfigFile::plain).toList();
            case Value.Mapping m -> {
                Map<String, Object> map = new LinkedHashMap<>();
                m.entries().forEach((name, item) -> map.put(name, plain(item)));
                yield map;
            }
        };
    }

    private static Object whole(BigDecimal number) {
        try {
            return number.longValueExact();
        } catch (ArithmeticException e) {
            return number.doubleValue();
        }
    }
}
