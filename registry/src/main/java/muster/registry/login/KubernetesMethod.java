package muster.registry.login;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import muster.wire.filter.Shape;
import muster.wire.login.Fetch;
import muster.wire.login.LoginException;
import muster.wire.login.SignedToken;

/** Service accounts of Kubernetes, which its API server reviews. (Consul: Kubernetes auth method) */
final class KubernetesMethod implements Method {
    private static final Set<String> KEYS = Set.of("Host", "CACert", "ServiceAccountJWT");
    private static final String ACCOUNT = "system:serviceaccount:";

    private final String host;
    private final String authority;
    private final String own;

    KubernetesMethod(Map<String, Object> given) {
        Config config = new Config(given, KEYS);
        host = config.text("Host");
        authority = config.text("CACert");
        own = config.text("ServiceAccountJWT");
        if (host.isEmpty()) {
            throw new LoginException("Config.Host is required");
        }
        if (authority.isEmpty()) {
            throw new LoginException("Config.CACert is required");
        }
        Fetch.trusting(authority);
        if (own.isEmpty()) {
            throw new LoginException("Config.ServiceAccountJWT is required");
        }
        try {
            SignedToken.parse(own);
        } catch (LoginException e) {
            throw new LoginException("Config.ServiceAccountJWT is not a valid JWT: " + e.getMessage());
        }
    }

    @Override
    public Shape.Struct shape() {
        return Shape.struct("serviceaccount",
                Shape.struct("namespace", Shape.TEXT, "name", Shape.TEXT, "uid", Shape.TEXT));
    }

    @Override
    public Set<String> variables() {
        return Set.of("serviceaccount.namespace", "serviceaccount.name", "serviceaccount.uid");
    }

    @Override
    public Identity verify(String bearer, Instant now) throws InterruptedException {
        SignedToken.parse(bearer);
        Map<?, ?> review = Fetch.post(host + "/apis/authentication.k8s.io/v1/tokenreviews", authority, own, Map.of(
                "apiVersion", "authentication.k8s.io/v1", "kind", "TokenReview", "spec", Map.of("token", bearer)));
        Map<?, ?> status = review.get("status") instanceof Map<?, ?> map ? map : Map.of();
        if (status.get("error") instanceof String error && !error.isEmpty()) {
            throw new LoginException("lookup failed: " + error);
        }
        Map<?, ?> user = status.get("user") instanceof Map<?, ?> map ? map : Map.of();
        String name = String.valueOf(user.get("username"));
        if (!Boolean.TRUE.equals(status.get("authenticated"))) {
            throw new LoginException("lookup failed: service account jwt not valid");
        }
        String[] parts = name.startsWith(ACCOUNT) ? name.substring(ACCOUNT.length()).split(":") : new String[0];
        if (parts.length != 2) {
            throw new LoginException("lookup failed: unexpected username format");
        }
        Map<String, Object> account = new LinkedHashMap<>();
        account.put("namespace", parts[0]);
        account.put("name", parts[1]);
        account.put("uid", user.get("uid") instanceof String uid ? uid : "");
        return new Identity(Map.of("serviceaccount", account), Map.of("serviceaccount.namespace", parts[0],
                "serviceaccount.name", parts[1], "serviceaccount.uid", (String) account.get("uid")));
    }
}
