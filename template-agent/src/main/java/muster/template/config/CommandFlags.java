package muster.template.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The agent's command line: Go-style flags, one dash or two, that say the same as the keys of files, and win over them. */
public final class CommandFlags {
    /** The arguments are wrong; the message says how. */
    public static final class FlagException extends RuntimeException {
        public FlagException(String message) {
            super(message);
        }
    }

    private static final Map<String, String> KEYS = keys();

    private CommandFlags() {}

    private static Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String name : List.of("once", "dry", "parse-only", "template-error-fatal", "err-on-failed-lookup", "log-level", "pid-file",
                "reload-signal", "kill-signal", "max-stale", "block-query-wait", "empty-hold", "status-address", "allow-plugins")) {
            keys.put(name, name.replace('-', '_'));
        }
        keys.put("dedup", "deduplicate.enabled");
        keys.put("default-left-delimiter", "default_delimiters.left");
        keys.put("default-right-delimiter", "default_delimiters.right");
        keys.put("syslog", "syslog.enabled");
        keys.put("syslog-facility", "syslog.facility");
        keys.put("syslog-name", "syslog.name");
        keys.put("log-file", "log_file.path");
        keys.put("log-rotate-bytes", "log_file.log_rotate_bytes");
        keys.put("log-rotate-duration", "log_file.log_rotate_duration");
        keys.put("log-rotate-max-files", "log_file.log_rotate_max_files");
        keys.put("retry", "consul.retry.backoff");
        keys.put("exec", "exec.command");
        for (String name : List.of("kill-signal", "kill-timeout", "reload-signal", "splay")) {
            keys.put("exec-" + name, "exec." + name.replace('-', '_'));
        }
        for (String name : List.of("pristine", "custom", "allowlist", "denylist")) {
            keys.put("exec-env-" + name, "exec.env." + name);
        }
        keys.put("exec-env-whitelist", "exec.env.allowlist");
        keys.put("exec-env-blacklist", "exec.env.denylist");
        for (String server : List.of("consul", "vault")) {
            keys.put(server + "-addr", server + ".address");
            keys.put(server + "-token", server + ".token");
            keys.put(server + "-namespace", server + ".namespace");
            keys.put(server + "-retry", server + ".retry.enabled");
            keys.put(server + "-retry-attempts", server + ".retry.attempts");
            keys.put(server + "-retry-backoff", server + ".retry.backoff");
            keys.put(server + "-retry-max-backoff", server + ".retry.max_backoff");
            keys.put(server + "-ssl", server + ".ssl.enabled");
            for (String name : List.of("ca-cert", "ca-path", "cert", "key", "server-name", "verify")) {
                keys.put(server + "-ssl-" + name, server + ".ssl." + name.replace('-', '_'));
            }
            for (String name : List.of("dial-keep-alive", "dial-timeout", "disable-keep-alives", "max-idle-conns-per-host", "max-conns-per-host",
                    "tls-handshake-timeout")) {
                keys.put(server + "-transport-" + name, server + ".transport." + name.replace('-', '_'));
            }
        }
        keys.put("consul-token-file", "consul.token_file");
        keys.put("vault-agent-token-file", "vault.vault_agent_token_file");
        keys.put("vault-renew-token", "vault.renew_token");
        keys.put("vault-unwrap-token", "vault.unwrap_token");
        keys.put("vault-default-lease-duration", "vault.default_lease_duration");
        keys.put("vault-lease-renewal-threshold", "vault.lease_renewal_threshold");
        keys.put("vault-client-user-agent", "vault.client_user_agent");
        return keys;
    }

    /** What was read. @param version whether only the version is asked for, and {@code help} the usage */
    public record Line(Given given, boolean version, boolean help) {}

    private record Flag(String name, String value) {}

    /**
     * Reads flags, and the files they name before them, since flags win.
     *
     * @throws FlagException for wrong flags
     * @throws ConfigurationException for wrong files
     */
    public static Line parse(List<String> args, Map<String, String> env) {
        List<Flag> flags = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (!arg.startsWith("-") || arg.equals("-")) {
                words.add(arg);
                continue;
            }
            String flag = arg.replaceFirst("^--?", "");
            int equals = flag.indexOf('=');
            String name = equals < 0 ? flag : flag.substring(0, equals);
            if (!isKnown(name)) {
                throw new FlagException("flag provided but not defined: -" + name);
            }
            if (equals >= 0 || isSwitch(name)) {
                flags.add(new Flag(name, equals >= 0 ? flag.substring(equals + 1) : "true"));
            } else if (i + 1 < args.size()) {
                flags.add(new Flag(name, args.get(++i)));
            } else {
                throw new FlagException("flag needs an argument: -" + name);
            }
        }
        boolean version = flags.stream().anyMatch(flag -> List.of("v", "version").contains(flag.name()));
        boolean help = flags.stream().anyMatch(flag -> List.of("h", "help").contains(flag.name()));
        if (!words.isEmpty() && !version && !help) {
            throw new FlagException("cli: extra args: " + words);
        }
        Given given = new Given();
        if (!version && !help) {
            String local = env.getOrDefault("CT_LOCAL_CONFIG", "");
            if (!local.isBlank()) {
                AgentFile.read("CT_LOCAL_CONFIG", local, given);
            }
            flags.stream().filter(flag -> flag.name().equals("config")).forEach(flag -> AgentFile.read(Path.of(flag.value()), given));
            flags.forEach(flag -> apply(flag, given));
        }
        return new Line(given, version, help);
    }

    private static boolean isKnown(String name) {
        return KEYS.containsKey(name) || isSwitch(name) || List.of("template", "config", "wait", "consul-auth").contains(name);
    }

    private static boolean isSwitch(String name) {
        return List.of("v", "version", "h", "help").contains(name) || Keys.TOP.get(KEYS.getOrDefault(name, "")) == Keys.Kind.BOOL;
    }

    private static void apply(Flag flag, Given given) {
        try {
            switch (flag.name()) {
                case "config" -> { }
                case "template" -> given.add(template(flag.value()));
                case "wait" -> {
                    String[] parts = flag.value().split(":", 2);
                    Given.duration(parts[0]);
                    given.set("wait.min", parts[0]);
                    if (parts.length == 2) {
                        Given.duration(parts[1]);
                        given.set("wait.max", parts[1]);
                    }
                }
                case "consul-auth" -> {
                    int colon = flag.value().indexOf(':');
                    given.set("consul.auth.username", colon < 0 ? flag.value() : flag.value().substring(0, colon));
                    given.set("consul.auth.password", colon < 0 ? "" : flag.value().substring(colon + 1));
                }
                default -> {
                    String key = KEYS.get(flag.name());
                    Keys.Kind kind = Keys.TOP.get(key);
                    Given.check(kind, List.of(flag.value()));
                    List<String> value = new ArrayList<>(kind == Keys.Kind.LIST ? given.list(key) : List.of());
                    value.add(flag.value());
                    given.set(key, value);
                }
            }
        } catch (IllegalArgumentException e) {
            throw new FlagException("invalid value \"" + flag.value() + "\" for flag -" + flag.name() + ": " + e.getMessage());
        }
    }

    private static Given template(String text) {
        boolean drive = text.matches("[A-Za-z]:[/\\\\].*");
        String rest = drive ? text.substring(2) : text;
        String[] parts = rest.split(":", 3);
        if (parts.length < 2 || parts[0].isBlank() || parts[1].isBlank()) {
            throw new IllegalArgumentException("it is written SOURCE:DESTINATION[:COMMAND]");
        }
        Given template = new Given();
        template.set("source", (drive ? text.substring(0, 2) : "") + parts[0]);
        template.set("destination", parts[1]);
        if (parts.length == 3) {
            template.set("command", parts[2]);
        }
        return template;
    }
}
