package muster.template.source;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The token for Vault: taken from where the settings say, once it is needed, and kept alive. Thread-safe. */
final class VaultToken implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VaultToken.class);
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final VaultSettings settings;
    private final RandomGenerator random;
    private volatile String current;
    /** Guarded by this. */
    private boolean ready;
    private Thread keeping;

    VaultToken(VaultSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        this.current = settings.token();
    }

    /** What requests carry. */
    String current() {
        return current;
    }

    /** Makes sure that there is a token: reads the file, unwraps, logs in. Throws {@link ApiException} if there can't be one. */
    synchronized void prepare(JsonApi api) throws InterruptedException {
        if (settings.tokenFile().isPresent()) {
            current = file();
            return;
        }
        if (ready) {
            return;
        }
        Object login = null;
        if (settings.kubernetes().isPresent()) {
            login = login(api, settings.kubernetes().get());
        } else if (settings.unwrapToken()) {
            login = api.put("sys/wrapping/unwrap", Map.of()).json().orElse(null);
        }
        if (login != null) {
            Object auth = login instanceof Map<?, ?> map ? map.get("auth") : null;
            if (!(auth instanceof Map<?, ?> map && map.get("client_token") instanceof String token)) {
                throw new ApiException("Vault gave no token", 0, null);
            }
            current = token;
        }
        ready = true;
        if (settings.renewToken() && !current.isEmpty()) {
            keeping = Thread.ofVirtual().name("vault-token").start(() -> keep(api));
        }
    }

    private String file() {
        try {
            return Files.readString(settings.tokenFile().orElseThrow()).strip();
        } catch (IOException e) {
            throw new ApiException("the token's file " + settings.tokenFile().orElseThrow() + " can't be read", 0, e);
        }
    }

    private static Object login(JsonApi api, VaultSettings.Kubernetes login) throws InterruptedException {
        try {
            String jwt = Files.readString(login.serviceAccountToken()).strip();
            return api.put("auth/" + login.mount() + "/login", Map.of("role", login.role(), "jwt", jwt)).json().orElse(null);
        } catch (IOException e) {
            throw new ApiException("the service account's token " + login.serviceAccountToken() + " can't be read", 0, e);
        }
    }

    /** Renews at a third of what is left. A token that can't be renewed is used to its end. */
    private void keep(JsonApi api) {
        try {
            while (true) {
                Duration pause;
                try {
                    Object answer = api.put("auth/token/renew-self", Map.of()).json().orElse(Map.of());
                    Lease lease = Lease.of(answer, settings.defaultLease(), Instant.EPOCH);
                    Map<?, ?> auth = answer instanceof Map<?, ?> map && map.get("auth") instanceof Map<?, ?> inner ? inner : Map.of();
                    if (!Boolean.TRUE.equals(auth.get("renewable"))) {
                        LOG.debug("vault token is not renewable");
                        return;
                    }
                    pause = new Lease("token", true, lease.duration()).rest(settings.renewalThreshold(), random);
                } catch (ApiException e) {
                    if (e.status() == 400 || e.status() == 403) {
                        LOG.warn("vault token is not renewed why={}", e.getMessage());
                        return;
                    }
                    pause = RETRY;
                }
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            LOG.debug("vault token no longer renewed");
        }
    }

    @Override
    public synchronized void close() {
        if (keeping != null) {
            keeping.interrupt();
        }
    }
}
