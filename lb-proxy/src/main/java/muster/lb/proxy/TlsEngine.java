package muster.lb.proxy;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/** Who does the arithmetic of TLS: BoringSSL where its library loads, which takes a fraction of the processor time, else the JDK. */
final class TlsEngine {
    private TlsEngine() {}

    static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    }

    /** For the log: who it is, and why it is the slower one. */
    static String name() {
        if (OpenSsl.isAvailable()) {
            return OpenSsl.versionString();
        }
        return "JDK (" + OpenSsl.unavailabilityCause().getMessage() + ")";
    }
}
