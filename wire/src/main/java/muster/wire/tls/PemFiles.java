package muster.wire.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** PEM files (RFC 7468) as what an {@link javax.net.ssl.SSLContext} is made of. All methods throw what names the file. */
public final class PemFiles {
    private static final int MOST_FILES = 1_000;
    private static final char[] NO_PASSWORD = new char[0];

    private PemFiles() {}

    /** Trusts the authorities of these files; a folder stands for the files in it. */
    public static TrustManager[] authorities(List<Path> places) throws IOException, GeneralSecurityException {
        KeyStore trusted = empty();
        int number = 0;
        for (Path place : places) {
            for (Certificate certificate : certificates(place)) {
                trusted.setCertificateEntry("ca" + number++, certificate);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }

    /** A certificate, with those that lead to its authority, and its key; both may be in one file. */
    public static KeyManager[] identity(Path certificate, Path key) throws IOException, GeneralSecurityException {
        KeyStore own = empty();
        own.setKeyEntry("own", privateKey(key), NO_PASSWORD, certificates(certificate).toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(own, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(Path place) throws IOException, GeneralSecurityException {
        if (Files.isDirectory(place)) {
            List<Certificate> all = new ArrayList<>();
            try (Stream<Path> inside = Files.list(place)) {
                for (Path file : inside.filter(Files::isRegularFile).sorted().limit(MOST_FILES).toList()) {
                    all.addAll(certificates(file));
                }
            }
            return all;
        }
        try (InputStream pem = Files.newInputStream(place)) {
            return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(pem));
        }
    }

    /** A key in PKCS #8 (RFC 5958), the form that names its own kind, or a key of the curve P-256 in SEC 1 (RFC 5915). */
    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        String pem = Files.readString(file);
        boolean sec1 = pem.contains("BEGIN EC PRIVATE KEY");
        String word = sec1 ? "EC PRIVATE KEY" : "PRIVATE KEY";
        int start = pem.indexOf("-----BEGIN " + word + "-----");
        int end = pem.indexOf("-----END " + word + "-----");
        if (start < 0 || end < start) {
            throw new GeneralSecurityException(file + " holds no key in PKCS #8 or SEC 1 form; openssl pkcs8 -topk8 -nocrypt makes one");
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.substring(start + word.length() + 16, end));
        byte[] pkcs8 = sec1 ? pkcs8(der) : der;
        for (String kind : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                // Another kind's key.
                continue;
            }
        }
        throw new GeneralSecurityException(file + " holds a key of an unknown kind");
    }

    /** Puts what says "P-256" around a key that does not say so of itself: the original's own tool writes such keys. */
    private static byte[] pkcs8(byte[] sec1) throws IOException {
        byte[] algorithm = HexFormat.of().parseHex("301306072a8648ce3d020106082a8648ce3d030107");
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        inner.write(new byte[] {2, 1, 0});
        inner.write(algorithm);
        inner.write(4);
        length(inner, sec1.length);
        inner.write(sec1);
        ByteArrayOutputStream outer = new ByteArrayOutputStream();
        outer.write(0x30);
        length(outer, inner.size());
        inner.writeTo(outer);
        return outer.toByteArray();
    }

    /** A length as DER writes it (X.690 8.1.3), below 65,536. */
    private static void length(ByteArrayOutputStream out, int length) {
        if (length > 0xff) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length > 0x7f) {
            out.write(0x81);
        }
        out.write(length & 0xff);
    }
}
