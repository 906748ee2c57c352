package muster.registry.connect;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import muster.registry.Registry;
import muster.registry.mesh.Authority;
import muster.registry.state.Command;

/**
 * The mesh's certificate authority. It is made when somebody first asks for it, kept in the state, and changed by commands
 * that name the version they replace, so that two servers never make two. A new root is signed by the one before as well,
 * and the one before stays known until no leaf of it can be valid. Any thread may call; nothing here blocks.
 */
public final class CertificateAuthority {
    private static final Duration ROOT_LIFE = Duration.ofDays(3650);
    /** Clocks differ: certificates begin a little before they are made. */
    static final Duration BACKDATED = Duration.ofMinutes(1);
    private static final String ROOT_NAME = "Consul CA Root Cert";

    private final Registry registry;
    private final Supplier<UUID> ids;
    final Certificates certificates = new Certificates(new SecureRandom());
    /** Making keys and signatures takes milliseconds, which no event loop has. */
    final Executor workers = task -> Thread.ofVirtual().name("certificate-authority").start(task);

    /** @param ids for the id of a new cluster; any thread may ask */
    public CertificateAuthority(Registry registry, Supplier<UUID> ids) {
        this.registry = registry;
        this.ids = ids;
    }

    /** A configuration that can't be used; the text is Consul's. */
    public static final class RefusedConfigurationException extends RuntimeException {
        RefusedConfigurationException(String message) {
            super(message, null, false, false);
        }
    }

    /** The authority, made now where there was none. */
    public CompletionStage<Authority> present() {
        Optional<Authority> known = registry.snapshot().mesh().authority();
        return known.isPresent() ? CompletableFuture.completedFuture(known.get())
                : CompletableFuture.supplyAsync(this::first, workers).thenCompose(made -> replace(made, 0));
    }

    private Authority first() {
        Map<String, Object> config = AuthorityRules.complete(Map.of());
        String clusterId = ids.get().toString();
        KeyPair key = certificates.newKey("ec", 256);
        Authority.Root root = root(key, clusterId, 1, Map.of());
        return new Authority(clusterId, new Authority.Configuration(AuthorityRules.PROVIDER, config, false), List.of(root),
                new Authority.Secret(Certificates.write(key)), 1, 0, 0);
    }

    /** Whoever was first to replace this version has decided. */
    private CompletionStage<Authority> replace(Authority made, long version) {
        return registry.propose(new Command.SetAuthority(made, version))
                .thenApply(applied -> registry.snapshot().mesh().authority().orElseThrow());
    }

    /**
     * Sets how the authority works. Another private key, or another kind of key, makes a new root. Completes exceptionally with
     * {@link RefusedConfigurationException}.
     *
     * @param withoutCrossSigning lets the new root stand alone, so that leafs of both do not trust each other's
     */
    public CompletionStage<Authority> configure(String provider, Map<String, Object> given, boolean withoutCrossSigning) {
        Map<String, Object> complete = AuthorityRules.complete(given);
        AuthorityRules.refusal(provider, complete).ifPresent(text -> {
            throw new RefusedConfigurationException(text);
        });
        return present().thenCompose(before -> CompletableFuture
                .supplyAsync(() -> changed(before, provider, complete, withoutCrossSigning), workers)
                .thenCompose(after -> replace(after, before.modifyIndex())));
    }

