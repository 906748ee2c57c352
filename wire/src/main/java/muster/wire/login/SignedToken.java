package muster.wire.login;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.wire.Json;
import muster.wire.JsonException;

/**
 * A JSON web token in its compact form. (RFC 7515, RFC 7519) Pure.
 *
 * @param algorithm as its header names it
 * @param keyId "" for none
 * @param signed what the signature is over
 */
public record SignedToken(String algorithm, String keyId, Map<?, ?> claims, byte[] signed, byte[] signature) {
    private static final int MAX_LENGTH = 64 << 10;

    /** Reads one; throws {@link LoginException}, whose text holds nothing of it. */
    public static SignedToken parse(String text) {
        String[] parts = text.length() > MAX_LENGTH ? new String[0] : text.split("\\.", -1);
        if (parts.length != 3) {
            throw new LoginException("failed to parse JWT: the bearer token is not a JWT in compact form");
        }
        try {
            Base64.Decoder decoder = Base64.getUrlDecoder();
            if (Json.parse(decoder.decode(parts[0])) instanceof Map<?, ?> header
                    && Json.parse(decoder.decode(parts[1])) instanceof Map<?, ?> claims) {
                Object id = header.get("kid");
                return new SignedToken(String.valueOf(header.get("alg")), id instanceof String known ? known : "", claims,
                        (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII), decoder.decode(parts[2]));
            }
        } catch (IllegalArgumentException | JsonException e) {
            throw new LoginException("failed to parse JWT: its parts are not JSON in base64url");
        }
        throw new LoginException("failed to parse JWT: its parts are not JSON objects");
    }

    /** Whether any of the keys made the signature. */
    public boolean isSignedBy(List<PublicKey> keys) {
        return keys.stream().anyMatch(this::isSignedBy);
    }

    private boolean isSignedBy(PublicKey key) {
        boolean fits = switch (key.getAlgorithm()) {
            case "RSA" -> algorithm.startsWith("RS") || algorithm.startsWith("PS");
            case "EC" -> algorithm.startsWith("ES");
            default -> algorithm.equals("EdDSA");
        };
        if (!fits) {
            return false;
        }
        try {
            Optional<Signature> verifier = verifier();
            if (verifier.isEmpty()) {
                return false;
            }
            verifier.get().initVerify(key);
            verifier.get().update(signed);
            return verifier.get().verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // a signature of the wrong form is as good as a wrong one
        }
    }

    private Optional<Signature> verifier() throws GeneralSecurityException {
        return switch (algorithm) {
            case "RS256", "RS384", "RS512" -> Optional.of(Signature.getInstance("SHA" + algorithm.substring(2) + "withRSA"));
            case "ES256", "ES384", "ES512" -> Optional.of(
                    Signature.getInstance("SHA" + algorithm.substring(2) + "withECDSAinP1363Format"));
            case "PS256", "PS384", "PS512" -> {
                String bits = algorithm.substring(2);
                Signature pss = Signature.getInstance("RSASSA-PSS");
                pss.setParameter(new PSSParameterSpec("SHA-" + bits, "MGF1", new MGF1ParameterSpec("SHA-" + bits),
                        Integer.parseInt(bits) / 8, 1));
                yield Optional.of(pss);
            }
            case "EdDSA" -> Optional.of(Signature.getInstance("Ed25519"));
            default -> Optional.empty();
        };
    }
}
