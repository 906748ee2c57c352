package muster.lb.exchange;

import java.time.Duration;

/**
 * How a target is spoken to. Equal ones share connections; make one for each target (or service) and keep it.
 *
 * @param tls used when the target's scheme is an encrypted one
 * @param dialTimeout for a connection, TLS included; zero for the proxy's own
 * @param answerTimeout from the request's last byte to the answer's head; zero for the proxy's own
 */
public record Transport(Http2 http2, Tls tls, Duration dialTimeout, Duration answerTimeout) {
    public static final Transport DEFAULT = new Transport(Http2.NEVER, Tls.VERIFYING, Duration.ZERO, Duration.ZERO);

    /**
     * Whether HTTP/2 is used. {@code NEGOTIATED}: over TLS, when the target wants it. {@code ALWAYS}: also without TLS, where the client
     * begins with it. Targets whose scheme is {@code h2c}, {@code grpc} or {@code grpcs} always get it.
     */
    public enum Http2 {
        NEVER, NEGOTIATED, ALWAYS
    }

    /**
     * The client's side of TLS.
     *
     * @param serverName to send and to verify; "" for the target's host
     * @param skipsVerify takes any certificate
     * @param rootCertificates PEM, "" for the platform's
     * @param certificate the chain to show, PEM; "" for none
     * @param key its key, PEM
     */
    public record Tls(String serverName, boolean skipsVerify, String rootCertificates, String certificate, String key) {
        public static final Tls VERIFYING = new Tls("", false, "", "", "");
    }

    /** The default but for name and verification. */
    public static Transport tls(String serverName, boolean skipsVerify) {
        return serverName.isEmpty() && !skipsVerify
                ? DEFAULT
                : new Transport(Http2.NEVER, new Tls(serverName, skipsVerify, "", "", ""), Duration.ZERO, Duration.ZERO);
    }
}
