package muster.template.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import muster.template.source.BlockingSource;
import muster.template.source.Retry;
import muster.template.source.VaultSettings;

/**
 * The systems that templates read, and how long failures of each may last.
 *
 * @param consul the registry
 * @param vault empty where none is set
 * @param nomad empty where none is set
 */
public record Servers(Consul consul, Optional<VaultSettings> vault, Optional<BlockingSource.Settings> nomad, Patience patience) {
    private static final int ATTEMPTS = 12;

    /**
     * A Consul-compatible HTTP address.
     *
     * @param headers besides the token's
     * @param connections how many requests may be open at once
     */
    public record Consul(String address, String token, String namespace, Map<String, String> headers, Optional<SSLContext> tls, Retry retry,
            int connections) {
        /** Never shows the token. */
        @Override
        public String toString() {
            return "Consul[address=" + address + "]";
        }

        /** For the APIs that the registry client does not speak to. */
        public BlockingSource.Settings api(Duration wait) {
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.put("X-Consul-Token", token);
            return new BlockingSource.Settings("Consul", address, tls, all, wait,
                    namespace.isEmpty() ? Map.of() : Map.of("ns", namespace), retry);
        }
    }

    /**
     * How long reads may fail before the run is given up, by the number of attempts that was set; zero is for ever.
     *
     * @param given whether a number was set: without, only a single run gives up
     */
    public record Patience(Duration consul, Duration vault, Duration nomad, boolean given) {}

    static Servers of(Given given, Map<String, String> env) {
        return new Servers(consul(given, env), vault(given, env), nomad(given, env),
                new Patience(patience(given, "consul."), patience(given, "vault."), patience(given, "nomad."),
                        given.has("consul.retry.attempts") || given.has("vault.retry.attempts") || given.has("nomad.retry.attempts")
                                || given.has("consul.retry.enabled") || given.has("vault.retry.enabled") || given.has("nomad.retry.enabled")));
    }

    private static Retry retry(Given given, String block) {
        Duration first = given.duration(block + "retry.backoff", Retry.DEFAULT.first());
        Duration longest = given.duration(block + "retry.max_backoff", Retry.DEFAULT.longest());
        return new Retry(first, longest.compareTo(first) < 0 ? first : longest);
    }

    /** A millisecond where nothing is tried again. */
    private static Duration patience(Given given, String block) {
        if (!given.flag(block + "retry.enabled", true)) {
            return Duration.ofMillis(1);
        }
        return retry(given, block).total((int) given.number(block + "retry.attempts", ATTEMPTS));
    }

    private static Consul consul(Given given, Map<String, String> env) {
        String address = given.text("consul.address", env.getOrDefault("CONSUL_HTTP_ADDR", "127.0.0.1:8500"));
        String token = given.text("consul.token", "");
        Optional<String> file = given.text("consul.token_file").or(() -> Optional.ofNullable(env.get("CONSUL_HTTP_TOKEN_FILE")));
        if (token.isEmpty()) {
            token = file.filter(path -> !path.isEmpty()).map(path -> read("consul.token_file", path))
                    .orElse(env.getOrDefault("CONSUL_TOKEN", env.getOrDefault("CONSUL_HTTP_TOKEN", "")));
        }
        Map<String, String> headers = new HashMap<>();
        if (given.has("consul.auth.username") && given.flag("consul.auth.enabled", true)) {
            headers.put("Authorization", basic(given.text("consul.auth.username", ""), given.text("consul.auth.password", "")));
        }
        Optional<SSLContext> tls = Tls.of(given, "consul.ssl.", env, "CONSUL_CACERT", "CONSUL_CAPATH", "CONSUL_CLIENT_CERT", "CONSUL_CLIENT_KEY",
                "CONSUL_HTTP_SSL_VERIFY");
        boolean secure = tls.isPresent() || env.getOrDefault("CONSUL_HTTP_SSL", "").equals("true");
        int connections = (int) given.number("consul.transport.max_conns_per_host", 16);
        return new Consul(withScheme(address, secure), token.strip(), given.text("consul.namespace", env.getOrDefault("CONSUL_NAMESPACE", "")),
                headers, tls, retry(given, "consul."), connections <= 0 ? 16 : Math.max(8, connections));
    }

