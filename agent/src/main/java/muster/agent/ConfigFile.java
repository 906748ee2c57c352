package muster.agent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import muster.hcl.ConfigTree;
import muster.hcl.ConfigTree.Node;
import muster.hcl.ConfigTree.Setting;
import muster.hcl.Diagnostics;
import muster.hcl.SourceRange;

/**
 * A configuration file with Consul's or Nomad's keys. Every key is either taken, known to change nothing here, or a
 * problem with its file and line; none is passed over in silence. Pure.
 */
final class ConfigFile {
    private static final Set<String> NOMAD_WITHOUT_EFFECT = Set.of("disable_update_check", "disable_anonymous_signature", "telemetry",
            "leave_on_interrupt", "leave_on_terminate", "enable_debug", "enable_syslog", "log_json", "limits", "ui");

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
                boolean consul = tool.equals("consul") || tool.equals("muster") && ConsulFile.knows(setting) && !isNomads(setting);
                if (consul) {
                    new ConsulFile(settings).take(setting);
                } else if (!nomad(setting)) {
                    settings.problem(at(setting.nameRange()) + "invalid config key " + setting.name());
                }
            }
        }
    }

    /** Whether a section that both tools have is written with what only Nomad's has. */
    private static boolean isNomads(Setting setting) {
        Map<String, Object> inner = map(setting.value());
        return switch (setting.name()) {
            case "ports" -> inner.containsKey("rpc") || inner.containsKey("serf");
            case "tls" -> inner.containsKey("rpc") || inner.containsKey("http");
            case "autopilot" -> inner.containsKey("enable_redundancy_zones") || inner.containsKey("enable_custom_upgrades");
            default -> false;
        };
    }

    private boolean nomad(Setting setting) {
        switch (setting.name()) {
            case "name" -> settings.set("node_name", text(setting));
            case "datacenter", "data_dir", "log_level", "region", "bind_addr" -> settings.set(setting.name(), text(setting));
            case "ports" -> ports(setting, Map.of("http", "ports.scheduler", "rpc", "ports.server", "serf", "ports.serf_lan"), Set.of());
            case "advertise" -> map(setting.value()).values().stream().findFirst()
                    .ifPresent(address -> settings.set("advertise_addr", address.toString().replaceFirst(":\\d+$", "")));
            case "consul" -> {
                Map<String, Object> consul = map(setting.value());
                List.of("address", "token").forEach(name -> {
                    if (consul.get(name) != null) {
                        settings.set("registry_" + name, consul.get(name));
                    }
                });
                if (Boolean.FALSE.equals(consul.get("client_auto_join")) || Boolean.FALSE.equals(consul.get("server_auto_join"))) {
                    settings.set("auto_join", false);
                }
            }
            case "client" -> client(setting);
            case "server" -> new ServerBlock(settings).take(at(setting.nameRange()), map(setting.value()));
            case "tls" -> tls(setting);
            case "autopilot" -> AutopilotBlock.take(at(setting.nameRange()), map(setting.value()), settings);
            case "plugin" -> plugin(setting);
            case "acl", "scheduler_acl" -> acl(setting);
            case "http_api_response_headers" -> settings.merge("scheduler_headers", map(setting.value()));
            default -> {
                return NOMAD_WITHOUT_EFFECT.contains(setting.name());
            }
        }
        return true;
    }

    /** {@code plugin "raw_exec" { config { enabled = true } }}: the drivers know their own keys. */
    private void plugin(Setting setting) {
        map(setting.value()).forEach((driver, value) -> {
            settings.merge("plugins", Map.of(driver, true));
            for (Object one : value instanceof List<?> list ? list : List.of(value)) {
                if (one instanceof Map<?, ?> plugin) {
                    entries(plugin.get("config")).forEach((key, item) -> settings.merge("plugin." + driver, Map.of(key, item)));
                }
            }
        });
    }

    /** What stands in a block, or in several of one name. */
    private static Map<String, Object> entries(Object block) {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (Object one : block instanceof List<?> list ? list : block == null ? List.of() : List.of(block)) {
            if (one instanceof Map<?, ?> map) {
                map.forEach((key, value) -> entries.put(String.valueOf(key), value));
            }
        }
        return entries;
    }

    private void client(Setting setting) {
        map(setting.value()).forEach((name, value) -> {
            switch (name) {
                case "meta" -> {
                    if (value instanceof Map<?, ?> meta) {
                        meta.forEach((key, item) -> settings.merge("client_meta", Map.of(String.valueOf(key), item)));
                    }
                }
                case "node_class", "node_pool", "network_interface" -> settings.set(name, value);
                case "cpu_total_compute", "memory_total_mb" -> settings.set(name, value);
                case "options" -> settings.merge("client_options", entries(value));
                case "chroot_env" -> settings.merge("chroot_env", entries(value));
                case "enabled" -> settings.set("client_enabled", Boolean.TRUE.equals(value));
                case "servers" -> settings.append("client_servers", ServerBlock.texts(value));
                case "server_join" -> new ServerBlock(settings).join(at(setting.nameRange()) + "client.", value, "client_servers");
                case "max_kill_timeout", "gc_interval", "gc_max_allocs", "gc_disk_usage_threshold", "gc_inode_usage_threshold",
                    "disable_remote_exec" -> settings.set("client." + name, value);
                case "reserved" -> settings.merge("client_reserved", entries(value));
                case "artifact" -> settings.merge("client_artifact", entries(value));
                case "host_volume" -> settings.merge("client_host_volumes", entries(value));
                case "template", "gc_parallel_destroys", "no_host_uuid", "network_speed" -> {
                    // Known; this client's own defaults hold.
                }
                default -> settings.problem(at(setting.nameRange()) + "invalid config key client." + name);
            }
        });
    }

    /** Connections between agents, and the API's. */
    private void tls(Setting setting) {
        map(setting.value()).forEach((name, value) -> {
            switch (name) {
                case "rpc" -> {
                    settings.set("verify_incoming", Boolean.TRUE.equals(value));
                    settings.set("verify_outgoing", Boolean.TRUE.equals(value));
                }
                case "http" -> settings.set("tls_http", Boolean.TRUE.equals(value));
                case "ca_file", "cert_file", "key_file", "verify_server_hostname", "verify_https_client", "tls_cipher_suites", "tls_min_version" ->
                    settings.set(name, value);
                case "rpc_upgrade_mode", "tls_prefer_server_cipher_suites" -> {
                    // Connections without TLS are never taken where it is on; the JDK's order of cipher suites holds.
                }
                default -> settings.problem(at(setting.nameRange()) + "invalid config key tls." + name);
            }
        });
    }

    /**
     * In a file of Nomad's, {@code acl}; in one for both, where that is the registry's, {@code scheduler_acl}. What is kept for a time
     * in the original is looked up in memory here.
     */
    private void acl(Setting setting) {
        map(setting.value()).forEach((name, value) -> {
            switch (name) {
                case "enabled", "token_min_expiration_ttl", "token_max_expiration_ttl" -> settings.merge("scheduler_acl", Map.of(name, value));
                case "token_ttl", "policy_ttl", "role_ttl" -> { }
                case "replication_token" -> settings.problem(at(setting.nameRange()) + "acl.replication_token is for several regions: there is one");
                default -> settings.problem(at(setting.nameRange()) + "invalid config key acl." + name);
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
        return String.valueOf(ConsulFile.plain(setting.value()));
    }

    private static String at(SourceRange range) {
        return range + ": ";
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Node node) {
        return ConsulFile.plain(node) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
}
