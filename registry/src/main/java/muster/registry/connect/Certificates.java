package muster.registry.connect;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * Keys and certificates as PEM. (RFC 5280, RFC 5915, RFC 7468) The one class that knows the library behind them, so that it
 * is loaded when the first certificate is made and not before. Any thread may call; keys are made by the given randomness.
 */
final class Certificates {
    private static final String BEGIN = "-----BEGIN ";

    private final SecureRandom random;

    Certificates(SecureRandom random) {
        this.random = random;
    }

    /** A key pair with its certificate's fields that the authority shows. */
    record Made(String certificate, String fingerprint, String keyId) {}

    /** A serial number that nobody can foresee. (RFC 5280 4.1.2.2: positive, at most 20 octets) */
    BigInteger newSerial() {
        return new BigInteger(127, random).add(BigInteger.ONE);
    }

    /** Makes a key pair: {@code ec} of 256, 384 or 521 bits, or {@code rsa} of 2048 or 4096. */
    KeyPair newKey(String type, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(type.equals("rsa") ? "RSA" : "EC");
            if (type.equals("rsa")) {
                generator.initialize(bits, random);
            } else {
                generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"), random);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a key of type " + type + " with " + bits + " bits can't be made: " + e.getMessage(), e);
        }
    }

    /** Reads a private key and derives its public one. Throws {@link IllegalArgumentException} for what is none. */
    KeyPair readKey(String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            return switch (parser.readObject()) {
                case PEMKeyPair pair -> new JcaPEMKeyConverter().getKeyPair(pair);
                case PrivateKeyInfo info -> {
                    PrivateKey key = new JcaPEMKeyConverter().getPrivateKey(info);
                    yield new KeyPair(publicOf(info, key), key);
                }
                case null -> throw new IllegalArgumentException("no PEM-encoded data found");
                default -> throw new IllegalArgumentException("unknown PEM block type for signing key");
            };
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("the private key can't be read: " + e.getMessage(), e);
        }
    }

    private static PublicKey publicOf(PrivateKeyInfo info, PrivateKey key) throws GeneralSecurityException, IOException {
        if (key instanceof java.security.interfaces.RSAPrivateCrtKey rsa) {
            return KeyFactory.getInstance("RSA")
                    .generatePublic(new java.security.spec.RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
        }
        org.bouncycastle.asn1.sec.ECPrivateKey inner = org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(info.parsePrivateKey());
        if (inner.getPublicKey() == null) {
            throw new PEMException("its public part is missing; give the key as openssl ecparam -genkey writes it");
        }
        return new JcaPEMKeyConverter().getPublicKey(new SubjectPublicKeyInfo(info.getPrivateKeyAlgorithm(),
                inner.getPublicKey().getBytes()));
    }

    /** What a private key is: {@code ec} or {@code rsa}. */
    static String type(PublicKey key) {
        return key instanceof ECPublicKey ? "ec" : "rsa";
    }

    static int bits(PublicKey key) {
        return switch (key) {
            case ECPublicKey ec -> ec.getParams().getOrder().bitLength();
            case java.security.interfaces.RSAPublicKey rsa -> rsa.getModulus().bitLength();
            default -> 0;
        };
    }

    /** A certificate authority's own certificate, signed by itself. */
    Made root(KeyPair key, String name, String uri, BigInteger serial, Instant from, Instant until) {
        X500Name subject = new X500Name("CN=" + name);
        return authority(key.getPublic(), subject, subject, keyId(key.getPublic()), key.getPrivate(), uri, serial, from, until);
    }

    /** The key of one root signed by another: who trusts only the other may go through it. */
    Made crossSigned(String certificate, KeyPair by, String byCertificate, BigInteger serial, Instant from, Instant until) {
        X509CertificateHolder subject = read(certificate);
        X509CertificateHolder issuer = read(byCertificate);
        PublicKey key = publicKey(subject);
        String uri = GeneralNames.fromExtensions(subject.getExtensions(), Extension.subjectAlternativeName)
                .getNames()[0].getName().toString();
        return authority(key, subject.getSubject(), issuer.getSubject(), keyId(by.getPublic()), by.getPrivate(), uri, serial, from, until);
    }

    private Made authority(PublicKey key, X500Name subject, X500Name issuer, byte[] issuerKeyId, PrivateKey signer, String uri,
            BigInteger serial, Instant from, Instant until) {
        X509v3CertificateBuilder builder = builder(issuer, serial, from, until, subject, key);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true,
                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign));
            identity(builder, key, issuerKeyId, uri);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return made(builder, signer, key);
    }

    /** A service's certificate. */
    Made leaf(PublicKey key, String name, String uri, String issuerCertificate, KeyPair issuer, BigInteger serial, Instant from,
            Instant until) {
        X509v3CertificateBuilder builder =
                builder(read(issuerCertificate).getSubject(), serial, from, until, new X500Name("CN=" + name), key);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment
                    | KeyUsage.dataEncipherment | KeyUsage.keyAgreement));
            builder.addExtension(Extension.extendedKeyUsage, false,
                    new ExtendedKeyUsage(new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth}));
            identity(builder, key, keyId(issuer.getPublic()), uri);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return made(builder, issuer.getPrivate(), key);
    }

    /** An authority for the agents' own connections, signed by itself. Where names are given it may sign for those and what is below alone. */
    Made agentAuthority(KeyPair key, String name, List<String> names, BigInteger serial, Instant from, Instant until) {
        X500Name subject = new X500Name("CN=" + name);
        X509v3CertificateBuilder builder = builder(subject, serial, from, until, subject, key.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign));
            if (!names.isEmpty()) {
                GeneralSubtree[] permitted = names.stream()
                        .map(permittedName -> new GeneralSubtree(new GeneralName(GeneralName.dNSName, permittedName))).toArray(GeneralSubtree[]::new);
                builder.addExtension(Extension.nameConstraints, true, new NameConstraints(permitted, null));
            }
            builder.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId(key.getPublic())));
            builder.addExtension(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyId(key.getPublic())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return made(builder, key.getPrivate(), key.getPublic());
    }

    /** An agent's certificate for names and addresses, its own name the first. */
    Made agent(PublicKey key, GeneralName[] names, KeyPurposeId[] purposes, String issuerCertificate, KeyPair issuer, BigInteger serial,
            Instant from, Instant until) {
        X509v3CertificateBuilder builder = builder(read(issuerCertificate).getSubject(), serial, from, until,
                new X500Name("CN=" + names[0].getName()), key);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
            if (purposes.length > 0) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
            }
            builder.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId(key)));
            builder.addExtension(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyId(issuer.getPublic())));
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return made(builder, issuer.getPrivate(), key);
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, BigInteger serial, Instant from, Instant until, X500Name subject, PublicKey key) {
        return new X509v3CertificateBuilder(issuer, serial, Date.from(from), Date.from(until), subject,
                SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    }

    private static void identity(X509v3CertificateBuilder builder, PublicKey key, byte[] issuerKeyId, String uri) throws IOException {
        builder.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId(key)));
        builder.addExtension(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(issuerKeyId));
        builder.addExtension(Extension.subjectAlternativeName, false,
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    }

    private Made made(X509v3CertificateBuilder builder, PrivateKey signer, PublicKey key) {
        try {
            String algorithm = signer instanceof ECPrivateKey ? "SHA256withECDSA" : "SHA256withRSA";
            byte[] der = builder.build(new JcaContentSignerBuilder(algorithm).setSecureRandom(random).build(signer)).getEncoded();
            return new Made(pem("CERTIFICATE", der), hex(digest("SHA-1", der)), hex(keyId(key)));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("a certificate can't be signed", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A private key in the older form that Go's programs write: {@code EC PRIVATE KEY} or {@code RSA PRIVATE KEY}. */
    static String write(KeyPair key) {
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getPrivate().getEncoded());
        try {
            if (key.getPrivate() instanceof RSAPrivateKey) {
                return pem("RSA PRIVATE KEY", info.parsePrivateKey().toASN1Primitive().getEncoded());
            }
            ECPrivateKey ec = (ECPrivateKey) key.getPrivate();
            SubjectPublicKeyInfo publicInfo = SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded());
            return pem("EC PRIVATE KEY", new org.bouncycastle.asn1.sec.ECPrivateKey(ec.getParams().getOrder().bitLength(), ec.getS(),
                    new DERBitString(publicInfo.getPublicKeyData().getBytes()), info.getPrivateKeyAlgorithm().getParameters())
                    .getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static X509CertificateHolder read(String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            if (parser.readObject() instanceof X509CertificateHolder certificate) {
                return certificate;
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("the certificate can't be read: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("no PEM-encoded certificate found");
    }

    private static PublicKey publicKey(X509CertificateHolder certificate) {
        try {
            return new JcaPEMKeyConverter().getPublicKey(certificate.getSubjectPublicKeyInfo());
        } catch (PEMException e) {
            throw new IllegalArgumentException("the certificate's key can't be read: " + e.getMessage(), e);
        }
    }

    /** What a given root shows; fails with {@link IllegalArgumentException} unless it is of that key. */
    static Given given(String pem, PublicKey key) {
        if (!pem.contains(BEGIN)) {
            throw new IllegalArgumentException("no PEM-encoded certificate found");
        }
        X509CertificateHolder certificate = read(pem);
        if (!publicKey(certificate).equals(key)) {
            throw new IllegalArgumentException("the root certificate is not of the private key that was given with it");
        }
        try {
            return new Given(new Made(pem.strip() + "\n", hex(digest("SHA-1", certificate.getEncoded())), hex(keyId(key))),
                    certificate.getSerialNumber(), certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A root certificate that somebody else made. */
    record Given(Made made, BigInteger serial, Instant from, Instant until) {}

    private static byte[] keyId(PublicKey key) {
        return digest("SHA-256", key.getEncoded());
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }

    static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(":").formatHex(bytes);
    }

    private static String pem(String type, byte[] der) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString().replace("\r\n", "\n");
    }
}