    private Authority changed(Authority before, String provider, Map<String, Object> complete, boolean withoutCrossSigning) {
        Map<String, Object> kept = new TreeMap<>(complete);
        kept.remove(AuthorityRules.PRIVATE_KEY); // a secret, which stands elsewhere
        Authority.Configuration configuration = new Authority.Configuration(provider, kept, withoutCrossSigning);
        Optional<KeyPair> key = otherKey(before, complete);
        if (key.isEmpty()) {
            return new Authority(before.clusterId(), configuration, before.roots(), before.signingKey(), before.serial(), 0, 0);
        }
        Instant now = registry.clock().instant();
        long serial = before.serial() + 1;
        Authority.Root root = root(key.get(), before.clusterId(), serial, complete);
        List<Authority.Root> roots = new ArrayList<>();
        if (!withoutCrossSigning) {
            serial++;
            root = crossSigned(root, before, serial, now);
        }
        roots.add(root);
        Duration overlap = before.configuration().leafTtl().multipliedBy(2);
        for (Authority.Root old : before.roots()) {
            Authority.Root out = old.active() ? old.rotatedOut(now) : old;
            if (out.rotatedOutAt().map(when -> when.plus(overlap).isAfter(now)).orElse(true) && !out.id().equals(root.id())) {
                roots.add(out);
            }
        }
        return new Authority(before.clusterId(), configuration, roots, new Authority.Secret(Certificates.write(key.get())), serial, 0, 0);
    }

    /** The key that the settings ask for; empty where the present one is meant. */
    private Optional<KeyPair> otherKey(Authority before, Map<String, Object> complete) {
        String given = AuthorityRules.text(complete, AuthorityRules.PRIVATE_KEY);
        try {
            if (given.isEmpty()) {
                Authority.Root active = before.activeRoot();
                boolean same = AuthorityRules.keyType(complete).equals(active.keyType())
                        && AuthorityRules.keyBits(complete) == active.keyBits();
                return same ? Optional.empty() : Optional.of(certificates.newKey(
                        AuthorityRules.keyType(complete), AuthorityRules.keyBits(complete)));
            }
            KeyPair key = certificates.readKey(given);
            return Certificates.write(key).equals(before.signingKey().pem()) ? Optional.empty() : Optional.of(key);
        } catch (IllegalArgumentException e) {
            throw new RefusedConfigurationException("error configuring provider: " + e.getMessage());
        }
    }

    private Authority.Root root(KeyPair key, String clusterId, long serial, Map<String, Object> complete) {
        Instant from = registry.clock().instant().minus(BACKDATED).truncatedTo(ChronoUnit.SECONDS);
        Instant until = from.plus(ROOT_LIFE);
        String given = AuthorityRules.text(complete, AuthorityRules.ROOT_CERTIFICATE);
        Certificates.Given certificate;
        try {
            certificate = given.isEmpty()
                    ? new Certificates.Given(certificates.root(key, name(key, clusterId), "spiffe://" + clusterId + ".consul",
                            BigInteger.valueOf(serial), from, until), BigInteger.valueOf(serial), from, until)
                    : Certificates.given(given, key.getPublic());
        } catch (IllegalArgumentException e) {
            throw new RefusedConfigurationException("error generating CA root certificate: " + e.getMessage());
        }
        Certificates.Made made = certificate.made();
        return new Authority.Root(made.fingerprint(), ROOT_NAME, certificate.serial().toString(), made.keyId(), certificate.from(),
                certificate.until(), made.certificate(), List.of(), true, Optional.empty(), Certificates.type(key.getPublic()),
                Certificates.bits(key.getPublic()), 0, 0);
    }

    /** Short enough for a common name, and no two keys of a cluster have the same. */
    private static String name(KeyPair key, String clusterId) {
        String mark = Integer.toHexString(Arrays.hashCode(key.getPublic().getEncoded()));
        return "pri-" + mark + ".consul.ca." + clusterId.substring(0, 8) + ".consul";
    }

    private Authority.Root crossSigned(Authority.Root root, Authority before, long serial, Instant now) {
        Authority.Root old = before.activeRoot();
        Certificates.Made cross = certificates.crossSigned(root.certificate(), certificates.readKey(before.signingKey().pem()),
                old.certificate(), BigInteger.valueOf(serial), now.minus(BACKDATED), old.notAfter());
        return new Authority.Root(root.id(), root.name(), root.serialNumber(), root.signingKeyId(), root.notBefore(), root.notAfter(),
                root.certificate(), List.of(cross.certificate()), true, Optional.empty(), root.keyType(), root.keyBits(), 0, 0);
    }
}
