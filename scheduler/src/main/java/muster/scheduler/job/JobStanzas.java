package muster.scheduler.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The stanzas of a job file (Nomad's job specification), innermost first. */
final class JobStanzas {
    private JobStanzas() {}

    static Stanza job() {
        Stanza group = group();
        return Stanza.of()
                .text("id", "ID", "name", "Name", "region", "Region", "namespace", "Namespace", "type", "Type", "node_pool", "NodePool")
                .text("consul_token", "ConsulToken", "vault_token", "VaultToken")
                .number("priority", "Priority")
                .bool("all_at_once", "AllAtOnce")
                .texts("datacenters", "Datacenters")
                .many("constraint", "Constraints", TargetStanzas.constraint())
                .many("affinity", "Affinities", TargetStanzas.affinity())
                .many("spread", "Spreads", TargetStanzas.spread())
                .one("update", "Update", PolicyStanzas.update())
                .one("multiregion", "Multiregion", PolicyStanzas.multiregion())
                .one("periodic", "Periodic", PolicyStanzas.periodic())
                .one("parameterized", "ParameterizedJob", PolicyStanzas.parameterized())
                .one("reschedule", "Reschedule", PolicyStanzas.reschedule())
                .one("migrate", "Migrate", PolicyStanzas.migrate())
                .textMap("meta", "Meta")
                .one("ui", "UI", Stanza.of().text("description", "Description")
                        .many("link", "Links", Stanza.of().text("label", "Label", "url", "URL")))
                .one("vault", "Vault", vault())
                .labelled("group", "TaskGroups", "Name", group)
                .labelled("task", "Tasks", "Name", task());
    }

    private static Stanza group() {
        return Stanza.of()
                .number("count", "Count")
                .duration("shutdown_delay", "ShutdownDelay", "stop_after_client_disconnect", "StopAfterClientDisconnect",
                        "max_client_disconnect", "MaxClientDisconnect")
                .many("constraint", "Constraints", TargetStanzas.constraint())
                .many("affinity", "Affinities", TargetStanzas.affinity())
                .many("spread", "Spreads", TargetStanzas.spread())
                .one("update", "Update", PolicyStanzas.update())
                .one("reschedule", "ReschedulePolicy", PolicyStanzas.reschedule())
                .one("restart", "RestartPolicy", PolicyStanzas.restart())
                .one("migrate", "Migrate", PolicyStanzas.migrate())
                .one("ephemeral_disk", "EphemeralDisk",
                        Stanza.of().bool("sticky", "Sticky", "migrate", "Migrate").number("size", "SizeMB"))
                .many("network", "Networks", network())
                .many("service", "Services", ServiceStanzas.service())
                .byLabel("volume", "Volumes", "Name", volume())
                .one("scaling", "Scaling", PolicyStanzas.scaling().inspectedBy(ScalingInspection::ofGroup))
                .one("consul", "Consul", Stanza.of().text("namespace", "Namespace"))
                .textMap("meta", "Meta")
                .one("vault", "Vault", vault())
                .labelled("task", "Tasks", "Name", task());
    }

    private static Stanza task() {
        return Stanza.of()
                .text("driver", "Driver", "user", "User", "kill_signal", "KillSignal", "kind", "Kind")
                .duration("kill_timeout", "KillTimeout", "shutdown_delay", "ShutdownDelay")
                .bool("leader", "Leader")
                .free("config", "Config")
                .textMap("env", "Env")
                .textMap("meta", "Meta")
                .one("lifecycle", "Lifecycle", Stanza.of().text("hook", "Hook").bool("sidecar", "Sidecar"))
                .many("constraint", "Constraints", TargetStanzas.constraint())
                .many("affinity", "Affinities", TargetStanzas.affinity())
                .many("service", "Services", ServiceStanzas.service())
                .one("resources", "Resources", resources())
                .one("restart", "RestartPolicy", PolicyStanzas.restart())
                .one("logs", "LogConfig", logs())
                .many("artifact", "Artifacts", artifact())
                .one("vault", "Vault", vault())
                .many("template", "Templates", template())
                .labelled("action", "Actions", "Name", Stanza.of().text("command", "Command").texts("args", "Args"))
                .one("dispatch_payload", "DispatchPayload", Stanza.of().text("file", "File"))
                .many("volume_mount", "VolumeMounts", Stanza.of()
                        .text("volume", "Volume", "destination", "Destination", "propagation_mode", "PropagationMode")
                        .bool("read_only", "ReadOnly"))
                .one("csi_plugin", "CSIPluginConfig",
                        Stanza.of().text("id", "ID", "type", "Type", "mount_dir", "MountDir"))
                .labelledApart("scaling", "ScalingPolicies", "Type", PolicyStanzas.scaling()
                        .inspectedBy(ScalingInspection::ofTask)
                        .finishedBy(scaling -> scaling.remove("Type")));
    }

    private static Stanza network() {
        Stanza port = Stanza.of().number("static", "Value", "to", "To").text("host_network", "HostNetwork");
        return Stanza.of()
                .text("mode", "Mode")
                .number("mbits", "MBits")
                .one("dns", "DNS",
                        Stanza.of().texts("servers", "Servers", "searches", "Searches", "options", "Options"))
                .labelled("port", "Ports", "Label", port)
                .labelled("reserved_ports", "ReservedPorts", "Label", port)
                .labelled("dynamic_ports", "DynamicPorts", "Label", port)
                .finishedBy(JobStanzas::ports);
    }

    private static Stanza volume() {
        return Stanza.of()
                .text("type", "Type", "source", "Source")
                .text("access_mode", "AccessMode", "attachment_mode", "AttachmentMode")
                .bool("read_only", "ReadOnly", "per_alloc", "PerAlloc")
                .one("mount_options", "MountOptions",
                        Stanza.of().text("fs_type", "FSType").texts("mount_flags", "MountFlags"));
    }

    static Stanza resources() {
        return Stanza.of()
                .number("cpu", "CPU", "cores", "Cores", "memory", "MemoryMB", "memory_max", "MemoryMaxMB")
                .number("disk", "DiskMB", "iops", "IOPS")
                .many("network", "Networks", network())
                .labelled("device", "Devices", "Name", Stanza.of()
                        .number("count", "Count")
                        .many("constraint", "Constraints", TargetStanzas.constraint())
                        .many("affinity", "Affinities", TargetStanzas.affinity()));
    }

    static Stanza logs() {
        return Stanza.of().number("max_files", "MaxFiles", "max_file_size", "MaxFileSizeMB");
    }

    private static Stanza artifact() {
        return Stanza.of()
                .text("source", "GetterSource", "mode", "GetterMode", "destination", "RelativeDest")
                .textMap("options", "GetterOptions")
                .textMap("headers", "GetterHeaders");
    }

    private static Stanza vault() {
        return Stanza.of()
                .texts("policies", "Policies")
                .text("namespace", "Namespace", "change_mode", "ChangeMode", "change_signal", "ChangeSignal")
                .bool("env", "Env")
                .finishedBy(vault -> {
                    vault.putIfAbsent("Env", true);
                    vault.putIfAbsent("ChangeMode", "restart");
                });
    }

    private static Stanza template() {
        return Stanza.of()
                .text("source", "SourcePath", "destination", "DestPath", "data", "EmbeddedTmpl")
                .text("change_mode", "ChangeMode", "change_signal", "ChangeSignal", "perms", "Perms")
                .text("left_delimiter", "LeftDelim", "right_delimiter", "RightDelim", "dialect", "Dialect")
                .text("on_deadline", "OnDeadline")
                .duration("splay", "Splay", "vault_grace", "VaultGrace", "empty_hold", "EmptyHold", "deadline", "Deadline")
                .bool("env", "Envvars", "error_on_missing_key", "ErrMissingKey", "once", "Once")
                .number("uid", "Uid", "gid", "Gid")
                .one("wait", "Wait", Stanza.of().duration("min", "Min", "max", "Max").finishedBy(JobStanzas::longestWait))
                .one("change_script", "ChangeScript", changeScript())
                .one("check", "Check", Stanza.of().text("command", "Command").texts("args", "Args").duration("timeout", "Timeout"))
                .finishedBy(template -> {
                    template.putIfAbsent("ChangeMode", "restart");
                    template.putIfAbsent("Splay", 5_000_000_000L);
                    template.putIfAbsent("Perms", "0644");
                });
    }

    /** Four times the shortest, unless given. */
    private static void longestWait(Map<String, Object> wait) {
        if (wait.get("Min") instanceof Number min) {
            wait.putIfAbsent("Max", min.longValue() * 4);
        }
    }

    private static Stanza changeScript() {
        return Stanza.of()
                .text("command", "Command")
                .texts("args", "Args")
                .duration("timeout", "Timeout")
                .bool("fail_on_error", "FailOnError", "run_on_first_render", "RunOnFirstRender")
                .finishedBy(script -> {
                    script.putIfAbsent("Args", List.of());
                    script.putIfAbsent("Timeout", 5_000_000_000L);
                    script.putIfAbsent("FailOnError", false);
                });
    }

    /** Ports with a number are reserved, the others dynamic. */
    private static void ports(Map<String, Object> network) {
        Object ports = network.remove("Ports");
        if (ports instanceof List<?> list) {
            for (Object entry : list) {
                Map<String, Object> port = new LinkedHashMap<>();
                ((Map<?, ?>) entry).forEach((key, value) -> port.put((String) key, value));
                boolean fixed = port.get("Value") instanceof Long number && number != 0;
                append(network, fixed ? "ReservedPorts" : "DynamicPorts", port);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static void append(Map<String, Object> tree, String key, Object value) {
        ((List<Object>) tree.computeIfAbsent(key, _ -> new ArrayList<>())).add(value);
    }
}
