package muster.lb.proxy;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A name with a key and a certificate, for tests of TLS. */
public record Identity(SelfSigned.Made made) {
    public static Identity of(String name) throws GeneralSecurityException {
        return new Identity(SelfSigned.make(name, Instant.now()));
    }

    public String certificatePem() throws GeneralSecurityException {
        return WireFormsTest.pem("CERTIFICATE", made.certificate().getEncoded());
    }

    String keyPem() {
        return WireFormsTest.pem("PRIVATE KEY", made.keys().getPrivate().getEncoded());
    }

    /** A context that shows this certificate and believes everybody. */
    public SSLContext context() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", made.keys().getPrivate(), new char[0], new X509Certificate[] {made.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        return context(keys.getKeyManagers());
    }

    /** A context that believes everybody and shows nothing. */
    public static SSLContext trusting() throws GeneralSecurityException {
        return context(null);
    }

    /** The same, which counts how often a server showed its certificate: it does not when a session is resumed. */
    static SSLContext trusting(AtomicInteger shown) throws GeneralSecurityException {
        return context(null, shown);
    }

    private static SSLContext context(KeyManager[] keys) throws GeneralSecurityException {
        return context(keys, new AtomicInteger());
    }

    private static SSLContext context(KeyManager[] keys, AtomicInteger shown) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {
                shown.incrementAndGet();
            }

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        }}, new SecureRandom());
        return context;
    }
}
