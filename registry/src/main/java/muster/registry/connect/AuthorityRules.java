package muster.registry.connect;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import muster.wire.GoDuration;
import muster.wire.GoQuote;

/** What the configuration of the built-in authority may say, with Consul's texts and defaults. Pure. */
final class AuthorityRules {
    static final String PROVIDER = "consul";
    static final String PRIVATE_KEY = "PrivateKey";
    static final String ROOT_CERTIFICATE = "RootCert";
    static final String KEY_TYPE = "PrivateKeyType";
    static final String KEY_BITS = "PrivateKeyBits";
    private static final String LEAF_TTL = "LeafCertTTL";
    private static final String INTERMEDIATE_TTL = "IntermediateCertTTL";
    private static final Duration SHORTEST_LEAF = Duration.ofHours(1);
    private static final Duration LONGEST_LEAF = Duration.ofDays(365);
    private static final Duration SHORTEST_INTERMEDIATE = Duration.ofHours(3);
    private static final Set<Integer> EC_BITS = Set.of(256, 384, 521);
    private static final Set<Integer> RSA_BITS = Set.of(2048, 4096);
    private static final Map<String, Object> DEFAULTS =
            Map.of(LEAF_TTL, "72h", INTERMEDIATE_TTL, "8760h", "RotationPeriod", "2160h");

    private AuthorityRules() {}

    /** The given settings, by Consul's names, with the defaults for those that are absent. */
    static Map<String, Object> complete(Map<String, Object> given) {
        Map<String, Object> complete = new TreeMap<>(DEFAULTS);
        Map<String, String> known = new LinkedHashMap<>();
        for (String name : new String[] {LEAF_TTL, INTERMEDIATE_TTL, "RotationPeriod", PRIVATE_KEY, ROOT_CERTIFICATE, KEY_TYPE,
            KEY_BITS, "CSRMaxPerSecond", "CSRMaxConcurrent", "SkipValidate"}) {
            known.put(plain(name), name);
        }
        given.forEach((key, value) -> complete.put(known.getOrDefault(plain(key), key), value));
        return complete;
    }

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(java.util.Locale.ROOT);
    }

    /** Empty for settings that can be used, else why not. */
    static Optional<String> refusal(String provider, Map<String, Object> complete) {
        if (!provider.equals(PROVIDER)) {
            return Optional.of("could not initialize provider: unknown CA provider " + GoQuote.quote(provider));
        }
        return fault(complete).map(text -> "error configuring provider: " + text);
    }

    private static Optional<String> fault(Map<String, Object> complete) {
        Optional<Duration> leaf = duration(complete.get(LEAF_TTL));
        Optional<Duration> intermediate = duration(complete.get(INTERMEDIATE_TTL));
        if (leaf.isEmpty() || intermediate.isEmpty()) {
            Object bad = complete.get(leaf.isEmpty() ? LEAF_TTL : INTERMEDIATE_TTL);
            return Optional.of("error decoding config: time: invalid duration " + GoQuote.quote(String.valueOf(bad)));
        }
        if (leaf.get().compareTo(SHORTEST_LEAF) < 0) {
            return Optional.of("leaf cert TTL must be greater or equal than " + GoDuration.format(SHORTEST_LEAF));
        }
        if (leaf.get().compareTo(LONGEST_LEAF) > 0) {
            return Optional.of("leaf cert TTL must be less than " + GoDuration.format(LONGEST_LEAF));
        }
        if (intermediate.get().compareTo(SHORTEST_INTERMEDIATE) < 0) {
            return Optional.of("intermediate cert TTL must be greater or equal than " + GoDuration.format(SHORTEST_INTERMEDIATE));
        }
        if (intermediate.get().compareTo(leaf.get().multipliedBy(3)) < 0) {
            return Optional.of("Intermediate Cert TTL must be greater or equal than 3 * LeafCertTTL (>="
                    + GoDuration.format(leaf.get().multipliedBy(3)) + ").");
        }
        String type = keyType(complete);
        if (!type.equals("ec") && !type.equals("rsa")) {
            return Optional.of("private key type must be either 'ec' or 'rsa'");
        }
        if (type.equals("rsa") && !RSA_BITS.contains(keyBits(complete))) {
            return Optional.of("RSA key length must be 2048 or 4096 bits");
        }
        if (type.equals("ec") && !EC_BITS.contains(keyBits(complete))) {
            return Optional.of("EC key length must be one of (256, 384, 521) bits");
        }
        return text(complete, PRIVATE_KEY).isEmpty() && !text(complete, ROOT_CERTIFICATE).isEmpty()
                ? Optional.of("must provide a private key when providing a root cert")
                : Optional.empty();
    }

    private static Optional<Duration> duration(Object value) {
        return switch (value) {
            case Number nanos -> Optional.of(Duration.ofNanos(nanos.longValue()));
            case String text -> GoDuration.tryParse(text);
            case null, default -> Optional.empty();
        };
    }

    static String keyType(Map<String, Object> complete) {
        String given = text(complete, KEY_TYPE);
        return given.isEmpty() ? "ec" : given;
    }

    static int keyBits(Map<String, Object> complete) {
        Object given = complete.get(KEY_BITS);
        int bits = given instanceof Number number ? number.intValue() : 0;
        return bits != 0 ? bits : keyType(complete).equals("rsa") ? 2048 : 256;
    }

    static String text(Map<String, Object> complete, String name) {
        return complete.get(name) instanceof String text ? text.strip() : "";
    }
}
