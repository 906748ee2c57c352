package muster.raft;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a server of a log meets the other ones.
 *
 * @param listen the host and port that it listens on; port 0 lets the system choose
 * @param advertise the host and port at which the others reach it, where that is not where it listens; port 0 is the one it got
 * @param sockets how connections are made: plain or TLS
 * @param secret what every server of the cluster knows; who doesn't is refused before anything is read from it. It proves
 *     itself and is never sent. Without TLS it keeps strangers out, not listeners.
 * @param election the shortest time without a word from a leader after which a server calls an election; the longest is twice
 *     that. Heartbeats go out at half of it.
 * @param request how long a server waits for another's answer before it takes the connection for dead
 * @param hold how long a proposal or a read waits for a leader to be there before it fails
 */
public record ClusterSettings(String listen, Optional<String> advertise, Sockets sockets, Optional<String> secret, Duration election, Duration request,
        Duration hold) {
    public ClusterSettings {
        Objects.requireNonNull(listen);
        Objects.requireNonNull(advertise);
        Objects.requireNonNull(sockets);
        Objects.requireNonNull(secret);
        requireAtLeast("election", election, 50);
        requireAtLeast("request", request, 50);
        requireAtLeast("hold", hold, 0);
    }

    /** What servers near each other do well with, on an address, in the clear and without a secret. */
    public static ClusterSettings at(String listen) {
        return new ClusterSettings(listen, Optional.empty(), Sockets.plain(), Optional.empty(), Duration.ofMillis(500),
                Duration.ofSeconds(2), Duration.ofSeconds(7));
    }

    private static void requireAtLeast(String name, Duration value, long millis) {
        if (value.toMillis() < millis || value.toMillis() > 600_000) {
            throw new IllegalArgumentException("the cluster's " + name + " time has to be " + millis + " ms to 10 min, not "
                    + value.toMillis() + " ms");
        }
    }
}