    private static String withScheme(String address, boolean secure) {
        return secure && !address.contains("://") ? "https://" + address : address;
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static String read(String key, String path) {
        try {
            return Files.readString(Path.of(path)).strip();
        } catch (IOException e) {
            throw new ConfigurationException(key + " " + path + " can't be read");
        }
    }

    private static Optional<VaultSettings> vault(Given given, Map<String, String> env) {
        String address = given.text("vault.address", env.getOrDefault("VAULT_ADDR", ""));
        if (address.isEmpty() || !given.flag("vault.enabled", true)) {
            return Optional.empty();
        }
        Optional<Path> file = given.text("vault.vault_agent_token_file").filter(path -> !path.isEmpty()).map(Path::of);
        String token = given.text("vault.token", env.getOrDefault("VAULT_TOKEN", ""));
        Path own = Path.of(env.getOrDefault("HOME", "/nonexistent"), ".vault-token");
        if (token.isEmpty() && file.isEmpty() && Files.isReadable(own)) {
            token = read("vault.token", own.toString());
        }
        Optional<VaultSettings.Kubernetes> kubernetes = given.text("vault.k8s_auth_role_name").filter(role -> !role.isEmpty())
                .map(role -> new VaultSettings.Kubernetes(given.text("vault.k8s_service_mount_path", "kubernetes").replaceFirst("^/?auth/", ""), role,
                        Path.of(given.text("vault.k8s_service_account_token_path", "/run/secrets/kubernetes.io/serviceaccount/token"))));
        boolean renew = given.flag("vault.renew_token", file.isEmpty() && (!token.isEmpty() || kubernetes.isPresent()));
        Optional<SSLContext> tls = Tls.of(given, "vault.ssl.", env, "VAULT_CACERT", "VAULT_CAPATH", "VAULT_CLIENT_CERT", "VAULT_CLIENT_KEY", "");
        return Optional.of(new VaultSettings(address, tls, given.text("vault.namespace", env.getOrDefault("VAULT_NAMESPACE", "")), token, file,
                given.flag("vault.unwrap_token", false), renew, given.duration("vault.default_lease_duration", Duration.ofMinutes(5)),
                given.number("vault.lease_renewal_threshold", 0.9), given.text("vault.client_user_agent", ""), kubernetes, retry(given, "vault.")));
    }

    private static Optional<BlockingSource.Settings> nomad(Given given, Map<String, String> env) {
        String address = given.text("nomad.address", env.getOrDefault("NOMAD_ADDR", ""));
        if (address.isEmpty() || !given.flag("nomad.enabled", true)) {
            return Optional.empty();
        }
        Map<String, String> headers = new HashMap<>();
        headers.put("X-Nomad-Token", given.text("nomad.token", env.getOrDefault("NOMAD_TOKEN", "")));
        if (given.has("nomad.auth_username")) {
            headers.put("Authorization", basic(given.text("nomad.auth_username", ""), given.text("nomad.auth_password", "")));
        }
        String namespace = given.text("nomad.namespace", env.getOrDefault("NOMAD_NAMESPACE", ""));
        Optional<SSLContext> tls = Tls.of(given, "nomad.ssl.", env, "NOMAD_CACERT", "NOMAD_CAPATH", "NOMAD_CLIENT_CERT", "NOMAD_CLIENT_KEY", "");
        return Optional.of(new BlockingSource.Settings("Nomad", withScheme(address, tls.isPresent()), tls, headers,
                given.duration("block_query_wait", Duration.ofSeconds(60)), namespace.isEmpty() ? Map.of() : Map.of("namespace", namespace),
                retry(given, "nomad.")));
    }
}
