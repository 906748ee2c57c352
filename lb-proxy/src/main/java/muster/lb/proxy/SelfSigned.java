package muster.lb.proxy;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** A certificate that nobody vouches for, for a TLS listener without one (RFC 5280). */
final class SelfSigned {
    private static final byte[] ECDSA_WITH_SHA256 = {0x30, 0x0a, 0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02};
    private static final byte[] COMMON_NAME = {0x06, 0x03, 0x55, 0x04, 0x03};
    private static final byte[] VERSION_3 = {(byte) 0xa0, 0x03, 0x02, 0x01, 0x02};
    private static final Duration VALID = Duration.ofDays(365);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private SelfSigned() {}

    /** A key and its certificate. */
    record Made(KeyPair keys, X509Certificate certificate) {}

    static Made make(String commonName, Instant now) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        byte[] name = Pem.Der.of(0x30, Pem.Der.of(0x31, Pem.Der.of(0x30, COMMON_NAME,
                Pem.Der.of(0x0c, commonName.getBytes(StandardCharsets.UTF_8)))));
        byte[] validity = Pem.Der.of(0x30, time(now.minus(Duration.ofHours(1))), time(now.plus(VALID)));
        byte[] body = Pem.Der.of(0x30, VERSION_3, Pem.Der.of(0x02, new BigInteger(120, new SecureRandom()).toByteArray()), ECDSA_WITH_SHA256, name,
                validity, name, keys.getPublic().getEncoded());
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(body);
        byte[] signed = signature.sign();
        byte[] bits = new byte[signed.length + 1];
        System.arraycopy(signed, 0, bits, 1, signed.length);
        byte[] certificate = Pem.Der.of(0x30, body, ECDSA_WITH_SHA256, Pem.Der.of(0x03, bits));
        return new Made(keys, (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate)));
    }

    private static byte[] time(Instant at) {
        return Pem.Der.of(0x18, TIME.format(at).getBytes(StandardCharsets.US_ASCII));
    }
}
