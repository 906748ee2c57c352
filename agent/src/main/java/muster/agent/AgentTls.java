package muster.agent;

import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import muster.raft.Sockets;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What secures the connections between agents, read from files, and again whenever one of them changed: new connections then
 * use what they hold now. Files that can't be read any more leave what was, with an error in the log. Any thread may call.
 */
final class AgentTls {
    private static final Logger LOG = LoggerFactory.getLogger(AgentTls.class);
    private static final long LOOK_NANOS = 1_000_000_000L;
    private static final char[] NO_PASSWORD = new char[0];

    private final ClusterOptions.Tls tls;
    private Map<Path, FileTime> times;
    private SSLContext context;
    private long looked;

    private AgentTls(ClusterOptions.Tls tls) throws IOException {
        this.tls = tls;
        times = times();
        context = read();
        looked = System.nanoTime();
    }

    /** How agents connect: from the address that was bound. Throws {@link IOException} naming the file that is wrong. */
    static Sockets sockets(ClusterOptions options) throws IOException {
        ClusterOptions.Tls tls = options.tls();
        Optional<InetAddress> own = Optional.of(InetAddress.getByName(options.bind()));
        return tls.isUsed() ? Sockets.tls(new AgentTls(tls)::context, tls.serverName(), own) : Sockets.plain(own);
    }

    private synchronized SSLContext context() {
        if (System.nanoTime() - looked < LOOK_NANOS) {
            return context;
        }
        looked = System.nanoTime();
        try {
            Map<Path, FileTime> now = times();
            if (!now.equals(times)) {
                context = read();
                times = now;
                LOG.info("certificates read again files={}", now.keySet());
            }
        } catch (IOException e) {
            LOG.error("certificates not read again, the former ones stay reason=\"{}\"", e.getMessage());
        }
        return context;
    }

    private Map<Path, FileTime> times() throws IOException {
        Map<Path, FileTime> found = new HashMap<>();
        List<Path> files = new ArrayList<>(authorities());
        tls.certificate().ifPresent(files::add);
        tls.key().ifPresent(files::add);
        for (Path file : files) {
            found.put(file, Files.getLastModifiedTime(file));
        }
        return found;
    }

    private List<Path> authorities() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : tls.authorities()) {
            if (!Files.isDirectory(path)) {
                files.add(path);
                continue;
            }
            try (Stream<Path> inside = Files.list(path)) {
                inside.filter(Files::isRegularFile).sorted().forEach(files::add);
            }
        }
        return files;
    }

    private SSLContext read() throws IOException {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, NO_PASSWORD);
            for (Path file : authorities()) {
                for (X509Certificate certificate : certificates(file)) {
                    trusted.setCertificateEntry(file + "#" + trusted.size(), certificate);
                }
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, NO_PASSWORD);
            own.setKeyEntry("agent", key(tls.key().orElseThrow()), NO_PASSWORD,
                    certificates(tls.certificate().orElseThrow()).toArray(Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, NO_PASSWORD);
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return made;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates " + tls.authorities() + ", " + tls.certificate().orElseThrow() + " and the key "
                    + tls.key().orElseThrow() + " can't be used: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Object found : pem(file)) {
            if (found instanceof X509CertificateHolder holder) {
                try {
                    certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
                } catch (GeneralSecurityException e) {
                    throw new IOException(file + " holds a certificate that can't be read: " + e.getMessage(), e);
                }
            }
        }
        if (certificates.isEmpty()) {
            throw new IOException(file + " holds no certificate; it should have a block that begins with -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    private static PrivateKey key(Path file) throws IOException {
        for (Object found : pem(file)) {
            switch (found) {
                case PEMKeyPair pair -> {
                    return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
                }
                case PrivateKeyInfo key -> {
                    return new JcaPEMKeyConverter().getPrivateKey(key);
                }
                default -> LOG.debug("block passed over file={} kind={}", file, found.getClass().getSimpleName());
            }
        }
        throw new IOException(file + " holds no private key, or one with a password; it should be an unencrypted PEM file");
    }

    private static List<Object> pem(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file); PEMParser parser = new PEMParser(reader)) {
            List<Object> found = new ArrayList<>();
            for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
                found.add(next);
            }
            return found;
        } catch (IOException e) {
            throw new IOException(file + " can't be read as PEM: " + e.getMessage(), e);
        }
    }
}
