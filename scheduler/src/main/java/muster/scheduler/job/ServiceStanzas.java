package muster.scheduler.job;

/** The block {@code service} of a job file with its checks. */
final class ServiceStanzas {
    private ServiceStanzas() {}

    static Stanza service() {
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
                .one("connect", "Connect", ConnectStanzas.connect(JobStanzas.resources(), JobStanzas.logs()));
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
}
