package muster.registry.login;

import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import muster.wire.filter.Shape;
import muster.wire.login.Fetch;
import muster.wire.login.LoginException;
import muster.wire.login.SignedToken;
import muster.wire.login.SigningKeys;

/** Signed tokens of another issuer, checked by its public keys. (Consul: JWT auth method) */
final class JwtMethod implements Method {
    private static final Set<String> KEYS = Set.of("JWTSupportedAlgs", "JWTValidationPubKeys", "JWKSURL", "JWKSCACert",
            "OIDCDiscoveryURL", "OIDCDiscoveryCACert", "BoundAudiences", "BoundIssuer", "ClaimMappings", "ListClaimMappings",
            "ExpirationLeeway", "NotBeforeLeeway", "ClockSkewLeeway");
    private static final List<String> ALGORITHMS = List.of("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384",
            "PS512", "EdDSA");
    private static final Duration LIFE = Duration.ofSeconds(150);
    private static final Duration SKEW = Duration.ofSeconds(60);

    private final List<PublicKey> keys;
    private final List<String> algorithms;
    private final String setUrl;
    private final String setAuthority;
    private final String discoveryUrl;
    private final String discoveryAuthority;
    private final List<String> audiences;
    private final String issuer;
    private final Map<String, String> values;
    private final Map<String, String> lists;
    private final Duration lateness;
    private final Duration earliness;
    private final Duration skew;

    JwtMethod(Map<String, Object> given) {
        Config config = new Config(given, KEYS);
        keys = config.texts("JWTValidationPubKeys").stream().map(SigningKeys::ofPem).toList();
        setUrl = config.text("JWKSURL");
        setAuthority = config.text("JWKSCACert");
        discoveryUrl = config.text("OIDCDiscoveryURL");
        discoveryAuthority = config.text("OIDCDiscoveryCACert");
        long sources = Stream.of(!keys.isEmpty(), !setUrl.isEmpty(), !discoveryUrl.isEmpty()).filter(given2 -> given2).count();
        if (sources != 1) {
            throw new LoginException("exactly one of 'JWTValidationPubKeys', 'JWKSURL', or 'OIDCDiscoveryURL' must be set");
        }
        requireCertificates(setAuthority);
        requireCertificates(discoveryAuthority);
        List<String> wanted = config.texts("JWTSupportedAlgs");
        for (String algorithm : wanted) {
            if (!ALGORITHMS.contains(algorithm)) {
                throw new LoginException("Invalid supported algorithm: " + algorithm);
            }
        }
        algorithms = wanted.isEmpty() ? keys.isEmpty() ? List.of("RS256") : ALGORITHMS : wanted;
        audiences = config.texts("BoundAudiences");
        issuer = config.text("BoundIssuer");
        values = config.map("ClaimMappings");
        lists = config.map("ListClaimMappings");
        requireOnce(values);
        requireOnce(lists);
        lateness = config.duration("ExpirationLeeway", LIFE);
        earliness = config.duration("NotBeforeLeeway", LIFE);
        skew = config.duration("ClockSkewLeeway", SKEW);
    }

    private static void requireCertificates(String pem) {
        if (!pem.isEmpty()) {
            Fetch.trusting(pem);
        }
    }

    private static void requireOnce(Map<String, String> mappings) {
        Set<String> targets = new TreeSet<>();
        for (String target : mappings.values()) {
            if (!targets.add(target)) {
                throw new LoginException("duplicate destination mapping: " + target);
            }
        }
    }

    @Override
    public Shape.Struct shape() {
        Object[] ofValues = fields(values, Shape.TEXT);
        Object[] ofLists = fields(lists, Shape.TEXTS);
        return Shape.struct("value", Shape.struct(ofValues), "list", Shape.struct(ofLists));
    }

    private static Object[] fields(Map<String, String> mappings, Shape shape) {
        return mappings.values().stream().flatMap(name -> Stream.of(name, shape)).toArray();
    }

    @Override
    public Set<String> variables() {
        Set<String> names = new TreeSet<>();
        values.values().forEach(name -> names.add("value." + name));
        return names;
    }

