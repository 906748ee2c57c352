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
                .text("id", "ID", "name", "Name", "region", "Region", "namespace", "Namespace", "type", "Type")
                .text("consul_token", "ConsulToken", "vault_token", "VaultToken")
                .number("priority", "Priority")
                .bool("all_at_once", "AllAtOnce")
                .texts("datacenters", "Datacenters")
                .many("constraint", "Constraints", constraint())
                .many("affinity", "Affinities", affinity())
                .many("spread", "Spreads", spread())
                .one("update", "Update", update())
                .one("multiregion", "Multiregion", multiregion())
                .one("periodic", "Periodic", periodic())
                .one("parameterized", "ParameterizedJob", parameterized())
                .one("reschedule", "Reschedule", reschedule())
                .one("migrate", "Migrate", migrate())
                .textMap("meta", "Meta")
                .one("vault", "Vault", vault())
                .labelled("group", "TaskGroups", "Name", group)
                .labelled("task", "Tasks", "Name", task());
    }

    private static Stanza group() {
        return Stanza.of()
                .number("count", "Count")
                .duration("shutdown_delay", "ShutdownDelay", "stop_after_client_disconnect", "StopAfterClientDisconnect",
                        "max_client_disconnect", "MaxClientDisconnect")
                .many("constraint", "Constraints", constraint())
                .many("affinity", "Affinities", affinity())
                .many("spread", "Spreads", spread())
                .one("update", "Update", update())
                .one("reschedule", "ReschedulePolicy", reschedule())
                .one("restart", "RestartPolicy", restart())
                .one("migrate", "Migrate", migrate())
                .one("ephemeral_disk", "EphemeralDisk",
                        Stanza.of().bool("sticky", "Sticky", "migrate", "Migrate").number("size", "SizeMB"))
                .many("network", "Networks", network())
                .many("service", "Services", service())
                .byLabel("volume", "Volumes", "Name", volume())
                .one("scaling", "Scaling", scaling().inspectedBy(ScalingInspection::ofGroup))
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
                .many("constraint", "Constraints", constraint())
                .many("affinity", "Affinities", affinity())
                .many("service", "Services", service())
                .one("resources", "Resources", resources())
                .one("restart", "RestartPolicy", restart())
                .one("logs", "LogConfig", logs())
                .many("artifact", "Artifacts", artifact())
                .one("vault", "Vault", vault())
                .many("template", "Templates", template())
                .one("dispatch_payload", "DispatchPayload", Stanza.of().text("file", "File"))
                .many("volume_mount", "VolumeMounts", Stanza.of()
                        .text("volume", "Volume", "destination", "Destination", "propagation_mode", "PropagationMode")
                        .bool("read_only", "ReadOnly"))
                .one("csi_plugin", "CSIPluginConfig",
                        Stanza.of().text("id", "ID", "type", "Type", "mount_dir", "MountDir"))
                .labelledApart("scaling", "ScalingPolicies", "Type", scaling()
                        .inspectedBy(ScalingInspection::ofTask)
                        .finishedBy(scaling -> scaling.remove("Type")));
    }

    private static Stanza constraint() {
        return Stanza.of()
                .text("attribute", "LTarget", "operator", "Operand", "value", "RTarget")
                .text("version", "version", "semver", "semver", "regexp", "regexp", "set_contains", "set_contains")
                .text("set_contains_all", "set_contains_all", "set_contains_any", "set_contains_any")
                .text("distinct_property", "distinct_property")
                .bool("distinct_hosts", "distinct_hosts")
                .finishedBy(Shortcuts::constraint);
    }

    private static Stanza affinity() {
        return Stanza.of()
                .text("attribute", "LTarget", "operator", "Operand", "value", "RTarget")
                .text("version", "version", "semver", "semver", "regexp", "regexp", "set_contains", "set_contains")
                .text("set_contains_all", "set_contains_all", "set_contains_any", "set_contains_any")
                .number("weight", "Weight")
                .finishedBy(Shortcuts::affinity);
    }

    private static Stanza spread() {
        return Stanza.of()
                .text("attribute", "Attribute")
                .number("weight", "Weight")
                .labelled("target", "SpreadTarget", "Value",
                        Stanza.of().number("percent", "Percent").text("value", "Value"));
    }

    private static Stanza update() {
        return Stanza.of()
                .duration("stagger", "Stagger", "min_healthy_time", "MinHealthyTime")
                .duration("healthy_deadline", "HealthyDeadline", "progress_deadline", "ProgressDeadline")
                .number("max_parallel", "MaxParallel", "canary", "Canary")
                .text("health_check", "HealthCheck")
                .bool("auto_revert", "AutoRevert", "auto_promote", "AutoPromote");
    }

    private static Stanza multiregion() {
        return Stanza.of()
                .one("strategy", "Strategy",
                        Stanza.of().number("max_parallel", "MaxParallel").text("on_failure", "OnFailure"))
                .labelled("region", "Regions", "Name", Stanza.of()
                        .number("count", "Count")
                        .texts("datacenters", "Datacenters")
                        .textMap("meta", "Meta"));
    }

    private static Stanza periodic() {
        return Stanza.of()
                .bool("enabled", "Enabled", "prohibit_overlap", "ProhibitOverlap")
                .text("cron", "Spec", "time_zone", "TimeZone")
                .finishedBy(periodic -> {
                    if (periodic.containsKey("Spec")) {
                        periodic.put("SpecType", "cron");
                    }
                });
    }

    private static Stanza parameterized() {
        return Stanza.of()
                .text("payload", "Payload")
                .texts("meta_required", "MetaRequired", "meta_optional", "MetaOptional");
    }

    private static Stanza reschedule() {
        return Stanza.of()
                .number("attempts", "Attempts")
                .duration("interval", "Interval", "delay", "Delay", "max_delay", "MaxDelay")
                .text("delay_function", "DelayFunction")
                .bool("unlimited", "Unlimited");
    }

    private static Stanza restart() {
        return Stanza.of()
                .number("attempts", "Attempts")
                .duration("interval", "Interval", "delay", "Delay")
                .text("mode", "Mode");
    }

    private static Stanza migrate() {
        return Stanza.of()
                .number("max_parallel", "MaxParallel")
                .text("health_check", "HealthCheck")
                .duration("min_healthy_time", "MinHealthyTime", "healthy_deadline", "HealthyDeadline");
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
                .finishedBy(Shortcuts::ports);
    }

    private static Stanza volume() {
        return Stanza.of()
                .text("type", "Type", "source", "Source")
                .text("access_mode", "AccessMode", "attachment_mode", "AttachmentMode")
                .bool("read_only", "ReadOnly", "per_alloc", "PerAlloc")
                .one("mount_options", "MountOptions",
                        Stanza.of().text("fs_type", "FSType").texts("mount_flags", "MountFlags"));
    }

    private static Stanza scaling() {
        return Stanza.of()
                .number("min", "Min", "max", "Max")
                .text("type", "Type")
                .bool("enabled", "Enabled")
                .free("policy", "Policy");
    }

    private static Stanza resources() {
        return Stanza.of()
                .number("cpu", "CPU", "cores", "Cores", "memory", "MemoryMB", "memory_max", "MemoryMaxMB")
                .number("disk", "DiskMB", "iops", "IOPS")
                .many("network", "Networks", network())
                .labelled("device", "Devices", "Name", Stanza.of()
                        .number("count", "Count")
                        .many("constraint", "Constraints", constraint())
                        .many("affinity", "Affinities", affinity()));
    }

    private static Stanza logs() {
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

    private static Stanza service() {
        return Stanza.of()
                .text("id", "Id", "name", "Name", "port", "PortLabel", "address_mode", "AddressMode", "task", "TaskName")
                .text("on_update", "OnUpdate", "provider", "Provider", "address", "Address")
                .texts("tags", "Tags", "canary_tags", "CanaryTags")
                .bool("enable_tag_override", "EnableTagOverride")
                .textMap("meta", "Meta")
                .textMap("canary_meta", "CanaryMeta")
                .textMap("tagged_addresses", "TaggedAddresses")
                .many("check", "Checks", check())
                .one("check_restart", "CheckRestart", checkRestart())
                .one("connect", "Connect", ConnectStanzas.connect(resources(), logs()));
    }

    private static Stanza check() {
        return Stanza.of()
                .text("id", "Id", "name", "Name", "type", "Type", "command", "Command", "path", "Path")
                .text("protocol", "Protocol", "port", "PortLabel", "address_mode", "AddressMode", "method", "Method")
                .text("initial_status", "InitialStatus", "grpc_service", "GRPCService", "task", "TaskName")
                .text("body", "Body", "on_update", "OnUpdate")
                .texts("args", "Args")
                .bool("expose", "Expose", "tls_skip_verify", "TLSSkipVerify", "grpc_use_tls", "GRPCUseTLS")
                .duration("interval", "Interval", "timeout", "Timeout")
                .number("success_before_passing", "SuccessBeforePassing")
                .number("failures_before_critical", "FailuresBeforeCritical")
                .textListMap("header", "Header")
                .one("check_restart", "CheckRestart", checkRestart());
    }

    private static Stanza checkRestart() {
        return Stanza.of().number("limit", "Limit").duration("grace", "Grace").bool("ignore_warnings", "IgnoreWarnings");
    }

    /** Brings the several ways to write a thing into the one that the API has. */
    private static final class Shortcuts {
        private static final List<String> OPERATORS =
                List.of("version", "semver", "regexp", "set_contains", "distinct_property");

        static void constraint(Map<String, Object> tree) {
            operators(tree);
            Object distinctHosts = tree.remove("distinct_hosts");
            if (Boolean.TRUE.equals(distinctHosts)) {
                tree.put("Operand", "distinct_hosts");
            }
            tree.remove("set_contains_all");
            tree.remove("set_contains_any");
            tree.putIfAbsent("Operand", "=");
        }

        static void affinity(Map<String, Object> tree) {
            operators(tree);
            for (String name : List.of("set_contains_all", "set_contains_any")) {
                Object value = tree.remove(name);
                if (value != null) {
                    tree.put("Operand", name);
                    tree.put("RTarget", value);
                }
            }
            tree.putIfAbsent("Operand", "=");
        }

        private static void operators(Map<String, Object> tree) {
            for (String operator : OPERATORS) {
                Object value = tree.remove(operator);
                if (value != null) {
                    tree.put("Operand", operator);
                    tree.put(operator.equals("distinct_property") ? "LTarget" : "RTarget", value);
                }
            }
            tree.putIfAbsent("LTarget", "");
            tree.putIfAbsent("RTarget", "");
        }

        /** Ports with a number are reserved, the others dynamic. */
        static void ports(Map<String, Object> network) {
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
}
