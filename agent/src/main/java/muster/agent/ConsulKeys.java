package muster.agent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of Consul's configuration files by their paths: what each holds, and what becomes of it here. A path that is none of
 * these, and no section of one, is a mistake of the file's author. Pure. (Consul agent configuration reference, 1.8)
 */
final class ConsulKeys {
    /** The shape of a key's value. */
    enum Kind {
        TEXT("string"), SWITCH("bool"), NUMBER("int"), DURATION("duration"), TEXTS("list of strings"), TEXT_MAP("map of strings"),
        TREE("map"), TREES("list of maps");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** What becomes of a key. */
    sealed interface Use {
        /** Its value is used. */
        record Taken() implements Use {}

        /** Accepted; it could change nothing here. */
        record Idle(String reason) implements Use {}

        /** An error: what it asks for would not happen. */
        record Refused(String reason) implements Use {}
    }

    record Key(Kind kind, Use use) {}

    private static final String ONE_MEMBER = "members are not found by gossip";
    private static final String WAN = "there is one datacenter";
    private static final String AGENTS = "connections between agents take what the JDK takes";
    private static final String ENCRYPT = "certificates are not handed to clients: give each agent its own, as `consul tls cert create` makes them";
    private static final String SINKS = "metrics are fetched from /v1/agent/metrics, not sent";
    private static final String ENTERPRISE = "belongs to the enterprise product";

    private final Map<String, Key> keys = new LinkedHashMap<>();

    private ConsulKeys() {}

    /** All of them, in the order of this list. */
    static Map<String, Key> all() {
        ConsulKeys list = new ConsulKeys();
        list.agent();
        list.names();
        list.checks();
        list.server();
        list.security();
        list.mesh();
        list.observed();
        return java.util.Collections.unmodifiableMap(list.keys);
    }

    private void agent() {
        taken(Kind.TEXT, "datacenter", "node_name", "node_id", "data_dir", "client_addr", "bind_addr", "advertise_addr", "pid_file",
                "addresses.http", "addresses.dns", "log_level", "log_file", "log_rotate_duration");
        taken(Kind.NUMBER, "ports.http", "ports.dns", "ports.server", "ports.serf_lan", "ports.serf_wan", "log_rotate_bytes", "log_rotate_max_files");
        taken(Kind.SWITCH, "server", "log_json", "leave_on_terminate", "skip_leave_on_interrupt", "ui", "ui_config.enabled");
        taken(Kind.TEXT_MAP, "node_meta");
        taken(Kind.TREES, "watches");
        taken(Kind.TEXT_MAP, "http_config.response_headers");
        taken(Kind.TEXTS, "http_config.block_endpoints", "http_config.allow_write_http_from");
        taken(Kind.NUMBER, "limits.http_max_conns_per_client", "limits.kv_max_value_size", "limits.txn_max_req_len");
        taken(Kind.DURATION, "session_ttl_min", "default_query_time", "max_query_time", "performance.leave_drain_time");
        idle(Kind.SWITCH, "there is no call home", "disable_update_check", "disable_anonymous_signature");
        idle(Kind.SWITCH, "`consul exec` is refused", "disable_remote_exec");
        idle(Kind.SWITCH, "a node's id is random and kept in the data folder", "disable_host_node_id");
        idle(Kind.SWITCH, "answers never come out of a cache", "http_config.use_cache");
        idle(Kind.SWITCH, "keys may hold any character that a path may", "disable_http_unprintable_char_filter");
        idle(Kind.TEXT, "the pages are part of the program, below `/ui/`", "ui_dir", "ui_content_path", "ui_config.dir", "ui_config.content_path",
                "ui_config.metrics_provider");
        idle(Kind.SWITCH, "there is nothing to profile through the API", "enable_debug");
        idle(Kind.TEXT, "the system's log takes standard error", "syslog_facility");
        idle(Kind.SWITCH, "the system's log takes standard error", "enable_syslog");
        idle(Kind.NUMBER, "answers are computed, not fetched", "cache.entry_fetch_max_burst", "cache.entry_fetch_rate");
        idle(Kind.DURATION, "a read is answered by the server itself", "discovery_max_stale");
        refused(Kind.TEXT, "unix sockets are not listened on", "unix_sockets.user", "unix_sockets.group", "unix_sockets.mode");
    }

    private void names() {
        taken(Kind.TEXT, "domain", "alt_domain", "dns_config.recursor_strategy");
        taken(Kind.TEXTS, "recursors");
        taken(Kind.NUMBER, "dns_config.udp_answer_limit", "dns_config.a_record_limit", "dns_config.soa.refresh", "dns_config.soa.retry",
                "dns_config.soa.expire", "dns_config.soa.min_ttl");
        taken(Kind.DURATION, "dns_config.node_ttl", "dns_config.recursor_timeout");
        taken(Kind.TEXT_MAP, "dns_config.service_ttl");
        taken(Kind.SWITCH, "dns_config.only_passing", "dns_config.enable_truncate", "dns_config.enable_additional_node_meta_txt");
        taken(Kind.SWITCH, "dns_config.allow_stale", "dns_config.disable_compression");
        taken(Kind.DURATION, "dns_config.max_stale");
        idle(Kind.SWITCH, "names are looked up in the newest state", "dns_config.use_cache");
        idle(Kind.DURATION, "names are looked up in the newest state", "dns_config.cache_max_age");
        idle(Kind.SWITCH, ENTERPRISE, "dns_config.prefer_namespace");
    }

