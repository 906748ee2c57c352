package muster.template.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The keys of consul-template's configuration, and ours beside them, by their path. */
final class Keys {
    /** What a key's value looks like. */
    enum Kind {
        TEXT, BOOL, NUMBER, DURATION,
        /** A list of texts; a single text is a list of one. */
        LIST,
        /** A command: one text, which a shell reads if it has blanks, or a list of words. */
        COMMAND
    }

    /** Everything outside of template blocks. */
    static final Map<String, Kind> TOP = top();
    /** Inside a template block. */
    static final Map<String, Kind> TEMPLATE = template();
    /** Old spellings, by their ends. */
    static final Map<String, String> OLD_NAMES = Map.of("whitelist", "allowlist", "blacklist", "denylist",
            "function_blacklist", "function_denylist", "uid", "user", "gid", "group");

    private Keys() {}

    private static Map<String, Kind> top() {
        Map<String, Kind> keys = new LinkedHashMap<>();
        add(keys, "", Kind.TEXT, "reload_signal", "kill_signal", "log_level", "pid_file", "on_deadline", "status_address");
        add(keys, "", Kind.DURATION, "max_stale", "block_query_wait", "empty_hold", "deadline");
        add(keys, "", Kind.BOOL, "once", "parse_only", "dry", "template_error_fatal", "err_on_failed_lookup", "allow_plugins");
        wait(keys, "");
        add(keys, "default_delimiters.", Kind.TEXT, "left", "right");
        add(keys, "syslog.", Kind.BOOL, "enabled");
        add(keys, "syslog.", Kind.TEXT, "facility", "name");
        add(keys, "log_file.", Kind.TEXT, "path");
        add(keys, "log_file.", Kind.NUMBER, "log_rotate_bytes", "log_rotate_max_files");
        add(keys, "log_file.", Kind.DURATION, "log_rotate_duration");
        add(keys, "deduplicate.", Kind.BOOL, "enabled");
        add(keys, "deduplicate.", Kind.TEXT, "prefix");
        add(keys, "deduplicate.", Kind.DURATION, "ttl", "max_stale", "block_query_wait");
        exec(keys, "exec.");
        add(keys, "exec.", Kind.TEXT, "reload_signal", "kill_signal");
        add(keys, "exec.", Kind.DURATION, "splay", "kill_timeout");
        server(keys, "consul.");
        add(keys, "consul.auth.", Kind.BOOL, "enabled");
        add(keys, "consul.auth.", Kind.TEXT, "username", "password");
        add(keys, "consul.", Kind.TEXT, "token_file");
        server(keys, "vault.");
        add(keys, "vault.", Kind.TEXT, "vault_agent_token_file", "client_user_agent", "k8s_auth_role_name", "k8s_service_account_token",
                "k8s_service_account_token_path", "k8s_service_mount_path");
        add(keys, "vault.", Kind.BOOL, "unwrap_token", "renew_token", "enabled");
        add(keys, "vault.", Kind.DURATION, "default_lease_duration");
        add(keys, "vault.", Kind.NUMBER, "lease_renewal_threshold");
        server(keys, "nomad.");
        add(keys, "nomad.", Kind.TEXT, "auth_username", "auth_password");
        add(keys, "nomad.", Kind.BOOL, "enabled");
        return keys;
    }

    private static void server(Map<String, Kind> keys, String block) {
        add(keys, block, Kind.TEXT, "address", "namespace", "token");
        add(keys, block + "retry.", Kind.BOOL, "enabled");
        add(keys, block + "retry.", Kind.NUMBER, "attempts");
        add(keys, block + "retry.", Kind.DURATION, "backoff", "max_backoff");
        add(keys, block + "ssl.", Kind.BOOL, "enabled", "verify");
        add(keys, block + "ssl.", Kind.TEXT, "cert", "key", "ca_cert", "ca_path", "server_name");
        add(keys, block + "transport.", Kind.DURATION, "dial_keep_alive", "dial_timeout", "idle_conn_timeout", "tls_handshake_timeout");
        add(keys, block + "transport.", Kind.NUMBER, "max_idle_conns", "max_idle_conns_per_host", "max_conns_per_host");
        add(keys, block + "transport.", Kind.BOOL, "disable_keep_alives");
    }

    private static void exec(Map<String, Kind> keys, String block) {
        add(keys, block, Kind.BOOL, "enabled");
        add(keys, block, Kind.COMMAND, "command");
        add(keys, block, Kind.DURATION, "timeout");
        add(keys, block + "env.", Kind.BOOL, "pristine");
        add(keys, block + "env.", Kind.LIST, "custom", "allowlist", "denylist");
    }

    private static void wait(Map<String, Kind> keys, String block) {
        add(keys, block + "wait.", Kind.BOOL, "enabled");
        add(keys, block + "wait.", Kind.DURATION, "min", "max");
    }

    private static Map<String, Kind> template() {
        Map<String, Kind> keys = new LinkedHashMap<>();
        add(keys, "", Kind.TEXT, "source", "contents", "destination", "perms", "user", "group", "left_delimiter", "right_delimiter",
                "sandbox_path", "dialect", "on_deadline");
        add(keys, "", Kind.BOOL, "create_dest_dirs", "error_on_missing_key", "error_fatal", "backup", "map_to_environment_variable");
        add(keys, "", Kind.COMMAND, "command", "check");
        add(keys, "", Kind.DURATION, "command_timeout", "empty_hold", "deadline");
        add(keys, "", Kind.LIST, "function_denylist");
        wait(keys, "");
        exec(keys, "exec.");
        return keys;
    }

    private static void add(Map<String, Kind> keys, String block, Kind kind, String... names) {
        for (String name : names) {
            keys.put(block + name, kind);
        }
    }

    /** Whether there are keys inside of this one. */
    static boolean isBlock(Set<String> known, String path) {
        return known.stream().anyMatch(key -> key.startsWith(path + "."));
    }
}
