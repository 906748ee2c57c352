package muster.lb.exchange;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import muster.lb.route.AccessRules;

/**
 * A listener to open. Both dialects' configurations are turned into these.
 *
 * @param name of the entry point, for logs and for {@link RequestHead.Peer}
 * @param host "" for all addresses
 * @param port 0 for any free one
 * @param tls required by the protocols that end TLS
 * @param proxyHeader whose PROXY headers are believed; empty for nobody's, which makes such a header a bad request
 */
public record Listener(
        String name, String host, int port, Protocol protocol, Optional<Tls> tls, Optional<ProxyHeader> proxyHeader, Limits limits) {
    /** What is spoken. */
    public enum Protocol {
        /** HTTP/1.1, and HTTP/2 where the client begins with it or upgrades to it. */
        HTTP,
        /** The same over TLS; HTTP/2 is negotiated. */
        HTTPS,
        /** HTTP/2 without TLS. */
        GRPC,
        /** HTTP/2 over TLS. */
        GRPCS,
        /** Bytes; the dispatcher is asked as soon as a connection is there. */
        TCP,
        /** TLS passed on; the dispatcher is asked with the server name. */
        TCP_SNI,
        /** TLS, passed on or ended here, as the dispatcher says. */
        HTTPS_TCP_SNI,
        /** Whatever comes: the dispatcher is asked for each connection, with the server name if it begins with TLS. */
        MIXED,
        /** Datagrams; a client's address and port make a session. */
        UDP
    }

    /**
     * The server's side of TLS.
     *
     * @param isStrict a client that asks for a name no certificate is for is refused, instead of getting the first certificate
     * @param clientCertificates PEM of the authorities a client's certificate has to come from; "" for the platform's
     * @param asking whether clients are asked for a certificate
     */
    public record Tls(CertificateSource certificates, boolean isStrict, Asking asking, String clientCertificates, Terms terms) {
        /** @param clientCertificates "" when clients need none */
        public Tls(CertificateSource certificates, boolean isStrict, String clientCertificates, Terms terms) {
            this(certificates, isStrict, clientCertificates.isEmpty() ? Asking.NEVER : Asking.VERIFIED, clientCertificates, terms);
        }

        public Tls(CertificateSource certificates) {
            this(certificates, false, "", Terms.USUAL);
        }
    }

    /**
     * What a handshake may agree on.
     *
     * @param minVersion {@code TLSv1.2} and so on, "" for the platform's
     * @param maxVersion likewise
     * @param ciphers registered names, empty for the platform's
     * @param groups for the exchange of keys, registered names (RFC 8446, section 4.2.7), empty for the platform's
     * @param protocols offered to clients that speak HTTP (ALPN)
     */
    public record Terms(String minVersion, String maxVersion, List<String> ciphers, List<String> groups, List<String> protocols) {
        private static final List<String> HTTP = List.of("h2", "http/1.1");
        public static final Terms USUAL = of("", "", List.of());

        /** With these versions and ciphers, all else as usual. */
        public static Terms of(String minVersion, String maxVersion, List<String> ciphers) {
            return new Terms(minVersion, maxVersion, ciphers, List.of(), HTTP);
        }
    }

    /** Whether clients are asked for a certificate, and what becomes of those that show none or a strange one. */
    public enum Asking {
        NEVER,
        /** Asked; any will do, and none. */
        WANTED,
        /** Asked; none will do, but one that is shown has to come from an authority. */
        VERIFIED_IF_GIVEN,
        /** Needed; any will do. */
        ANY,
        /** Needed, from an authority. */
        VERIFIED
    }

    /** Where certificates come from. All but {@code SelfSigned} are looked at again and again, without touching open connections. */
    public sealed interface CertificateSource {
        /** One certificate chain and its key, both PEM, perhaps in one file. */
        record Files(Path certificate, Path key, Duration refresh) implements CertificateSource {}

        /** All of a folder: NAME.pem, or NAME-cert.pem with NAME-key.pem, in alphabetical order. */
        record Folder(Path folder, Duration refresh) implements CertificateSource {}

        /** A text of lines that each name a file beside it, by HTTP. */
        record Http(String url, Duration refresh) implements CertificateSource {}

        /** Keys below a prefix of the registry, named like a folder's files, watched. */
        record Keys(String prefix) implements CertificateSource {}

        /** Certificates as they are, each PEM of chain and key together. */
        record Given(List<String> pems) implements CertificateSource {}

        /** What somebody else keeps, PEM of chain and key together by name; the first name's is for clients that ask for no other. */
        record Supplied(Supplier<SortedMap<String, String>> pems, Duration refresh) implements CertificateSource {}

        /** One made at the start, for a server that has none. */
        record SelfSigned(String commonName) implements CertificateSource {}
    }

    /**
     * PROXY headers of versions 1 and 2 (HAProxy: "The PROXY protocol").
     *
     * @param trusted clients that may send one; others' are a bad request
     * @param timeout for the header's first byte; a connection that sends something else first is taken as it is
     */
    public record ProxyHeader(List<AccessRules.Block> trusted, Duration timeout) {}

    /**
     * Bounds on what one client can take up. Zero durations mean for ever.
     *
     * @param headTimeout from a request's first byte to the end of its head, and for a TLS handshake
     * @param readTimeout for a request's whole body
     * @param writeTimeout from the end of a request's head to the end of its answer; not for tunnels
     * @param idleTimeout between requests; for UDP between datagrams of a session
     * @param stallTimeout without a byte where the other side owes one: a request's body, a client that takes no answer
     * @param tunnelTimeout without a byte in either direction of a WebSocket or a relayed connection
     */
    public record Limits(
            Duration headTimeout, Duration readTimeout, Duration writeTimeout, Duration idleTimeout, Duration stallTimeout,
            Duration tunnelTimeout, int maxHeadBytes, int maxHeaders, int maxConnections, int maxConnectionsPerClient, int maxStreams) {
        /** Generous enough for slow clients, short enough that a held connection costs little. */
        public static final Limits DEFAULTS = new Limits(Duration.ofSeconds(60), Duration.ZERO, Duration.ZERO, Duration.ofSeconds(180),
                Duration.ofMinutes(5), Duration.ofHours(24), 256 * 1024, 1000, 100_000, 50_000, 250);

        public Limits withTimeouts(Duration read, Duration write, Duration idle) {
            return new Limits(headTimeout, read, write, idle, stallTimeout, tunnelTimeout, maxHeadBytes, maxHeaders, maxConnections,
                    maxConnectionsPerClient, maxStreams);
        }

        /** @param perClient of one client address */
        public Limits withConnections(int all, int perClient) {
            return new Limits(headTimeout, readTimeout, writeTimeout, idleTimeout, stallTimeout, tunnelTimeout, maxHeadBytes, maxHeaders, all, perClient,
                    maxStreams);
        }
    }

    /** A plain one at its defaults. */
    public static Listener http(String name, String host, int port) {
        return new Listener(name, host, port, Protocol.HTTP, Optional.empty(), Optional.empty(), Limits.DEFAULTS);
    }

    public Listener withProtocol(Protocol other) {
        return new Listener(name, host, port, other, tls, proxyHeader, limits);
    }

    public Listener withTls(Tls other) {
        return new Listener(name, host, port, protocol, Optional.of(other), proxyHeader, limits);
    }

    public Listener withProxyHeader(ProxyHeader other) {
        return new Listener(name, host, port, protocol, tls, Optional.of(other), limits);
    }

    public Listener withLimits(Limits other) {
        return new Listener(name, host, port, protocol, tls, proxyHeader, other);
    }
}