    private void checks() {
        taken(Kind.TREES, "service", "services", "check", "checks");
        taken(Kind.SWITCH, "enable_script_checks", "enable_local_script_checks", "discard_check_output");
        taken(Kind.NUMBER, "check_output_max_size");
        taken(Kind.DURATION, "check_update_interval");
        idle(Kind.SWITCH, "checks show no certificate", "enable_agent_tls_for_checks");
    }

    private void server() {
        taken(Kind.SWITCH, "bootstrap");
        taken(Kind.NUMBER, "bootstrap_expect");
        taken(Kind.TEXT, "primary_datacenter");
        taken(Kind.SWITCH, "autopilot.cleanup_dead_servers", "autopilot.disable_upgrade_migration");
        taken(Kind.DURATION, "autopilot.last_contact_threshold", "autopilot.server_stabilization_time");
        taken(Kind.NUMBER, "autopilot.max_trailing_logs", "autopilot.min_quorum");
        taken(Kind.TEXT, "autopilot.redundancy_zone_tag", "autopilot.upgrade_version_tag");
        idle(Kind.NUMBER, "the log's own pace holds", "performance.raft_multiplier", "raft_protocol", "raft_snapshot_threshold",
                "raft_trailing_logs", "protocol", "rpc_protocol");
        idle(Kind.DURATION, "the log's own pace holds", "performance.rpc_hold_timeout", "raft_snapshot_interval");
        idle(Kind.NUMBER, "an agent and its server are one process", "limits.rpc_max_burst", "limits.rpc_rate", "limits.rpc_max_conns_per_client");
        idle(Kind.DURATION, "an agent and its server are one process", "limits.rpc_handshake_timeout", "limits.https_handshake_timeout");
        idle(Kind.SWITCH, "an agent and its server are one process", "rpc.enable_streaming", "use_streaming_backend");
        taken(Kind.DURATION, "reconnect_timeout", "retry_interval", "gossip_lan.probe_interval", "gossip_lan.probe_timeout");
        taken(Kind.NUMBER, "retry_max", "gossip_lan.suspicion_mult");
        taken(Kind.TEXT, "serf_lan", "serf_lan_bind");
        taken(Kind.TEXTS, "retry_join", "start_join");
        taken(Kind.SWITCH, "rejoin_after_leave");
        idle(Kind.DURATION, ONE_MEMBER, "reconnect_timeout_wan", "retry_interval_wan",
                "primary_gateways_interval", "gossip_lan.gossip_interval", "gossip_wan.gossip_interval", "gossip_wan.probe_interval", "gossip_wan.probe_timeout");
        idle(Kind.NUMBER, ONE_MEMBER, "retry_max_wan", "gossip_lan.gossip_nodes", "gossip_lan.retransmit_mult", "gossip_wan.gossip_nodes", "gossip_wan.suspicion_mult", "gossip_wan.retransmit_mult");
        idle(Kind.SWITCH, ONE_MEMBER, "disable_keyring_file");
        idle(Kind.TEXT, ONE_MEMBER, "serf_wan", "serf_wan_bind");
        idle(Kind.TEXTS, ONE_MEMBER, "serf_lan_allowed_cidrs", "serf_wan_allowed_cidrs");
        idle(Kind.TEXT, "there is one datacenter", "advertise_addr_wan", "advertise_addr_ipv4", "advertise_addr_ipv6",
                "advertise_addr_wan_ipv4", "advertise_addr_wan_ipv6");
        idle(Kind.SWITCH, "there is one datacenter", "translate_wan_addrs");
        idle(Kind.SWITCH, "round trips are not measured with one member", "disable_coordinates");
        refused(Kind.TEXTS, WAN, "retry_join_wan", "start_join_wan", "primary_gateways");
        refused(Kind.SWITCH, ENTERPRISE, "non_voting_server", "read_replica");
        refused(Kind.TEXT, ENTERPRISE, "segment", "license_path");
        refused(Kind.TREES, ENTERPRISE, "segments");
        refused(Kind.TREE, ENTERPRISE, "audit", "snapshot_agent");
        refused(Kind.TREE, "agents are configured by their own files", "auto_config");
    }

