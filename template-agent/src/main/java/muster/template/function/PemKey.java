package muster.template.function;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.Optional;
import muster.template.language.FunctionException;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DSAParameter;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * A private key and its public part, read from and written as the PEM that Go's programs use: PKCS #1 for RSA, SEC 1 for ECDSA, the form of
 * old OpenSSL for DSA, PKCS #8 for Ed25519. (RFC 8017, RFC 5915, RFC 5958, RFC 7468) Errors are {@link FunctionException} in Go's words.
 */
record PemKey(PrivateKeyInfo info, SubjectPublicKeyInfo publicKey) {
    private static final String ENDING = " PRIVATE KEY";
    private static final int DSA_BITS = 2048;

    /** What is read from a key's bytes. */
    @FunctionalInterface
    private interface Reading {
        PemKey read() throws IOException;
    }

    static PemKey newRsa(int bits, SecureRandom random) {
        return made("RSA", generator -> generator.initialize(bits, random));
    }

    static PemKey newDsa(SecureRandom random) {
        return made("DSA", generator -> generator.initialize(DSA_BITS, random));
    }

    /** On the curve P-256. */
    static PemKey newEcdsa(SecureRandom random) {
        return made("EC", generator -> generator.initialize(new ECGenParameterSpec("secp256r1"), random));
    }

    static PemKey newEd25519(SecureRandom random) {
        return made("Ed25519", generator -> generator.initialize(255, random));
    }

    @FunctionalInterface
    private interface Setting {
        void on(KeyPairGenerator generator) throws GeneralSecurityException;
    }

    private static PemKey made(String algorithm, Setting setting) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            setting.on(generator);
            return of(PrivateKeyInfo.getInstance(generator.generateKeyPair().getPrivate().getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java makes keys of " + algorithm, e);
        }
    }

