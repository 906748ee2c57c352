package muster.lb.proxy;

import java.time.Duration;

/**
 * How the data path treats connections.
 *
 * @param dialTimeout for a connection to a target; too short fails over a slow network, too long holds requests to dead machines
 * @param responseHeaderTimeout from the request's last byte to the answer's head; zero waits for ever
 * @param idleTimeout after which an unused connection to a target is closed; longer than the target's own wait loses requests
 * @param maxConnections to one target, over all event loops
 * @param maxHeaderBytes of a request's or an answer's head
 */
public record ProxySettings(
        Duration dialTimeout, Duration responseHeaderTimeout, Duration idleTimeout, int maxConnections, int maxHeaderBytes) {
    /** Go's and Fabio's usual figures. */
    public static final ProxySettings DEFAULTS =
            new ProxySettings(Duration.ofSeconds(30), Duration.ZERO, Duration.ofSeconds(15), 10_000, 256 * 1024);
}
