package muster.scheduler.acl;

import java.net.URI;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import muster.scheduler.job.Values;
import muster.scheduler.state.AuthMethodConfig;
import muster.wire.login.Fetch;
import muster.wire.login.LoginException;
import muster.wire.login.SignedToken;
import muster.wire.login.SigningKeys;

/**
 * Checks proofs of identity that are JSON web tokens by what an auth method says of them (API page: ACL auth methods). Keys that come over
 * the network are asked for each time, from loopback or over https only, on the caller's thread, which blocks.
 */
public final class Proofs {
    private static final List<String> ALGORITHMS = List.of("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512",
            "EdDSA");
    private static final Duration LIFE = Duration.ofSeconds(150);
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final AuthMethodConfig config;
    private final List<PublicKey> keys;

    private Proofs(AuthMethodConfig config, List<PublicKey> keys) {
        this.config = config;
        this.keys = keys;
    }

    /** Throws {@link LoginException} for a configuration by which nothing could be checked. */
    public static Proofs of(AuthMethodConfig config) {
        if (config == null) {
            throw new LoginException("missing auth method Config");
        }
        List<PublicKey> keys = Values.orEmpty(config.jwtValidationPubKeys()).stream().map(SigningKeys::ofPem).toList();
        if (keys.isEmpty() && config.jwksUrl().isEmpty() && config.oidcDiscoveryUrl().isEmpty()) {
            throw new LoginException("one of JWTValidationPubKeys, JWKSURL and OIDCDiscoveryURL is needed to check tokens by");
        }
        requireSafe("JWKSURL", config.jwksUrl());
        requireSafe("OIDCDiscoveryURL", config.oidcDiscoveryUrl());
        if (!config.jwksCaCert().isEmpty()) {
            Fetch.trusting(config.jwksCaCert());
        }
        Values.orEmpty(config.discoveryCaPem()).forEach(Fetch::trusting);
        for (String algorithm : Values.orEmpty(config.signingAlgs())) {
            if (!ALGORITHMS.contains(algorithm)) {
                throw new LoginException("unsupported signing algorithm \"" + algorithm + "\": it has to be one of " + String.join(", ", ALGORITHMS));
            }
        }
        return new Proofs(config, keys);
    }

    private static void requireSafe(String key, String url) {
        if (url.isEmpty()) {
            return;
        }
        try {
            URI uri = URI.create(url);
            String host = uri.getHost() == null ? "" : uri.getHost();
            boolean loopback = host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
            if (!host.isEmpty() && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()) && loopback)) {
                return;
            }
        } catch (IllegalArgumentException e) {
            throw new LoginException(key + " \"" + url + "\" is no URL", e);
        }
        throw new LoginException(key + " \"" + url + "\" has to be an https URL, or an http one of this machine's loopback: whoever changes keys "
                + "on their way can log in as anybody");
    }

    /** What a token says that is good now; throws {@link LoginException} for any other. */
    public Claims check(String token, Instant now) throws InterruptedException {
        SignedToken signed = SignedToken.parse(token);
        List<String> wanted = Values.orEmpty(config.signingAlgs());
        if (!(wanted.isEmpty() ? List.of(ALGORITHMS.getFirst()) : wanted).contains(signed.algorithm())) {
            throw unverified("invalid algorithm (alg) header parameter: token signed with unexpected algorithm");
        }
        if (!signed.isSignedBy(keys(signed.keyId()))) {
            throw unverified("error verifying token signature: no known key successfully validated the token signature");
        }
        requireAudience(signed.claims());
        requireTime(signed.claims(), now);
        requireIssuer(signed.claims());
        return Claims.of(signed.claims(), config);
    }

    private static LoginException unverified(String why) {
        return new LoginException("unable to verify signature of JWT token: " + why);
    }

    private List<PublicKey> keys(String id) throws InterruptedException {
        if (!keys.isEmpty()) {
            return keys;
        }
        if (!config.jwksUrl().isEmpty()) {
            return SigningKeys.ofSet(Fetch.get(config.jwksUrl(), config.jwksCaCert()), id);
        }
        String authority = String.join("\n", Values.orEmpty(config.discoveryCaPem()));
        Map<?, ?> provider = Fetch.get(config.oidcDiscoveryUrl().replaceFirst("/+$", "") + "/.well-known/openid-configuration", authority);
        if (!(provider.get("jwks_uri") instanceof String url)) {
            throw new LoginException("unable to get validation keys from OIDC provider: it does not tell its jwks_uri");
        }
        requireSafe("the OIDC provider's jwks_uri", url);
        return SigningKeys.ofSet(Fetch.get(url, authority), id);
    }

    private void requireAudience(Map<?, ?> claims) {
        List<String> wanted = Values.orEmpty(config.boundAudiences());
        Object given = claims.get("aud");
        if (!wanted.isEmpty() && (given instanceof List<?> many ? many.stream().noneMatch(wanted::contains) : !wanted.contains(given))) {
            throw unverified("invalid audience (aud) claim: audience claim does not match any expected audience");
        }
    }

    private void requireIssuer(Map<?, ?> claims) {
        List<String> wanted = Values.orEmpty(config.boundIssuer());
        if (wanted.isEmpty()) {
            return;
        }
        if (claims.get("iss") == null) {
            throw new LoginException("auth method specifies BoundIssuers but the provided token does not contain issuer information");
        }
        if (!wanted.contains(claims.get("iss"))) {
            throw new LoginException("invalid JWT issuer: " + claims.get("iss"));
        }
    }

    /** A token needs at least one of the three times; those that are missing follow from the others. */
    private void requireTime(Map<?, ?> claims, Instant now) {
        long issued = seconds(claims.get("iat"));
        long from = seconds(claims.get("nbf"));
        long until = seconds(claims.get("exp"));
        if (issued == 0 && from == 0 && until == 0) {
            throw unverified("no issued at (iat), not before (nbf), or expiration time (exp) claims in token");
        }
        long end = until == 0 ? Math.max(issued, from) + leeway(config.expirationLeeway(), LIFE) : until;
        long begin = from != 0 ? from : issued != 0 ? issued : end - leeway(config.notBeforeLeeway(), LIFE);
        long skew = leeway(config.clockSkewLeeway(), SKEW);
        if (now.plusSeconds(skew).isBefore(Instant.ofEpochSecond(begin))) {
            throw unverified("invalid not before (nbf) claim: token not yet valid");
        }
        if (now.minusSeconds(skew).isAfter(Instant.ofEpochSecond(end))) {
            throw unverified("invalid expiration time (exp) claim: token is expired");
        }
        if (now.plusSeconds(skew).isBefore(Instant.ofEpochSecond(issued))) {
            throw unverified("invalid issued at (iat) claim: token issued in the future");
        }
    }

    /** Bounded, so that sums with it stay times. */
    private static long seconds(Object claim) {
        return claim instanceof Number number ? Math.clamp(number.longValue(), 0, Integer.MAX_VALUE * 2L) : 0;
    }

    private static long leeway(Duration given, Duration usual) {
        return given.isZero() ? usual.toSeconds() : Math.max(0, given.toSeconds());
    }
}
