package muster.http;

import java.time.Duration;

/**
 * How long a listener waits for its clients.
 *
 * @param head for a whole request head, from its first byte
 * @param idle for the next request of a connection
 * @param bodyStep how often a body that is being sent is looked at
 * @param bodyBytes what has to have come of it in each such step
 */
public record Patience(Duration head, Duration idle, Duration bodyStep, int bodyBytes) {
    /** Far beyond what a slow line needs; pooled connections of clients live for minutes. */
    public static final Patience USUAL = new Patience(Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofSeconds(10), 10 << 10);
}
