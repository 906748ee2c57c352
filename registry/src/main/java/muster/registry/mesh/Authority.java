package muster.registry.mesh;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import muster.wire.GoDuration;

/**
 * The mesh's certificate authority: how it is configured, its roots, and the key that signs. (Consul: built-in CA)
 *
 * @param clusterId the UUID of which the trust domain is made; made once
 * @param configuration as it was set, with the defaults, without a private key
 * @param roots one of them active
 * @param serial the newest serial number that was given out by this state; leafs take random ones
 */
public record Authority(
        String clusterId,
        Configuration configuration,
        List<Root> roots,
        Secret signingKey,
        long serial,
        long createIndex,
        long modifyIndex) {
    /** How the authority works. The map is Consul's {@code Config}. */
    public record Configuration(String provider, Map<String, Object> config, boolean forceWithoutCrossSigning) {
        public Configuration {
            provider = provider == null ? "" : provider;
            config = config == null ? Map.of() : new LinkedHashMap<>(config);
        }

        /** How long a leaf is valid. */
        public Duration leafTtl() {
            return Optional.ofNullable(config.get("LeafCertTTL"))
                    .flatMap(ttl -> GoDuration.tryParse(String.valueOf(ttl)))
                    .orElse(Duration.ofHours(72));
        }
    }

    /**
     * A root certificate.
     *
     * @param id its fingerprint
     * @param certificate PEM
     * @param intermediates PEM: the same key signed by the root before, for those who trust only that
     * @param rotatedOutAt when it stopped being the active one; empty while it is
     */
    public record Root(
            String id,
            String name,
            String serialNumber,
            String signingKeyId,
            Instant notBefore,
            Instant notAfter,
            String certificate,
            List<String> intermediates,
            boolean active,
            Optional<Instant> rotatedOutAt,
            String keyType,
            int keyBits,
            long createIndex,
            long modifyIndex) {
        public Root {
            intermediates = intermediates == null ? List.of() : intermediates.stream().filter(Objects::nonNull).toList();
            rotatedOutAt = rotatedOutAt == null ? Optional.empty() : rotatedOutAt;
        }

        /** The same, no longer active from a moment on. */
        public Root rotatedOut(Instant when) {
            return new Root(id, name, serialNumber, signingKeyId, notBefore, notAfter, certificate, intermediates, false,
                    Optional.of(when), keyType, keyBits, createIndex, modifyIndex);
        }

        Root at(long created, long modified) {
            return new Root(id, name, serialNumber, signingKeyId, notBefore, notAfter, certificate, intermediates, active,
                    rotatedOutAt, keyType, keyBits, created, modified);
        }
    }

    /** A private key as PEM. It is in the log and in snapshots, and must be nowhere else. */
    public record Secret(String pem) {
        public Secret {
            Objects.requireNonNull(pem);
        }

        @Override
        public String toString() {
            return "<hidden>";
        }
    }

    public Authority {
        roots = List.copyOf(roots);
    }

    /** The host of every identity in the mesh. (SPIFFE ID: trust domain) */
    public String trustDomain() {
        return clusterId + ".consul";
    }

    /** The root whose key signs. */
    public Root activeRoot() {
        return roots.stream().filter(Root::active).findFirst()
                .orElseThrow(() -> new IllegalStateException("the certificate authority has no active root"));
    }

    /** As stored at an index: roots that are new begin there, the others keep where they began. */
    public Authority at(long created, long modified) {
        return new Authority(clusterId, configuration, roots.stream()
                .map(root -> root.at(root.createIndex() == 0 ? modified : root.createIndex(),
                        root.createIndex() == 0 || root.modifyIndex() == 0 ? modified : root.modifyIndex()))
                .toList(), signingKey, serial, created, modified);
    }
}
