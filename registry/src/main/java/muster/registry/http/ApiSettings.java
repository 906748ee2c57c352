package muster.registry.http;

import java.time.Duration;
import java.time.Instant;

/**
 * What the API has to know of its agent.
 *
 * @param nodeName the agent's node, on which sessions are created that name none
 * @param nodeId its UUID
 * @param serverAddress {@code host:port} of the server port, as {@code status/leader} shows it
 * @param version what {@code operator/autopilot/health} shows
 * @param startedAt when this server began
 * @param alwaysPretty indents every answer, as a {@code -dev} agent does
 * @param ui whether {@code /} leads to the web pages
 * @param connect whether there is a certificate authority ({@code connect.enabled})
 * @param maxValueBytes the largest value of a key ({@code limits.kv_max_value_size})
 * @param maxTransactionBytes the largest body of a transaction ({@code limits.txn_max_req_len})
 * @param minSessionTtl the smallest TTL of a session ({@code session_ttl_min})
 */
public record ApiSettings(
        String nodeName,
        String nodeId,
        String serverAddress,
        String version,
        Instant startedAt,
        boolean alwaysPretty,
        boolean ui,
        boolean connect,
        long maxValueBytes,
        long maxTransactionBytes,
        Duration minSessionTtl) {
    public static final long DEFAULT_MAX_VALUE_BYTES = 512 << 10;
    public static final Duration DEFAULT_MIN_SESSION_TTL = Duration.ofSeconds(10);

    /** With the limits that hold unless configured; the mesh's authority is on where answers are indented, as in {@code -dev}. */
    public static ApiSettings of(
            String nodeName, String nodeId, String serverAddress, String version, Instant startedAt, boolean alwaysPretty,
            boolean ui) {
        return new ApiSettings(nodeName, nodeId, serverAddress, version, startedAt, alwaysPretty, ui, alwaysPretty, DEFAULT_MAX_VALUE_BYTES,
                DEFAULT_MAX_VALUE_BYTES, DEFAULT_MIN_SESSION_TTL);
    }

    /** The same with the certificate authority on or off. */
    public ApiSettings withConnect(boolean on) {
        return new ApiSettings(nodeName, nodeId, serverAddress, version, startedAt, alwaysPretty, ui, on, maxValueBytes,
                maxTransactionBytes, minSessionTtl);
    }
}