    @Override
    public Identity verify(String bearer, Instant now) throws InterruptedException {
        SignedToken token = SignedToken.parse(bearer);
        if (!algorithms.contains(token.algorithm())) {
            throw new LoginException("error validating token: unsupported signature algorithm");
        }
        if (!token.isSignedBy(keys(token.keyId()))) {
            throw new LoginException("error validating token: no known key successfully validated the token signature");
        }
        requireTime(token.claims(), now);
        requireIssuer(token.claims());
        requireAudience(token.claims());
        return identity(token.claims());
    }

    private List<PublicKey> keys(String id) throws InterruptedException {
        if (!keys.isEmpty()) {
            return keys;
        }
        if (!setUrl.isEmpty()) {
            return SigningKeys.ofSet(Fetch.get(setUrl, setAuthority), id);
        }
        String base = discoveryUrl.replaceFirst("/+$", "");
        Map<?, ?> provider = Fetch.get(base + "/.well-known/openid-configuration", discoveryAuthority);
        if (!(provider.get("jwks_uri") instanceof String url)) {
            throw new LoginException("the OIDC provider does not tell its jwks_uri");
        }
        return SigningKeys.ofSet(Fetch.get(url, discoveryAuthority), id);
    }

    /** A token needs at least one of the three times; those that are missing follow from the others. */
    private void requireTime(Map<?, ?> claims, Instant now) {
        Instant issued = time(claims.get("iat"));
        Instant from = time(claims.get("nbf"));
        Instant until = time(claims.get("exp"));
        if (issued == null && from == null && until == null) {
            throw new LoginException(
                    "error validating token: no issue time, notBefore, or expiration time encoded in token");
        }
        if (until == null) {
            Instant latest = issued == null ? from : from == null || issued.isAfter(from) ? issued : from;
            until = latest.plus(lateness);
        }
        if (from == null) {
            from = issued == null ? until.minus(earliness) : issued;
        }
        if (now.isAfter(until.plus(skew))) {
            throw new LoginException("error validating token: token is expired (exp)");
        }
        if (now.plus(skew).isBefore(from) || issued != null && now.plus(skew).isBefore(issued)) {
            throw new LoginException("error validating token: token not valid yet (nbf)");
        }
    }

    private static Instant time(Object claim) {
        return claim instanceof Number seconds ? Instant.ofEpochSecond(seconds.longValue()) : null;
    }

    private void requireIssuer(Map<?, ?> claims) {
        String wanted = issuer.isEmpty() ? discoveryUrl : issuer;
        if (!wanted.isEmpty() && !wanted.equals(claims.get("iss"))) {
            throw new LoginException("error validating claims: token's issuer is not the bound issuer");
        }
    }

    private void requireAudience(Map<?, ?> claims) {
        List<?> given = claims.get("aud") instanceof List<?> many ? many : claims.get("aud") == null ? List.of() : List.of(claims.get("aud"));
        if (audiences.isEmpty() ? !given.isEmpty() : given.stream().noneMatch(audiences::contains)) {
            throw new LoginException("error validating claims: "
                    + (audiences.isEmpty() ? "audience claim found in JWT but no audiences are bound"
                            : "aud claim does not match any bound audience"));
        }
    }

    private Identity identity(Map<?, ?> claims) {
        Map<String, Object> found = new LinkedHashMap<>();
        Map<String, String> variables = new HashMap<>();
        values.forEach((claim, name) -> {
            String value = text(at(claims, claim));
            found.put(name, value);
            variables.put("value." + name, value);
        });
        Map<String, Object> many = new LinkedHashMap<>();
        lists.forEach((claim, name) -> {
            List<String> texts = new ArrayList<>();
            switch (at(claims, claim)) {
                case null -> { }
                case List<?> items -> items.forEach(item -> texts.add(text(item)));
                default -> throw new LoginException("error validating claims: claim \"" + claim + "\" is not a list");
            }
            many.put(name, texts);
        });
        return new Identity(Map.of("value", found, "list", many), variables);
    }

    /** A claim by its name, or by a path of names that begins with a slash. */
    private static Object at(Map<?, ?> claims, String claim) {
        if (!claim.startsWith("/")) {
            return claims.get(claim);
        }
        Object at = claims;
        for (String name : claim.substring(1).split("/")) {
            at = at instanceof Map<?, ?> map ? map.get(name.replace("~1", "/").replace("~0", "~")) : null;
        }
        return at;
    }

    private static String text(Object value) {
        return value == null ? "" : value.toString();
    }
}
