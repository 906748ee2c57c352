package muster.scheduler.driver;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.scheduler.driver.ConfigKeys.Kind;

/** What a docker task's {@code config} and the plugin's may hold. (Nomad docs: docker driver, "Task Configuration", "Plugin Options") */
final class DockerKeys {
    private static final ConfigKeys DRIVER = new ConfigKeys(
            Map.of("name", Kind.TEXT, "options", Kind.TEXT_MAP), List.of());
    private static final ConfigKeys MOUNT = new ConfigKeys(
            Map.of("type", Kind.TEXT, "source", Kind.TEXT, "target", Kind.TEXT, "readonly", Kind.FLAG),
            Map.of("bind_options", new ConfigKeys(Map.of("propagation", Kind.TEXT), List.of()),
                    "tmpfs_options", new ConfigKeys(Map.of("size", Kind.NUMBER, "mode", Kind.NUMBER), List.of()),
                    "volume_options", new ConfigKeys(Map.of("no_copy", Kind.FLAG, "labels", Kind.TEXT_MAP), Map.of("driver_config", DRIVER), List.of())),
            List.of("target"));
    static final ConfigKeys TASK = keys();

    static final ConfigKeys PLUGIN = new ConfigKeys(
            Map.ofEntries(Map.entry("endpoint", Kind.TEXT), Map.entry("allow_privileged", Kind.FLAG), Map.entry("allow_caps", Kind.TEXTS),
                    Map.entry("extra_labels", Kind.TEXTS), Map.entry("pids_limit", Kind.NUMBER), Map.entry("pull_activity_timeout", Kind.TEXT),
                    Map.entry("infra_image", Kind.TEXT), Map.entry("infra_image_pull_timeout", Kind.TEXT),
                    Map.entry("disable_log_collection", Kind.FLAG), Map.entry("allow_runtimes", Kind.TEXTS),
                    Map.entry("nvidia_runtime", Kind.TEXT)),
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

    private DockerKeys() {}
}
