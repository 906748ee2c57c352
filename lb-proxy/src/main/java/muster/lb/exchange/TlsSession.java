package muster.lb.exchange;

import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;

/**
 * What a client's TLS handshake came to.
 *
 * @param protocol as Java names it, {@code TLSv1.3}
 * @param cipher the suite's registered name
 * @param serverName the client asked for, lower case; "" for none
 * @param client the certificate the client proved to have
 */
public record TlsSession(String protocol, String cipher, String serverName, Optional<X509Certificate> client) {
    /** A session of which nothing is known. */
    public static final TlsSession UNKNOWN = new TlsSession("", "", "", Optional.empty());

    /** Numbers of the suites that servers agree on (IANA: "TLS Cipher Suites"). */
    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("TLS_AES_128_GCM_SHA256", 0x1301),
            Map.entry("TLS_AES_256_GCM_SHA384", 0x1302),
            Map.entry("TLS_CHACHA20_POLY1305_SHA256", 0x1303),
            Map.entry("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xc02b),
            Map.entry("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 0xc02c),
            Map.entry("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f),
            Map.entry("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 0xc030),
            Map.entry("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca8),
            Map.entry("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca9),
            Map.entry("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", 0xc013),
            Map.entry("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", 0xc014),
            Map.entry("TLS_RSA_WITH_AES_128_GCM_SHA256", 0x009c),
            Map.entry("TLS_RSA_WITH_AES_256_GCM_SHA384", 0x009d),
            Map.entry("TLS_RSA_WITH_AES_128_CBC_SHA", 0x002f),
            Map.entry("TLS_RSA_WITH_AES_256_CBC_SHA", 0x0035));

    /** The suite's registered number, 0 when it is none of the usual ones. */
    public int cipherNumber() {
        return NUMBERS.getOrDefault(cipher, 0);
    }
}
