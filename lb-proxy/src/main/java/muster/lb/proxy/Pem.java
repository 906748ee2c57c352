package muster.lb.proxy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys in PEM (RFC 7468): PKCS#8, and the older forms that openssl writes for RSA and EC keys. Pure. */
final class Pem {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final byte[] RSA = {0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
    private static final byte[] EC_PUBLIC_KEY = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    private Pem() {}

    private record Block(String label, byte[] content) {}

    /** All certificates of the text, in order; throws naming what is wrong when there is none. */
    static X509Certificate[] certificates(String text) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(text)) {
            if (block.label().equals("CERTIFICATE") || block.label().equals("TRUSTED CERTIFICATE")) {
                certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content())));
            }
        }
        if (certificates.isEmpty()) {
            throw new GeneralSecurityException("no certificate in it");
        }
        return certificates.toArray(X509Certificate[]::new);
    }

    /** The first private key of the text. */
    static PrivateKey privateKey(String text) throws GeneralSecurityException {
        byte[] parameters = new byte[0];
        for (Block block : blocks(text)) {
            switch (block.label()) {
                case "PRIVATE KEY" -> {
                    return key(block.content());
                }
                case "RSA PRIVATE KEY" -> {
                    return key(wrapped(RSA, block.content()));
                }
                case "EC PARAMETERS" -> parameters = block.content();
                case "EC PRIVATE KEY" -> {
                    byte[] curve = curve(block.content(), parameters);
                    return key(wrapped(sequence(EC_PUBLIC_KEY, curve), block.content()));
                }
                case "ENCRYPTED PRIVATE KEY" -> throw new GeneralSecurityException("the key is encrypted; a key without a password is right");
                default -> { }
            }
        }
        throw new GeneralSecurityException("no private key in it");
    }

    private static List<Block> blocks(String text) throws GeneralSecurityException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            try {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2).getBytes(StandardCharsets.US_ASCII))));
            } catch (IllegalArgumentException e) {
                throw new GeneralSecurityException("malformed base64 in " + matcher.group(1), e);
            }
        }
        return blocks;
    }

    private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
        GeneralSecurityException last = null;
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw new GeneralSecurityException("the key is neither RSA nor EC nor Ed25519", last);
    }

    /** The curve that an EC key (RFC 5915) names itself, or that stood before it. */
    private static byte[] curve(byte[] key, byte[] before) throws GeneralSecurityException {
        for (int i = 0; i + 2 < key.length; i++) {
            if ((key[i] & 0xff) == 0xa0 && key[i + 2] == 0x06 && i + 2 + key[i + 1] <= key.length && key[i + 1] == key[i + 3] + 2) {
                return java.util.Arrays.copyOfRange(key, i + 2, i + 2 + key[i + 1]);
            }
        }
        if (before.length > 0) {
            return before;
        }
        throw new GeneralSecurityException("the EC key does not name its curve");
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return Der.of(0x30, VERSION_0, algorithm, Der.of(0x04, key));
    }

    private static byte[] sequence(byte[]... parts) {
        return Der.of(0x30, parts);
    }

    /** The few forms of DER that are needed (X.690). */
    static final class Der {
        private Der() {}

        static byte[] of(int tag, byte[]... parts) {
            int length = 0;
            for (byte[] part : parts) {
                length += part.length;
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
            out.write(tag);
            if (length < 128) {
                out.write(length);
            } else {
                int bytes = length < 256 ? 1 : length < 65_536 ? 2 : 3;
                out.write(0x80 | bytes);
                for (int i = bytes - 1; i >= 0; i--) {
                    out.write(length >> 8 * i);
                }
            }
            for (byte[] part : parts) {
                out.writeBytes(part);
            }
            return out.toByteArray();
        }
    }
}
