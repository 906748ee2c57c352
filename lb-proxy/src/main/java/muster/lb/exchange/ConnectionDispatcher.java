package muster.lb.exchange;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import muster.lb.route.TargetUrl;

/**
 * A dialect's side of connections: which are passed on as bytes, and where to. Called on event loops, by several at once, so nothing
 * here may wait. Also asked for the sessions of a UDP listener.
 */
public interface ConnectionDispatcher {
    /** All connections speak HTTP. */
    ConnectionDispatcher HTTP_ONLY = head -> new Way.Http();

    /** Decides. What it throws ends the connection and is logged as a bug. */
    Way decide(Head head);

    /**
     * Decides about a connection of a {@link Listener.Protocol#MIXED} listener before its first byte, for protocols whose server speaks
     * first; empty to look at the bytes.
     */
    default Optional<Way> early(RequestHead.Peer peer) {
        return Optional.empty();
    }

    /** Tells how a relayed connection ended. */
    default void ended(Ended ended) {}

    /**
     * A connection as far as it is known.
     *
     * @param isTls whether it begins with a TLS handshake
     * @param serverName the handshake asks for, lower case; "" for none
     * @param protocols the handshake offers (ALPN)
     */
    record Head(RequestHead.Peer peer, boolean isTls, String serverName, List<String> protocols) {}

    /** What is to become of a connection. */
    sealed interface Way {
        /**
         * HTTP is spoken, after TLS if it begins with a handshake.
         *
         * @param tls the name of the settings to end it with, "" for the listener's own
         */
        record Http(String tls) implements Way {
            public Http() {
                this("");
            }
        }

        /**
         * Its bytes are passed on.
         *
         * @param retry where to try when a target can't be reached
         * @param endsTls whether TLS is ended here, with the listener's certificates
         * @param tls the name of the settings to end it with, "" for the listener's own
         */
        record Relay(Connect connect, Retry retry, boolean endsTls, String tls) implements Way {
            public Relay(Connect connect, Retry retry, boolean endsTls) {
                this(connect, retry, endsTls, "");
            }
        }

        /** It is closed. */
        record Refuse(String why) implements Way {}
    }

    /**
     * A target for bytes.
     *
     * @param target of scheme tcp, tls (TLS to the target) or udp
     * @param proxyHeader the version of the PROXY header to send first, 0 for none
     */
    record Connect(TargetUrl target, String service, Transport transport, int proxyHeader, Meter meter) {}

    /** The next target, after those that could not be reached; empty when there is no other. */
    interface Retry {
        Optional<Connect> after(List<Connect> failed);

        Retry NONE = failed -> Optional.empty();
    }

    /**
     * A relayed connection, over.
     *
     * @param connect the last target, connected or not
     * @param isConnected whether any target was reached
     * @param received bytes from the client
     * @param sent bytes to the client
     */
    record Ended(Head head, Connect connect, boolean isConnected, long received, long sent, Duration time) {}
}