    /** The first block of PEM in a text; empty if there is none that is whole. */
    static Optional<PemObject> firstBlock(String text) {
        try (PemReader reader = new PemReader(new StringReader(text))) {
            return Optional.ofNullable(reader.readPemObject());
        } catch (IOException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    static PemKey read(String pem) {
        PemObject block = firstBlock(pem).orElseThrow(() -> new FunctionException("no PEM data in input"));
        String type = block.getType();
        byte[] bytes = block.getContent();
        if (type.equals("PRIVATE KEY")) {
            return reading("decoding PEM as PKCS#8", () -> ofPkcs8(PrivateKeyInfo.getInstance(ASN1Primitive.fromByteArray(bytes))));
        }
        if (!type.endsWith(ENDING)) {
            throw new FunctionException("no private key data in PEM block of type " + type);
        }
        String kind = type.substring(0, type.length() - ENDING.length());
        return switch (kind) {
            case "RSA" -> reading("parsing RSA private key from PEM", () -> of(new PrivateKeyInfo(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                    RSAPrivateKey.getInstance(ASN1Primitive.fromByteArray(bytes)))));
            case "EC" -> reading("parsing EC private key from PEM", () -> ofSec1(ECPrivateKey.getInstance(ASN1Primitive.fromByteArray(bytes))));
            case "DSA" -> reading("parsing DSA private key from PEM", () -> ofDsa(ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(bytes))));
            default -> throw new FunctionException("invalid private key type " + kind);
        };
    }

    /** The library tells of bytes that are no key by one or another exception that need not be declared. */
    private static PemKey reading(String what, Reading reading) {
        try {
            return reading.read();
        } catch (FunctionException e) {
            throw new FunctionException(what + ": " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            throw new FunctionException(what + ": asn1: structure error: " + e.getMessage());
        }
    }

    private static PemKey ofPkcs8(PrivateKeyInfo info) throws IOException {
        if (info.getPrivateKeyAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_dsa)) {
            throw unknown(info.getPrivateKeyAlgorithm().getAlgorithm());
        }
        return of(info);
    }

    private static PemKey ofSec1(ECPrivateKey key) throws IOException {
        if (key.getParametersObject() == null) {
            throw new FunctionException("x509: unknown elliptic curve");
        }
        return of(new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()), key));
    }

    /** Version, p, q, g, y, x. */
    private static PemKey ofDsa(ASN1Sequence numbers) throws IOException {
        DSAParameter parameters = new DSAParameter(integer(numbers, 1), integer(numbers, 2), integer(numbers, 3));
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.id_dsa, parameters);
        return new PemKey(new PrivateKeyInfo(algorithm, new ASN1Integer(integer(numbers, 5))),
                new SubjectPublicKeyInfo(algorithm, new ASN1Integer(integer(numbers, 4))));
    }

    private static BigInteger integer(ASN1Sequence numbers, int index) {
        return ASN1Integer.getInstance(numbers.getObjectAt(index)).getValue();
    }

    private static PemKey of(PrivateKeyInfo info) throws IOException {
        AlgorithmIdentifier algorithm = info.getPrivateKeyAlgorithm();
        ASN1ObjectIdentifier name = algorithm.getAlgorithm();
        ASN1Encodable inner = info.parsePrivateKey();
        if (name.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            RSAPrivateKey rsa = RSAPrivateKey.getInstance(inner);
            return new PemKey(info, new SubjectPublicKeyInfo(algorithm, new RSAPublicKey(rsa.getModulus(), rsa.getPublicExponent())));
        }
        if (name.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return new PemKey(info, new SubjectPublicKeyInfo(algorithm, point(algorithm, ECPrivateKey.getInstance(inner).getKey())));
        }
        if (name.equals(EdECObjectIdentifiers.id_Ed25519)) {
            byte[] seed = ASN1OctetString.getInstance(inner).getOctets();
            if (seed.length != Ed25519PrivateKeyParameters.KEY_SIZE) {
                throw new FunctionException("x509: invalid Ed25519 private key length: " + seed.length);
            }
            return new PemKey(info, new SubjectPublicKeyInfo(algorithm, new Ed25519PrivateKeyParameters(seed, 0).generatePublicKey().getEncoded()));
        }
        if (name.equals(X9ObjectIdentifiers.id_dsa)) {
            DSAParameter group = DSAParameter.getInstance(algorithm.getParameters());
            BigInteger x = ASN1Integer.getInstance(inner).getValue();
            return new PemKey(info, new SubjectPublicKeyInfo(algorithm, new ASN1Integer(group.getG().modPow(x, group.getP()))));
        }
        throw unknown(name);
    }

    private static FunctionException unknown(ASN1ObjectIdentifier algorithm) {
        return new FunctionException("x509: PKCS#8 wrapping contained private key with unknown algorithm: " + algorithm.getId());
    }

    private static byte[] point(AlgorithmIdentifier algorithm, BigInteger number) {
        X9ECParameters curve = ECNamedCurveTable.getByOID(ASN1ObjectIdentifier.getInstance(algorithm.getParameters()));
        if (curve == null) {
            throw new FunctionException("x509: unknown elliptic curve");
        }
        if (number.signum() <= 0 || number.compareTo(curve.getN()) >= 0) {
            throw new FunctionException("x509: invalid elliptic curve private key value");
        }
        return new FixedPointCombMultiplier().multiply(curve.getG(), number).normalize().getEncoded(false);
    }

    /** The algorithm's identifier. */
    ASN1ObjectIdentifier algorithm() {
        return info.getPrivateKeyAlgorithm().getAlgorithm();
    }

    /** The curve's size; only for keys on curves. */
    int curveBits() {
        return ECNamedCurveTable.getByOID(ASN1ObjectIdentifier.getInstance(info.getPrivateKeyAlgorithm().getParameters()))
                .getN().bitLength();
    }

    /** Whether certificates can be made for it and with it; for DSA Go's library makes none. */
    boolean isOfCertificates() {
        return !algorithm().equals(X9ObjectIdentifiers.id_dsa);
    }

    /** As PEM. */
    String write() {
        AlgorithmIdentifier algorithm = info.getPrivateKeyAlgorithm();
        try {
            ASN1Encodable inner = info.parsePrivateKey();
            if (algorithm().equals(PKCSObjectIdentifiers.rsaEncryption)) {
                return pem("RSA" + ENDING, inner.toASN1Primitive().getEncoded());
            }
            if (algorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)) {
                return pem("EC" + ENDING, new ECPrivateKey(curveBits(), ECPrivateKey.getInstance(inner).getKey(),
                        new DERBitString(publicKey.getPublicKeyData().getBytes()), algorithm.getParameters()).getEncoded());
            }
            if (algorithm().equals(X9ObjectIdentifiers.id_dsa)) {
                DSAParameter group = DSAParameter.getInstance(algorithm.getParameters());
                return pem("DSA" + ENDING, new DERSequence(new ASN1Encodable[] {new ASN1Integer(0), new ASN1Integer(group.getP()),
                        new ASN1Integer(group.getQ()), new ASN1Integer(group.getG()), publicKey.parsePublicKey(), inner}).getEncoded());
            }
            return pem("PRIVATE KEY", new PrivateKeyInfo(algorithm, inner).getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String pem(String type, byte[] der) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString().replace("\r\n", "\n");
    }
}