    private void security() {
        taken(Kind.SWITCH, "acl.enabled", "acl.enable_key_list_policy", "acl.enable_token_persistence");
        taken(Kind.TEXT, "acl.default_policy", "acl.down_policy", "acl.tokens.master", "acl.tokens.agent", "acl.tokens.default",
                "acl.tokens.replication", "acl.tokens.agent_master", "acl.tokens.initial_management", "acl.tokens.agent_recovery");
        // The older form of the block.
        taken(Kind.TEXT, "acl_agent_master_token", "acl_agent_token", "acl_datacenter", "acl_default_policy", "acl_down_policy",
                "acl_master_token", "acl_replication_token", "acl_token");
        taken(Kind.SWITCH, "acl_enable_key_list_policy");
        taken(Kind.DURATION, "acl_ttl", "acl.policy_ttl", "acl.token_ttl", "acl.role_ttl");
        idle(Kind.SWITCH, "there is one datacenter", "enable_acl_replication", "acl.enable_token_replication");
        idle(Kind.SWITCH, "rights are always looked at", "acl_enforce_version_8");
        refused(Kind.TREES, ENTERPRISE, "acl.tokens.managed_service_provider");
        taken(Kind.TEXT, "encrypt");
        idle(Kind.SWITCH, "who does not know the secret is never let in", "encrypt_verify_incoming", "encrypt_verify_outgoing");
        for (String section : List.of("", "tls.defaults.", "tls.https.")) {
            taken(Kind.TEXT, section + "ca_file", section + "ca_path", section + "cert_file", section + "key_file",
                    section + "tls_cipher_suites", section + "tls_min_version");
            taken(Kind.SWITCH, section + "verify_incoming");
        }
        taken(Kind.TEXT, "addresses.https");
        taken(Kind.NUMBER, "ports.https");
        taken(Kind.SWITCH, "verify_incoming_https");
        idle(Kind.SWITCH, "the JDK's order of cipher suites holds", "tls_prefer_server_cipher_suites");
        taken(Kind.SWITCH, "verify_incoming_rpc", "verify_outgoing", "verify_server_hostname", "tls.defaults.verify_outgoing",
                "tls.defaults.verify_server_hostname", "tls.internal_rpc.verify_incoming", "tls.internal_rpc.verify_outgoing",
                "tls.internal_rpc.verify_server_hostname");
        taken(Kind.TEXT, "tls.internal_rpc.ca_file", "tls.internal_rpc.ca_path", "tls.internal_rpc.cert_file", "tls.internal_rpc.key_file");
        idle(Kind.SWITCH, AGENTS, "tls.https.verify_outgoing");
        idle(Kind.TEXT, AGENTS, "server_name", "tls.internal_rpc.tls_cipher_suites", "tls.internal_rpc.tls_min_version");
        refused(Kind.SWITCH, ENCRYPT, "auto_encrypt.tls", "auto_encrypt.allow_tls");
        refused(Kind.TEXTS, ENCRYPT, "auto_encrypt.dns_san", "auto_encrypt.ip_san");
    }

    private void mesh() {
        taken(Kind.SWITCH, "connect.enabled");
        taken(Kind.TEXT, "connect.ca_provider");
        taken(Kind.TREE, "connect.ca_config");
        taken(Kind.TREES, "config_entries.bootstrap");
        taken(Kind.NUMBER, "ports.sidecar_min_port", "ports.sidecar_max_port");
        idle(Kind.NUMBER, "proxies are configured through HTTP", "ports.grpc", "ports.expose_min_port", "ports.expose_max_port",
                "ports.proxy_min_port", "ports.proxy_max_port");
        idle(Kind.TEXT, "proxies are configured through HTTP", "addresses.grpc");
        idle(Kind.SWITCH, "there is one datacenter", "connect.enable_mesh_gateway_wan_federation");
        idle(Kind.SWITCH, "it is always on", "enable_central_service_config");
    }

    private void observed() {
        taken(Kind.DURATION, "telemetry.prometheus_retention_time");
        taken(Kind.SWITCH, "telemetry.disable_hostname", "telemetry.filter_default");
        taken(Kind.TEXT, "telemetry.metrics_prefix");
        taken(Kind.TEXTS, "telemetry.prefix_filter");
        idle(Kind.TEXT, SINKS, "telemetry.statsd_address", "telemetry.statsite_address", "telemetry.dogstatsd_addr",
                "telemetry.circonus_api_app", "telemetry.circonus_api_token", "telemetry.circonus_api_url", "telemetry.circonus_broker_id",
                "telemetry.circonus_broker_select_tag", "telemetry.circonus_check_display_name", "telemetry.circonus_check_force_metric_activation",
                "telemetry.circonus_check_id", "telemetry.circonus_check_instance_id", "telemetry.circonus_check_search_tag",
                "telemetry.circonus_check_tags", "telemetry.circonus_submission_interval", "telemetry.circonus_submission_url");
        idle(Kind.TEXTS, SINKS, "telemetry.dogstatsd_tags");
        idle(Kind.SWITCH, "metrics have one form", "telemetry.disable_compat_1.9");
    }

    private void taken(Kind kind, String... paths) {
        add(kind, new Use.Taken(), paths);
    }

    private void idle(Kind kind, String reason, String... paths) {
        add(kind, new Use.Idle(reason), paths);
    }

    private void refused(Kind kind, String reason, String... paths) {
        add(kind, new Use.Refused(reason), paths);
    }

    private void add(Kind kind, Use use, String... paths) {
        for (String path : paths) {
            if (keys.put(path, new Key(kind, use)) != null) {
                throw new IllegalStateException(path + " stands in the list twice");
            }
        }
    }
}
