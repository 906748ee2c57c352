package muster.template.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.template.dependency.ApiDependency;

/**
 * Secrets of a Vault-compatible server. Leases that can be renewed are renewed; all else is read again before it ends. Whether a
 * mount keeps versions is asked once. (Vault HTTP API: KV version 1 and 2, sys/leases/renew, auth/token/renew-self,
 * sys/wrapping/unwrap)
 */
public final class VaultSource implements Source {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([^-]+)-----.*?-----END [^-]+-----", Pattern.DOTALL);

    private final VaultSettings settings;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final VaultToken token;
    private final JsonApi api;
    private final Followers followers;
    private final Map<String, Mount> mounts = new ConcurrentHashMap<>();

    /** Asks for nothing yet. The randomness must be safe for threads. */
    public VaultSource(VaultSettings settings, InstantSource clock, RandomGenerator random) {
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.token = new VaultToken(settings, random);
        this.api = new JsonApi("Vault", settings.address(), settings.tls(), this::headers);
        this.followers = new Followers(settings.retry(), random);
    }

    /** Where a KV store lies. @param prefix with a slash at its end; "" where that is not known */
    private record Mount(String prefix, boolean versioned) {}

    private Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        headers.put("X-Vault-Request", "true");
        headers.put("X-Vault-Token", token.current());
        headers.put("X-Vault-Namespace", settings.namespace());
        headers.put("User-Agent", settings.userAgent());
        return headers;
    }

    @Override
    public AutoCloseable follow(ApiDependency dependency, Receiver receiver) {
        if (!(dependency instanceof ApiDependency.OfVault wanted)) {
            throw new IllegalArgumentException(dependency + " is nothing that Vault answers");
        }
        Follower follower = new Follower(wanted, receiver);
        return followers.start(dependency, receiver, follower::round);
    }

    /** One dependency's reading and renewing. Its own thread owns it. */
    private final class Follower {
        private final ApiDependency.OfVault dependency;
        private final Receiver receiver;
        private Optional<Lease> renewing = Optional.empty();
        private boolean first = true;

        Follower(ApiDependency.OfVault dependency, Receiver receiver) {
            this.dependency = dependency;
            this.receiver = receiver;
        }

        Duration round() throws InterruptedException {
            token.prepare(api);
            if (renewing.isPresent()) {
                Optional<Duration> rest = renewed(renewing.get());
                if (rest.isPresent()) {
                    return rest.get();
                }
                renewing = Optional.empty();
            }
            Object secret = first ? cached().orElse(null) : null;
            first = false;
            if (secret == null) {
                secret = fetch(dependency).orElseThrow(() -> new ApiException("no secret exists at " + dependency.path(), 404, null));
            }
            receiver.answered(Optional.of(secret));
            Lease lease = Lease.of(secret, settings.defaultLease(), clock.instant());
            renewing = lease.renewable() ? Optional.of(lease) : Optional.empty();
            return lease.rest(settings.renewalThreshold(), random);
        }

        /** The pause to the next renewal; empty when the lease can't go on and the secret has to be read again. */
        private Optional<Duration> renewed(Lease lease) throws InterruptedException {
            try {
                Object answer = api.put("sys/leases/renew", Map.of("lease_id", lease.id(), "increment", lease.duration().toSeconds()))
                        .json().orElse(Map.of());
                Lease next = Lease.of(answer, settings.defaultLease(), clock.instant());
                return next.renewable() ? Optional.of(next.rest(settings.renewalThreshold(), random)) : Optional.empty();
            } catch (ApiException e) {
                if (e.status() == 0) {
                    throw e;
                }
                return Optional.empty();
            }
        }

        /** A certificate that was rendered before and is good for a while: asking for another would change files for nothing. */
        private Optional<Object> cached() {
            if (!(dependency instanceof ApiDependency.PkiCert wanted) || wanted.destination().isEmpty()) {
                return Optional.empty();
            }
            try {
                List<String> certificates = new ArrayList<>();
                String key = "";
                Matcher blocks = BLOCK.matcher(Files.readString(Path.of(wanted.destination())));
                while (blocks.find()) {
                    if (blocks.group(1).equals("CERTIFICATE")) {
                        certificates.add(blocks.group());
                    } else if (blocks.group(1).endsWith("PRIVATE KEY")) {
                        key = blocks.group();
                    }
                }
                boolean usable = !key.isEmpty() && !certificates.isEmpty()
                        && Lease.expiry(certificates.getFirst()).filter(end -> end.isAfter(clock.instant().plusSeconds(60))).isPresent();
                if (!usable) {
                    return Optional.empty();
                }
                Map<String, Object> data = new LinkedHashMap<>();
                data.put("certificate", certificates.getFirst());
                data.put("private_key", key);
                data.put("issuing_ca", certificates.size() > 1 ? certificates.get(1) : "");
                data.put("ca_chain", certificates.subList(1, certificates.size()));
                return Optional.of(Map.of("data", data));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }

    private Optional<Object> fetch(ApiDependency.OfVault dependency) throws InterruptedException {
        return switch (dependency) {
            case ApiDependency.VaultRead read -> {
                int question = read.path().indexOf('?');
                String path = question < 0 ? read.path() : read.path().substring(0, question);
                Mount mount = mount(path);
                Optional<Object> answer = api.get(within(mount, path, "data") + (question < 0 ? "" : read.path().substring(question)),
                        Duration.ZERO).json();
                boolean deleted = mount.versioned() && answer.isPresent() && answer.get() instanceof Map<?, ?> secret
                        && secret.get("data") instanceof Map<?, ?> data && data.get("data") == null;
                yield deleted ? Optional.empty() : answer;
            }
            case ApiDependency.VaultList list -> api.get(within(mount(list.path()), list.path(), "metadata") + "?list=true", Duration.ZERO).json();
            case ApiDependency.VaultWrite write -> api.put(within(mount(write.path()), write.path(), "data"), body(write)).json();
            case ApiDependency.PkiCert certificate -> api.put(certificate.path(), certificate.data()).json();
        };
    }

    /** What a versioned store keeps lies one level deeper. */
    private Map<String, ?> body(ApiDependency.VaultWrite write) throws InterruptedException {
        Mount mount = mount(write.path());
        return mount.versioned() ? Map.of("data", write.data()) : write.data();
    }

    private static String within(Mount mount, String path, String folder) {
        if (!mount.versioned() || !(path + "/").startsWith(mount.prefix())) {
            return path;
        }
        String rest = path.length() < mount.prefix().length() ? "" : path.substring(mount.prefix().length());
        boolean named = rest.equals(folder) || rest.startsWith(folder + "/") || rest.startsWith("data/") || rest.startsWith("metadata/");
        return named ? path : mount.prefix() + folder + (rest.isEmpty() ? "" : "/" + rest);
    }

    /** Tokens that may not ask count as ones for a store without versions, as in the original. */
    private Mount mount(String path) throws InterruptedException {
        Mount known = mounts.get(path);
        if (known != null) {
            return known;
        }
        Mount found = new Mount("", false);
        try {
            Object answer = api.get("sys/internal/ui/mounts/" + path, Duration.ZERO).json().orElse(Map.of());
            Object data = answer instanceof Map<?, ?> map ? map.get("data") : null;
            if (data instanceof Map<?, ?> mount && mount.get("path") instanceof String prefix) {
                found = new Mount(prefix, mount.get("options") instanceof Map<?, ?> options && "2".equals(options.get("version")));
            }
        } catch (ApiException e) {
            if (e.status() == 0) {
                throw e;
            }
        }
        mounts.put(path, found);
        return found;
    }

    @Override
    public void close() {
        token.close();
        api.close();
    }
}
