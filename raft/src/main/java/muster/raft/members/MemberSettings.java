package muster.raft.members;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import muster.raft.Sockets;

/**
 * How an agent meets the others.
 *
 * @param listen the host and port of the join port; port 0 lets the system choose
 * @param advertise the host at which others reach it, where that is not where it listens
 * @param sockets how connections are made: plain or TLS
 * @param secret what every agent of the cluster knows; see {@link muster.raft.ClusterSettings}
 * @param join whom to look for at the start, and again until one is found
 * @param times how often and how long
 * @param file where the members are kept for the next start
 */
public record MemberSettings(String listen, Optional<String> advertise, Sockets sockets, Optional<String> secret, Join join, Times times,
        Optional<Path> file) {
    /**
     * Agents to look for.
     *
     * @param addresses hosts with or without a port
     * @param interval between two rounds in which none was found
     * @param most how many rounds before the agent gives up; 0 is no end
     */
    public record Join(List<String> addresses, Duration interval, int most) {
        public static final Join NONE = new Join(List.of(), Duration.ofSeconds(30), 0);

        public Join {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Times of the watch over each other. Shorter ones notice a dead agent sooner, and take a slow one for dead sooner too.
     *
     * @param interval between two words of an agent to a server
     * @param answer how long a server's answer is waited for
     * @param silence after which an agent is suspected, where its machine does not answer either
     * @param refusal the same where its machine says that nobody listens
     * @param reconnect how long a failed agent stays in the list
     */
    public record Times(Duration interval, Duration answer, Duration silence, Duration refusal, Duration reconnect) {
        /** A killed agent is noticed within 4 s, one that is cut off within 8 s. */
        public static final Times USUAL = new Times(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(6),
                Duration.ofSeconds(2), Duration.ofHours(72));

        /** For how long the other servers may vouch for a suspect: at least one of their words comes in that time. */
        Duration doubt() {
            return interval.multipliedBy(5).dividedBy(4);
        }
    }

    public MemberSettings {
        Objects.requireNonNull(listen);
        Objects.requireNonNull(advertise);
        Objects.requireNonNull(sockets);
        Objects.requireNonNull(secret);
        Objects.requireNonNull(join);
        Objects.requireNonNull(times);
        Objects.requireNonNull(file);
    }
}
