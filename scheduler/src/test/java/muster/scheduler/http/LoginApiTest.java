package muster.scheduler.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Auth methods, binding rules, and tokens for proofs of identity. */
@Timeout(120)
class LoginApiTest {
    private static KeyPair key;
    private static KeyPair other;

    private final InProcess api = InProcess.guarded();
    private final long now = api.clock.instant().getEpochSecond();
    private String root;

    @BeforeAll
    static void keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        key = generator.generateKeyPair();
        other = generator.generateKeyPair();
    }

    @BeforeEach
    void start() {
        root = api.bootstrap();
        for (String policy : List.of("readers", "ops", "p1")) {
            api.call("PUT /v1/acl/policy/" + policy, root,
                    Json.text(Map.of("Name", policy, "Rules", "namespace \"default\" { policy = \"read\" }")));
        }
        api.call("PUT /v1/acl/role", root, "{\"Name\":\"deployers\",\"Policies\":[{\"Name\":\"ops\"}]}");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static String pem(PublicKey key) {
        return "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(key.getEncoded()) + "\n-----END PUBLIC KEY-----\n";
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String token(String algorithm, String signature, KeyPair by, Map<String, ?> claims) {
        try {
            String text = encoded(Json.write(Map.of("alg", algorithm, "typ", "JWT", "kid", "k"))) + "." + encoded(Json.write(claims));
            Signature signer = Signature.getInstance(signature);
            signer.initSign(by.getPrivate());
            signer.update(text.getBytes(StandardCharsets.US_ASCII));
            return text + "." + encoded(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A good token of issuer and audience, with more claims in the place of some. */
    private String proof(Map<String, ?> more) {
        Map<String, Object> claims = new LinkedHashMap<>(Map.of("iss", "https://issuer", "aud", List.of("nomad"), "exp", now + 60, "iat", now,
                "name", "Ann", "team", "OPS", "groups", List.of("a", "b")));
        claims.putAll(more);
        claims.values().removeIf(value -> value.equals(""));
        return token("RS256", "SHA256withRSA", key, claims);
    }

    private Map<String, Object> method(Map<String, ?> config) {
        Map<String, Object> all = new LinkedHashMap<>(Map.of("JWTValidationPubKeys", List.of(pem(other.getPublic()), pem(key.getPublic())),
                "BoundAudiences", List.of("nomad"), "BoundIssuer", List.of("https://issuer"),
                "ClaimMappings", Map.of("name", "user", "team", "team", "/deep/list/1", "second"), "ListClaimMappings", Map.of("groups", "groups")));
        all.putAll(config);
        return new LinkedHashMap<>(Map.of("Name", "ci", "Type", "JWT", "TokenLocality", "local", "MaxTokenTTL", "10m", "Config", all));
    }

    private void made(Map<String, ?> config) {
        assertThat(api.call("PUT /v1/acl/auth-method", root, Json.text(method(config))).refusal()).startsWith("200 ");
    }

    private void rule(String type, String name, String selector) {
        assertThat(api.call("PUT /v1/acl/binding-rule", root,
                Json.text(Map.of("AuthMethod", "ci", "BindType", type, "BindName", name, "Selector", selector))).refusal()).startsWith("200 ");
    }

    private InProcess.Answer login(String proof) {
        return api.call("POST /v1/acl/login", Json.text(Map.of("AuthMethodName", "ci", "LoginToken", proof)));
    }

    @Test
    void whoLogsInGetsWhatTheRulesGiveForAsLongAsTheMethodSays() {
        made(Map.of());
        rule("policy", "readers", "");
        rule("role", "deployers", "value.team == OPS and b in list.groups");
        rule("policy", "${value.team}", "value.user == Ann");
        rule("policy", "p1", "value.user == Bob");
        rule("policy", "not-there", "");

        Map<String, Object> token = login(proof(Map.of())).object();
        assertThat(token).containsEntry("Type", "client").containsEntry("Name", "JWT-ci").containsEntry("Global", false)
                .containsEntry("ExpirationTime", "2026-01-01T00:10:00Z");
        assertThat((List<?>) token.get("Policies")).map(Object::toString).containsExactlyInAnyOrder("readers", "ops");
        assertThat(token.get("Roles").toString()).contains("Name=deployers");
        String secret = (String) token.get("SecretID");
        assertThat(api.call("GET /v1/jobs", secret, "").status()).isEqualTo(200);
        api.clock.advance(Duration.ofMinutes(11));
        assertThat(api.call("GET /v1/jobs", secret, "").refusal()).isEqualTo("403 ACL token expired");
    }

    @Test
    void managementIsForWhomARuleNamesIt() {
        Map<String, Object> method = method(Map.of());
        method.put("TokenNameFormat", "${auth_method_name}/${value.user}");
        method.put("TokenLocality", "global");
        assertThat(api.call("PUT /v1/acl/auth-method/ci", root, Json.text(method)).status()).isEqualTo(200);
        rule("management", "", "value.second == 7");
        assertThat(login(proof(Map.of())).refusal()).isEqualTo("400 no role or policy bindings matched");

        Map<String, Object> token = login(proof(Map.of("deep", Map.of("list", List.of("x", 7))))).object();
        assertThat(token).containsEntry("Type", "management").containsEntry("Name", "ci/Ann").containsEntry("Global", true);
    }

    record Bad(String name, Map<String, ?> claims, String answer) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Bad> bad() {
        String unverified = "401 unable to validate provided token: unable to verify signature of JWT token: ";
        long now = java.time.Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();
        return List.of(
                new Bad("another audience", Map.of("aud", "else"),
                        unverified + "invalid audience (aud) claim: audience claim does not match any expected audience"),
                new Bad("no audience", Map.of("aud", ""),
                        unverified + "invalid audience (aud) claim: audience claim does not match any expected audience"),
                new Bad("one audience as text", Map.of("aud", "nomad"), ""),
                new Bad("another issuer", Map.of("iss", "https://else"), "401 unable to validate provided token: invalid JWT issuer: https://else"),
                new Bad("no issuer", Map.of("iss", ""), "401 unable to validate provided token: auth method specifies BoundIssuers but the "
                        + "provided token does not contain issuer information"),
                new Bad("expired, but within the skew", Map.of("exp", now - 59), ""),
                new Bad("expired", Map.of("exp", now - 61, "iat", now - 100), unverified + "invalid expiration time (exp) claim: token is expired"),
                new Bad("not yet valid", Map.of("nbf", now + 61), unverified + "invalid not before (nbf) claim: token not yet valid"),
                new Bad("from the future", Map.of("nbf", now, "iat", now + 61), unverified + "invalid issued at (iat) claim: token issued in the future"),
                new Bad("issued long ago, with no end", Map.of("exp", "", "iat", now - 211),
                        unverified + "invalid expiration time (exp) claim: token is expired"),
                new Bad("issued not so long ago, with no end", Map.of("exp", "", "iat", now - 209), ""),
                new Bad("without any time", Map.of("exp", "", "iat", ""),
                        unverified + "no issued at (iat), not before (nbf), or expiration time (exp) claims in token"),
                new Bad("a mapped claim that is no text", Map.of("team", Map.of("a", 1)), "401 unable to validate provided token: error converting "
                        + "claim 'team' to string: it is no text, number or boolean"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void aProofIsGoodForWhatItSaysAndWhenItSaysSo(Bad bad) {
        made(Map.of());
        rule("policy", "readers", "");

        InProcess.Answer answer = login(proof(bad.claims()));
        assertThat(answer.status() == 200 ? "" : answer.refusal()).isEqualTo(bad.answer());
    }

    @Test
    void aProofIsSignedByAKeyOfTheMethodInAWayThatItTakes() throws GeneralSecurityException {
        made(Map.of());
        rule("policy", "readers", "");
        Map<String, Object> claims = Map.of("iss", "https://issuer", "aud", "nomad", "exp", now + 60);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        assertThat(login(token("RS256", "SHA256withRSA", generator.generateKeyPair(), claims)).refusal())
                .endsWith("error verifying token signature: no known key successfully validated the token signature");
        assertThat(login(token("RS512", "SHA512withRSA", key, claims)).refusal())
                .endsWith("invalid algorithm (alg) header parameter: token signed with unexpected algorithm");
        String unsigned = encoded(Json.write(Map.of("alg", "none"))) + "." + encoded(Json.write(claims)) + ".";
        assertThat(login(unsigned).refusal()).endsWith("token signed with unexpected algorithm");
        assertThat(login("a.b").refusal()).contains("the bearer token is not a JWT in compact form").doesNotContain("a.b");
        String changed = token("RS256", "SHA256withRSA", key, claims).replaceFirst("\\.[^.]+\\.", "." + encoded(Json.write(Map.of("exp", now + 99))) + ".");
        assertThat(login(changed).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({"ES256, SHA256withECDSAinP1363Format, EC, secp256r1", "ES384, SHA384withECDSAinP1363Format, EC, secp384r1", "EdDSA, Ed25519, Ed25519,"})
    void curvesSignToo(String algorithm, String signature, String kind, String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
        if (curve != null) {
            generator.initialize(new ECGenParameterSpec(curve));
        }
        KeyPair pair = generator.generateKeyPair();
        made(Map.of("JWTValidationPubKeys", List.of(pem(pair.getPublic())), "SigningAlgs", List.of(algorithm)));
        rule("policy", "readers", "");

        assertThat(login(token(algorithm, signature, pair, Map.of("iss", "https://issuer", "aud", "nomad", "exp", now + 60))).status()).isEqualTo(200);
    }

    /** Plan: a server tells its keys, directly and by discovery; a login works by either, and not once the key is another. */
    @Test
    void keysComeFromAServer() throws Exception {
        RSAPublicKey rsa = (RSAPublicKey) key.getPublic();
        Map<String, Object> jwk = Map.of("kty", "RSA", "kid", "k", "n", encoded(rsa.getModulus().toByteArray()), "e", encoded(rsa.getPublicExponent().toByteArray()));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String at = "http://127.0.0.1:" + server.getAddress().getPort();
        Map<String, Object> answers = new java.util.concurrent.ConcurrentHashMap<>(Map.of("/keys", Map.of("keys", List.of(jwk)),
                "/.well-known/openid-configuration", Map.of("jwks_uri", at + "/keys")));
        server.createContext("/", exchange -> {
            byte[] body = Json.write(answers.get(exchange.getRequestURI().getPath()));
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            for (Map<String, Object> source : List.<Map<String, Object>>of(Map.of("JWKSURL", at + "/keys"), Map.of("OIDCDiscoveryURL", at + "/"))) {
                Map<String, Object> config = new LinkedHashMap<>(source);
                config.put("JWTValidationPubKeys", List.of());
                made(config);
                rule("policy", "readers", "");
                assertThat(login(proof(Map.of())).refusal()).startsWith("200 ");
            }
            answers.put("/keys", Map.of("keys", List.of()));
            assertThat(login(proof(Map.of())).status()).isEqualTo(401);
        } finally {
            server.stop(0);
        }
    }

    record Wrong(String request, String body, String answer) {
        @Override
        public String toString() {
            return request + " " + answer;
        }
    }

    static List<Wrong> wrong() {
        String method = "{\"Name\":\"x\",\"Type\":\"%s\",\"TokenLocality\":\"local\",\"MaxTokenTTL\":\"10m\",\"Config\":{%s}}";
        String invalid = "400 auth method 0 invalid: 1 error occurred:\n\t* ";
        return List.of(
                new Wrong("PUT /v1/acl/auth-method", "{\"Name\":\"a b\"}", "400 auth method 0 invalid: 5 errors occurred:\n\t* invalid name 'a b'\n"
                        + "\t* invalid token locality ''\n\t* invalid token type ''\n\t* invalid MaxTokenTTL value '0s' (should be between 1m0s and 24h0m0s)\n"
                        + "\t* invalid config: missing auth method Config\n\n"),
                new Wrong("PUT /v1/acl/auth-method", method.formatted("OIDC", ""), invalid + LoginRoute.NO_OIDC + "\n\n"),
                new Wrong("PUT /v1/acl/auth-method", method.formatted("JWT", ""), invalid
                        + "invalid config: one of JWTValidationPubKeys, JWKSURL and OIDCDiscoveryURL is needed to check tokens by\n\n"),
                new Wrong("PUT /v1/acl/auth-method", method.formatted("JWT", "\"JWKSURL\":\"http://keys.example/k\""), invalid
                        + "invalid config: JWKSURL \"http://keys.example/k\" has to be an https URL, or an http one of this machine's loopback: whoever "
                        + "changes keys on their way can log in as anybody\n\n"),
                new Wrong("PUT /v1/acl/auth-method", method.formatted("JWT", "\"JWKSURL\":\"https://k\",\"SigningAlgs\":[\"HS256\"]"), invalid
                        + "invalid config: unsupported signing algorithm \"HS256\": it has to be one of RS256, RS384, RS512, ES256, ES384, ES512, PS256, "
                        + "PS384, PS512, EdDSA\n\n"),
                new Wrong("PUT /v1/acl/auth-method/a", "{\"Name\":\"b\"}", "400 ACL auth-method name does not match request path"),
                new Wrong("GET /v1/acl/auth-method/none", "", "404 ACL auth-method not found"),
                new Wrong("DELETE /v1/acl/auth-method/none", "", "500 ACL auth method not found"),
                new Wrong("GET /v1/acl/auth-method", "", "405 Invalid method"),
                new Wrong("PUT /v1/acl/binding-rule", "{\"Selector\":\"==\"}", null),
                new Wrong("PUT /v1/acl/binding-rule", "{\"AuthMethod\":\"none\",\"BindType\":\"management\"}", "400 ACL auth method none not found"),
                new Wrong("PUT /v1/acl/binding-rule", "{\"ID\":\"x\"}", "400 cannot find binding rule x"),
                new Wrong("PUT /v1/acl/binding-rule", "{\"AuthMethod\":\"a\",\"BindType\":\"management\",\"BindName\":\"b\"}",
                        "400 binding rule 0 invalid: 1 error occurred:\n\t* bind name should be empty\n\n"),
                new Wrong("GET /v1/acl/binding-rule/none", "", "404 ACL binding rule not found"),
                new Wrong("DELETE /v1/acl/binding-rule/none", "", "500 ACL binding rule not found"),
                new Wrong("POST /v1/acl/login", "{}", "400 invalid login request: 2 errors occurred:\n\t* missing auth method name\n\t* missing login token\n\n"),
                new Wrong("POST /v1/acl/login", "{\"AuthMethodName\":\"none\",\"LoginToken\":\"x\"}", "400 auth-method \"none\" not found"),
                new Wrong("POST /v1/acl/oidc/auth-url", "{}", "400 " + LoginRoute.NO_OIDC));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void whatIsWrongIsSaid(Wrong wrong) {
        InProcess.Answer answer = api.call(wrong.request(), root, wrong.body());

        if (wrong.answer() == null) {
            assertThat(answer.refusal()).startsWith("400 binding rule 0 invalid: 3 errors occurred:\n\t* auth method is missing\n\t* bind type is missing\n"
                    + "\t* selector is invalid: ");
        } else {
            assertThat(answer.refusal()).isEqualTo(wrong.answer());
        }
    }

    /** Plan: two methods, one the default, of which there is but one; an update keeps what it does not say; rules go with their method. */
    @Test
    void methodsAndRulesAreKeptTogether() {
        Map<String, Object> first = method(Map.of());
        first.put("Default", true);
        api.call("PUT /v1/acl/auth-method", root, Json.text(first));
        Map<String, Object> second = method(Map.of());
        second.put("Name", "two");
        second.put("Default", true);
        assertThat(api.call("PUT /v1/acl/auth-method", root, Json.text(second)).refusal()).isEqualTo("400 default method already exists: ci");

        assertThat(api.call("PUT /v1/acl/auth-method/ci", root, "{\"Name\":\"ci\",\"MaxTokenTTL\":\"20m\"}").object())
                .containsEntry("MaxTokenTTL", "20m0s").containsEntry("TokenLocality", "local").containsEntry("Default", false)
                .containsEntry("TokenNameFormat", "${auth_method_type}-${auth_method_name}");
        rule("policy", "readers", "");
        String id = (String) api.call("GET /v1/acl/binding-rules", root, "").list().getFirst().get("ID");
        assertThat(api.call("PUT /v1/acl/binding-rule/" + id, root, "{\"ID\":\"" + id + "\",\"Description\":\"d\"}").object())
                .containsEntry("BindName", "readers").containsEntry("BindType", "policy").containsEntry("Description", "d");
        assertThat(api.call("PUT /v1/acl/binding-rule/" + id, root, "{\"ID\":\"" + id + "\",\"AuthMethod\":\"b\"}").refusal())
                .isEqualTo("400 cannot update auth method for binding rule, create a new rule instead");
        assertThat(api.call("GET /v1/acl/auth-methods", "").list()).singleElement()
                .satisfies(stub -> assertThat(stub).containsEntry("Name", "ci").containsEntry("Type", "JWT").doesNotContainKey("Config"));
        assertThat(api.call("GET /v1/acl/auth-method/ci", "", "").status()).isEqualTo(403);
        assertThat(api.call("GET /v1/acl/binding-rules", "", "").status()).isEqualTo(403);
        assertThat(api.call("DELETE /v1/acl/auth-method/ci", root, "").status()).isEqualTo(200);
        assertThat(api.call("GET /v1/acl/binding-rules", root, "").list()).isEmpty();
    }
}
