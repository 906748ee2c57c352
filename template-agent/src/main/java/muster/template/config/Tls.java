package muster.template.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** An {@code ssl} block as what connections need: authorities and a client's certificate from PEM files. */
final class Tls {
    private static final char[] NO_PASSWORD = new char[0];

    private Tls() {}

    /** Empty where nothing is set: then https addresses are checked against the machine's authorities. */
    static Optional<SSLContext> of(Given given, String block, Map<String, String> env, String authority, String authorities, String certificate,
            String key, String verify) {
        String caFile = given.text(block + "ca_cert", env.getOrDefault(authority, ""));
        String caPath = given.text(block + "ca_path", env.getOrDefault(authorities, ""));
        String cert = given.text(block + "cert", env.getOrDefault(certificate, ""));
        String keyFile = given.text(block + "key", env.getOrDefault(key, ""));
        boolean verified = given.flag(block + "verify", !env.getOrDefault(verify, "true").equals("false"));
        if (!given.flag(block + "enabled", true) || caFile.isEmpty() && caPath.isEmpty() && cert.isEmpty() && verified && !given.hasAny(block)) {
            return Optional.empty();
        }
        if (!given.text(block + "server_name", "").isEmpty()) {
            throw new ConfigurationException(block + "server_name can't be set; use an address whose name is in the server's certificate");
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(cert.isEmpty() ? null : keys(cert, keyFile.isEmpty() ? cert : keyFile),
                    verified ? caFile.isEmpty() && caPath.isEmpty() ? null : trust(caFile, caPath) : new TrustManager[] {new Anybody()}, null);
            return Optional.of(context);
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException(block.substring(0, block.length() - 1) + ": " + e.getMessage());
        }
    }

    private static TrustManager[] trust(String file, String folder) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, NO_PASSWORD);
        List<Path> files = new ArrayList<>();
        if (!file.isEmpty()) {
            files.add(Path.of(file));
        }
        if (!folder.isEmpty()) {
            try (Stream<Path> found = Files.list(Path.of(folder))) {
                files.addAll(found.filter(Files::isRegularFile).sorted().toList());
            }
        }
        int number = 0;
        for (Path each : files) {
            for (Certificate certificate : certificates(each)) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static Collection<? extends Certificate> certificates(Path file) throws GeneralSecurityException, IOException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
    }

    private static KeyManager[] keys(String certificate, String key) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, NO_PASSWORD);
        store.setKeyEntry("client", privateKey(Path.of(key)), NO_PASSWORD, certificates(Path.of(certificate)).toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static PrivateKey privateKey(Path file) throws GeneralSecurityException, IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        int begin = text.indexOf("-----BEGIN PRIVATE KEY-----");
        int end = text.indexOf("-----END PRIVATE KEY-----");
        if (begin < 0 || end < begin) {
            throw new IOException(file + " has no key in PKCS #8 (BEGIN PRIVATE KEY); convert it with openssl pkcs8 -topk8 -nocrypt");
        }
        byte[] bytes = Base64.getMimeDecoder().decode(text.substring(begin + 27, end));
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
            } catch (InvalidKeySpecException e) {
                // Not a key of this kind; the next one is tried.
                continue;
            }
        }
        throw new IOException(file + " has a key of an unknown kind");
    }

    /** For {@code verify = false}: the server may be anybody, as the user has asked for. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
