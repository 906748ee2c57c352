package muster.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509KeyManager;

/**
 * What a listener shows its clients and asks of them. Texts, not files: who reads them again gives the listener a new one.
 *
 * @param certificates PEM: the server's own first, then those that lead to its root (RFC 7468)
 * @param key PEM: the private key without a password, in PKCS #8, PKCS #1 or SEC 1
 * @param authorities PEM: whose certificates are believed of clients
 * @param clientCertificate whether a client has to show one that the authorities signed
 * @param protocols as the JDK names them, {@code TLSv1.2}
 * @param suites by their IANA names; none means the JDK's own choice
 */
public record Tls(String certificates, String key, Optional<String> authorities, boolean clientCertificate, List<String> protocols,
        List<String> suites) {
    public Tls {
        protocols = List.copyOf(protocols);
        suites = List.copyOf(suites);
        if (clientCertificate && authorities.isEmpty()) {
            throw new IllegalArgumentException("client certificates can't be asked for without authorities to verify them");
        }
    }

    /** Throws {@link IOException} saying what is wrong with the texts; a listener would only say so at the first handshake. */
    void require() throws IOException {
        try {
            X509KeyManager keys = (X509KeyManager) keyPair().getKeyManagerFactory(null).getKeyManagers()[0];
            for (String type : List.of("RSA", "EC", "EdDSA")) {
                String[] names = keys.getServerAliases(type, null);
                if (names != null && names.length > 0) {
                    requirePair(keys.getCertificateChain(names[0])[0], keys.getPrivateKey(names[0]));
                    return;
                }
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            // Whatever the platform's readers throw for a text that is no certificate or key.
            throw new IOException("the certificate and its key can't be used: " + e.getMessage(), e);
        }
        throw new IOException("the certificate's key has to be RSA, EC or Ed25519");
    }

    /** A key's signature has to be one of the certificate's. */
    private static void requirePair(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException, IOException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        byte[] text = {1, 2, 3, 4};
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(text);
        Signature reading = Signature.getInstance(algorithm);
        reading.initVerify(certificate.getPublicKey());
        reading.update(text);
        if (!reading.verify(signing.sign())) {
            throw new IOException("the private key does not belong to the certificate");
        }
    }

    private PemKeyCertOptions keyPair() {
        return new PemKeyCertOptions().addCertValue(Buffer.buffer(certificates)).addKeyValue(Buffer.buffer(key));
    }

    ServerSSLOptions options() {
        ServerSSLOptions options = new ServerSSLOptions();
        options.setKeyCertOptions(keyPair());
        authorities.ifPresent(texts -> options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(texts))));
        options.setClientAuth(clientAuth());
        options.setUseAlpn(false);
        options.setEnabledSecureTransportProtocols(new LinkedHashSet<>(protocols));
        suites.forEach(options::addEnabledCipherSuite);
        return options;
    }

    void apply(HttpServerOptions options) {
        options.setSsl(true).setUseAlpn(false).setClientAuth(clientAuth());
        options.setKeyCertOptions(keyPair());
        authorities.ifPresent(texts -> options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(texts))));
        options.setEnabledSecureTransportProtocols(new LinkedHashSet<>(protocols));
        suites.forEach(options::addEnabledCipherSuite);
    }

    private ClientAuth clientAuth() {
        return clientCertificate ? ClientAuth.REQUIRED : ClientAuth.NONE;
    }
}
