package muster.lb.middleware;

import java.util.Map;

/** A client's side of digest authentication, for tests. */
public final class DigestAuthProof {
    private DigestAuthProof() {}

    public static String hash(String text) {
        return DigestAuth.hash(text);
    }

    public static Map<String, String> parameters(String challenge) {
        return DigestAuth.parameters(challenge);
    }
}
