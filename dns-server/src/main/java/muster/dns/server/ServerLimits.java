package muster.dns.server;

import java.time.Duration;

/**
 * What clients may take.
 *
 * @param connections most TCP connections at once; beyond that the longest idle one ends
 * @param pipelined most questions of one connection being answered at once; the connection is not read from beyond that
 * @param inFlight most UDP questions being answered at once; further ones are dropped, and asked again by their senders
 * @param idle how long a connection may send nothing (RFC 7766 6.2.3), and take to send one question
 */
public record ServerLimits(int connections, int pipelined, int inFlight, Duration idle) {
    public static final ServerLimits DEFAULT = new ServerLimits(256, 32, 2_048, Duration.ofSeconds(10));

    /** Before a listener tries again: what failed at once (no free file descriptors) would fail at once again. */
    static final Duration AFTER_FAILURE = Duration.ofMillis(10);
}
