package muster.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS for a command's connection. A class of its own, so that commands without it do not load it. */
final class Tls {
    private static final int MOST_FILES = 1_000;
    private static final char[] NO_PASSWORD = new char[0];

    private Tls() {}

    /** The same connection with TLS on it, its handshake done. */
    static Socket over(Socket socket, String host, int port, Api.Trust trust) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys(trust), trust.verify() ? authorities(trust) : new TrustManager[] {new Anyone()}, null);
        SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true);
        SSLParameters parameters = secure.getSSLParameters();
        if (trust.verify() && trust.serverName().isEmpty()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        if (!trust.serverName().isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(trust.serverName())));
        }
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        if (trust.verify() && !trust.serverName().isEmpty()) {
            requireName((X509Certificate) secure.getSession().getPeerCertificates()[0], trust.serverName());
        }
        return secure;
    }

    /** The name that was asked for need not be the address's, so the JDK's own look does not do. (RFC 6125) */
    private static void requireName(X509Certificate certificate, String name) throws IOException, GeneralSecurityException {
        var names = certificate.getSubjectAlternativeNames();
        boolean found = names != null && names.stream().anyMatch(entry -> entry.get(0).equals(2) && matches(String.valueOf(entry.get(1)), name));
        if (!found) {
            throw new IOException("x509: certificate is not valid for " + name);
        }
    }

    private static boolean matches(String pattern, String name) {
        int dot = name.indexOf('.');
        return pattern.equalsIgnoreCase(name) || pattern.startsWith("*.") && dot > 0 && pattern.substring(1).equalsIgnoreCase(name.substring(dot));
    }

    private static TrustManager[] authorities(Api.Trust trust) throws IOException, GeneralSecurityException {
        if (trust.authorities().isEmpty()) {
            return null;
        }
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        int n = 0;
        for (Certificate certificate : certificates(trust.authorities())) {
            trusted.setCertificateEntry("ca" + n++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(Api.Trust trust) throws IOException, GeneralSecurityException {
        if (trust.certificate().isEmpty() || trust.key().isEmpty()) {
            return null;
        }
        KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
        own.load(null, null);
        own.setKeyEntry("client", privateKey(trust.key()), NO_PASSWORD, certificates(trust.certificate()).toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(own, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    /** Those of a file, or of all files of a folder. */
    private static List<Certificate> certificates(String file) throws IOException, GeneralSecurityException {
        Path path = Path.of(file);
        if (Files.isDirectory(path)) {
            List<Certificate> all = new ArrayList<>();
            try (Stream<Path> inside = Files.list(path)) {
                for (Path one : inside.filter(Files::isRegularFile).sorted().limit(MOST_FILES).toList()) {
                    all.addAll(certificates(one.toString()));
                }
            }
            return all;
        }
        try (InputStream pem = Files.newInputStream(Path.of(file))) {
            return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(pem));
        }
    }

    /** A key in PKCS #8 (RFC 5958), the form that names its own kind, or a key of the curve P-256 in SEC 1 (RFC 5915). */
    private static PrivateKey privateKey(String file) throws IOException, GeneralSecurityException {
        String pem = Files.readString(Path.of(file));
        boolean sec1 = pem.contains("BEGIN EC PRIVATE KEY");
        String word = sec1 ? "EC PRIVATE KEY" : "PRIVATE KEY";
        int start = pem.indexOf("-----BEGIN " + word + "-----");
        int end = pem.indexOf("-----END " + word + "-----");
        if (start < 0 || end < start) {
            throw new GeneralSecurityException(file + " holds no key in PKCS #8 or SEC 1 form; openssl pkcs8 -topk8 -nocrypt makes one");
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.substring(start + word.length() + 16, end));
        byte[] pkcs8 = sec1 ? pkcs8(der) : der;
        for (String kind : List.of("EC", "RSA", "Ed25519")) {
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

    /** For whoever asked not to look. */
    private static final class Anyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
