package muster.template.function;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import muster.template.language.FunctionException;
import muster.wire.GoQuote;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificates as sprig does with Go's library: the same fields and extensions, in the same order. (RFC 5280) */
final class X509Maker {
    private static final int SERIAL_BITS = 128;
    private static final long DAY_NANOS = 86_400_000_000_000L;

    private final SecureRandom random;
    private final Instant now;

    X509Maker(SecureRandom random, Instant now) {
        this.random = random;
        this.now = now;
    }

    /**
     * Whom a certificate is for.
     *
     * @param name the common name
     * @param days of validity from now; may be negative
     * @param authority whether it may sign others
     */
    record Subject(String name, List<InetAddress> addresses, List<String> names, long days, boolean authority) {
        X500Name distinguished() {
            ASN1Encodable text = DERPrintableString.isPrintableString(name) ? new DERPrintableString(name) : new DERUTF8String(name);
            return new X500Name(name.isEmpty() ? new RDN[0] : new RDN[] {new RDN(BCStyle.CN, text)});
        }
    }

    /** Who signs. */
    private record Issuer(X500Name name, Optional<SubjectKeyIdentifier> keyId, PemKey key) {}

    /** Reads the first PEM block of a text. @param what how sprig names it in its message */
    static X509CertificateHolder read(String pem, String what) {
        byte[] bytes = PemKey.firstBlock(pem).orElseThrow(() -> new FunctionException("unable to decode certificate")).getContent();
        try {
            return new X509CertificateHolder(bytes);
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new FunctionException("error parsing certificate: " + what + ": x509: malformed certificate");
        }
    }

    /** The certificate as PEM, signed by its own key. */
    String selfSigned(Subject subject, PemKey key) {
        return signed(subject, key, new Issuer(subject.distinguished(), Optional.empty(), key));
    }

    /** The certificate as PEM, signed by the owner of another. */
    String signed(Subject subject, PemKey key, X509CertificateHolder by, PemKey byKey) {
        if (byKey.isOfCertificates() && !by.getSubjectPublicKeyInfo().getPublicKeyData().equals(byKey.publicKey().getPublicKeyData())) {
            throw failed("x509: provided PrivateKey doesn't match parent's PublicKey");
        }
        Optional<SubjectKeyIdentifier> keyId = by.getSubject().equals(subject.distinguished()) || by.getExtensions() == null
                ? Optional.empty() : Optional.ofNullable(SubjectKeyIdentifier.fromExtensions(by.getExtensions()));
        return signed(subject, key, new Issuer(by.getSubject(), keyId, byKey));
    }

    private String signed(Subject subject, PemKey key, Issuer issuer) {
        if (!issuer.key().isOfCertificates()) {
            throw failed("x509: certificate private key does not implement crypto.Signer");
        }
        if (!key.isOfCertificates()) {
            throw failed("x509: unsupported public key type: *dsa.PublicKey");
        }
        BigInteger serial = new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE);
        Instant until = now.plusNanos(subject.days() * DAY_NANOS);
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(issuer.name(), serial, Date.from(now), Date.from(until),
                subject.distinguished(), key.publicKey());
        try {
            extend(builder, subject, key, issuer);
            byte[] der = builder.build(new JcaContentSignerBuilder(algorithm(issuer.key())).setSecureRandom(random)
                    .build(new JcaPEMKeyConverter().getPrivateKey(issuer.key().info()))).getEncoded();
            return PemKey.pem("CERTIFICATE", der);
        } catch (OperatorCreationException | PEMException e) {
            throw failed("x509: " + e.getMessage());
        } catch (IOException e) {
            throw failed(e.getMessage());
        }
    }

    private static void extend(X509v3CertificateBuilder builder, Subject subject, PemKey key, Issuer issuer) throws IOException {
        int usage = KeyUsage.keyEncipherment | KeyUsage.digitalSignature;
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(subject.authority() ? usage | KeyUsage.keyCertSign : usage));
        builder.addExtension(Extension.extendedKeyUsage, false,
                new ExtendedKeyUsage(new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(subject.authority()));
        if (subject.authority()) {
            builder.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId(key)));
        }
        if (issuer.keyId().isPresent()) {
            builder.addExtension(Extension.authorityKeyIdentifier, false,
                    new AuthorityKeyIdentifier(issuer.keyId().get().getKeyIdentifier()));
        }
        GeneralName[] names = names(subject);
        if (names.length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, subject.name().isEmpty(), new GeneralNames(names));
        }
    }

    private static GeneralName[] names(Subject subject) {
        List<GeneralName> all = new ArrayList<>();
        for (String name : subject.names()) {
            if (name.chars().anyMatch(c -> c > 127)) {
                throw failed("x509: " + GoQuote.quote(name) + " cannot be encoded as an IA5String");
            }
            all.add(new GeneralName(GeneralName.dNSName, name));
        }
        subject.addresses().forEach(address -> all.add(new GeneralName(GeneralName.iPAddress, new DEROctetString(address.getAddress()))));
        return all.toArray(GeneralName[]::new);
    }

    private static byte[] keyId(PemKey key) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(key.publicKey().getPublicKeyData().getBytes());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    private static String algorithm(PemKey key) {
        if (key.algorithm().equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return "SHA256withRSA";
        }
        if (key.algorithm().equals(EdECObjectIdentifiers.id_Ed25519)) {
            return "Ed25519";
        }
        int bits = key.curveBits();
        return bits <= 256 ? "SHA256withECDSA" : bits <= 384 ? "SHA384withECDSA" : "SHA512withECDSA";
    }

    private static FunctionException failed(String why) {
        return new FunctionException("error creating certificate: " + why);
    }
}
