package muster.registry.client.http;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How to reach an agent.
 *
 * @param address {@code host:port}, {@code http://...} or {@code https://...}
 * @param token sent with every request; "" for none
 * @param datacenter asked unless a query names one; "" for the agent's own
 * @param waitTime how long one blocking query may wait at the server, 1 s to 10 min. Long waits save requests; short ones notice
 *     a dead connection sooner
 * @param connectTimeout for each connection
 * @param requestTimeout for each request, on top of the wait of a blocking one
 * @param pace pauses between requests
 * @param tls authorities and certificate for https; without, the machine's own authorities
 * @param headers sent with every request besides the token's, such as a proxy's authorization
 */
public record HttpRegistrySettings(
        String address,
        String token,
        String datacenter,
        Duration waitTime,
        Duration connectTimeout,
        Duration requestTimeout,
        Pace pace,
        Optional<SSLContext> tls,
        Map<String, String> headers) {
    /**
     * Pauses of one watch.
     *
     * @param interval mean distance between answers that follow each other at once, as those of a busy service do; a few
     *     may come quicker
     * @param poll distance of reads that can't block
     * @param firstRetry pause after a failure; doubles with each further one, and half of it is random
     * @param longestRetry where the doubling ends
     */
    public record Pace(Duration interval, Duration poll, Duration firstRetry, Duration longestRetry) {
        public static final Pace DEFAULT =
                new Pace(Duration.ofMillis(50), Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofSeconds(30));
    }

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    public HttpRegistrySettings {
        AgentAddress.parse(address);
        Objects.requireNonNull(token);
        Objects.requireNonNull(datacenter);
        headers = Map.copyOf(headers);
        if (waitTime.compareTo(Duration.ofSeconds(1)) < 0 || waitTime.compareTo(LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException("wait " + waitTime + " of registry " + address + " is not between 1 s and 10 min");
        }
        if (token.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
            throw new IllegalArgumentException("the token for registry " + address + " has characters a header can't carry");
        }
    }

    /** The usual settings for an address: no token, the agent's own datacenter, waits of a minute. */
    public static HttpRegistrySettings of(String address) {
        return new HttpRegistrySettings(
                address, "", "", Duration.ofMinutes(1), Duration.ofSeconds(5), Duration.ofSeconds(15), Pace.DEFAULT, Optional.empty(), Map.of());
    }

    public HttpRegistrySettings withToken(String token) {
        return new HttpRegistrySettings(address, token, datacenter, waitTime, connectTimeout, requestTimeout, pace, tls, headers);
    }

    public HttpRegistrySettings withDatacenter(String datacenter) {
        return new HttpRegistrySettings(address, token, datacenter, waitTime, connectTimeout, requestTimeout, pace, tls, headers);
    }

    public HttpRegistrySettings withWaitTime(Duration waitTime) {
        return new HttpRegistrySettings(address, token, datacenter, waitTime, connectTimeout, requestTimeout, pace, tls, headers);
    }

    public HttpRegistrySettings withPace(Pace pace) {
        return new HttpRegistrySettings(address, token, datacenter, waitTime, connectTimeout, requestTimeout, pace, tls, headers);
    }

    public HttpRegistrySettings withTls(SSLContext context) {
        return new HttpRegistrySettings(address, token, datacenter, waitTime, connectTimeout, requestTimeout, pace, Optional.of(context), headers);
    }

    public HttpRegistrySettings withHeaders(Map<String, String> more) {
        return new HttpRegistrySettings(address, token, datacenter, waitTime, connectTimeout, requestTimeout, pace, tls, more);
    }

    /** Never shows the token. */
    @Override
    public String toString() {
        return "HttpRegistrySettings[address=" + address + ", datacenter=" + datacenter + ", waitTime=" + waitTime + "]";
    }
}
