package muster.wire.login;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Public keys, from PEM or from a JWK set (RFC 7517, RFC 7518 section 6). Pure. */
public final class SigningKeys {
    private static final int MAX_KEYS = 100;
    private static final byte[] ED25519_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private SigningKeys() {}

    /** A public key or a certificate's. */
    public static PublicKey ofPem(String pem) {
        String body = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        try {
            if (pem.contains("BEGIN CERTIFICATE")) {
                return java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(
                        new java.io.ByteArrayInputStream(Base64.getDecoder().decode(body))).getPublicKey();
            }
            byte[] der = Base64.getDecoder().decode(body);
            for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
                } catch (java.security.spec.InvalidKeySpecException e) {
                    continue; // a key of another kind
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new LoginException("error parsing public key: " + e.getMessage(), e);
        }
        throw new LoginException("error parsing public key: data does not contain any valid RSA or ECDSA public keys");
    }

    /** The keys of a set that sign and are of a known kind; those with another id are left out where one is wanted. */
    public static List<PublicKey> ofSet(Map<?, ?> set, String wantedId) {
        List<PublicKey> keys = new ArrayList<>();
        if (set.get("keys") instanceof List<?> given) {
            for (Object item : given.subList(0, Math.min(given.size(), MAX_KEYS))) {
                if (item instanceof Map<?, ?> key && !"enc".equals(key.get("use"))
                        && (wantedId.isEmpty() || key.get("kid") == null || wantedId.equals(key.get("kid")))) {
                    try {
                        keys.addAll(ofJwk(key));
                    } catch (GeneralSecurityException | IllegalArgumentException e) {
                        throw new LoginException("a key of the set can't be read: " + e.getMessage(), e);
                    }
                }
            }
        }
        return keys;
    }

    private static List<PublicKey> ofJwk(Map<?, ?> key) throws GeneralSecurityException {
        return switch (String.valueOf(key.get("kty"))) {
            case "RSA" -> List.of(KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(number(key.get("n")), number(key.get("e")))));
            case "OKP" -> "Ed25519".equals(key.get("crv")) ? List.of(edwards(key.get("x"))) : List.of();
            case "EC" -> {
                String curve = switch (String.valueOf(key.get("crv"))) {
                    case "P-256" -> "secp256r1";
                    case "P-384" -> "secp384r1";
                    case "P-521" -> "secp521r1";
                    default -> "";
                };
                if (curve.isEmpty()) {
                    yield List.of();
                }
                AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
                parameters.init(new ECGenParameterSpec(curve));
                yield List.of(KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(
                        new ECPoint(number(key.get("x")), number(key.get("y"))),
                        parameters.getParameterSpec(ECParameterSpec.class))));
            }
            default -> List.of();
        };
    }

    /** RFC 8037, section 2: the bytes of RFC 8032, behind what says in an X.509 key that it is one of Ed25519. */
    private static PublicKey edwards(Object text) throws GeneralSecurityException {
        byte[] point = Base64.getUrlDecoder().decode(String.valueOf(text));
        byte[] key = Arrays.copyOf(ED25519_HEAD, ED25519_HEAD.length + point.length);
        System.arraycopy(point, 0, key, ED25519_HEAD.length, point.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(key));
    }

    private static BigInteger number(Object text) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(String.valueOf(text)));
    }
}
