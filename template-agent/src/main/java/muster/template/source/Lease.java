package muster.template.source;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long a secret is good and what to do then. Pure.
 *
 * @param id for renewal; "" for one that is read again instead
 * @param duration of the whole lease
 */
record Lease(String id, boolean renewable, Duration duration) {
    private static final double LEAST_OF_PIECE = 0.5;
    private static final double SPREAD = 0.05;
    private static final Duration SHORTEST = Duration.ofMillis(500);

    /** From an answer of Vault. What has no lease of its own, such as an entry of a KV store, has the default one. */
    static Lease of(Object secret, Duration fallback, Instant now) {
        Map<?, ?> fields = secret instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> auth = fields.get("auth") instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> data = fields.get("data") instanceof Map<?, ?> map ? map : Map.of();
        boolean isAuth = !auth.isEmpty();
        long seconds = isAuth ? number(auth.get("lease_duration")) : number(fields.get("lease_duration"));
        boolean renewable = Boolean.TRUE.equals((isAuth ? auth : fields).get("renewable"));
        String id = fields.get("lease_id") instanceof String text ? text : "";
        if (id.isEmpty() && data.get("rotation_period") != null && data.get("ttl") instanceof Number left) {
            // A static role's password turns on the server's own clock; a moment later the new one is there.
            return new Lease("", false, Duration.ofSeconds(left.longValue() + 1));
        }
        Optional<Instant> end = data.get("certificate") instanceof String pem ? expiry(pem) : Optional.empty();
        Duration duration = end.map(instant -> Duration.between(now, instant))
                .orElse(seconds > 0 ? Duration.ofSeconds(seconds) : fallback);
        return new Lease(id, renewable && !id.isEmpty(), duration);
    }

    private static long number(Object json) {
        return json instanceof Number number ? number.longValue() : 0;
    }

    /** The end of the first certificate of a PEM text. */
    static Optional<Instant> expiry(String pem) {
        try {
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
            return Optional.of(certificate.getNotAfter().toInstant());
        } catch (CertificateException e) {
            return Optional.empty();
        }
    }

    /**
     * How long to leave it alone: a third of a renewable one, so that a renewal may fail and be tried again, somewhat earlier by
     * chance; else the threshold, give or take a twentieth.
     */
    Duration rest(double threshold, RandomGenerator random) {
        double share = renewable
                ? (LEAST_OF_PIECE + random.nextDouble() * LEAST_OF_PIECE) / 3
                : threshold - SPREAD + random.nextDouble() * 2 * SPREAD;
        Duration rest = Duration.ofNanos((long) (duration.toNanos() * Math.clamp(share, 0.01, 1)));
        return rest.compareTo(SHORTEST) < 0 ? SHORTEST : rest;
    }
}
