package muster.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import muster.raft.members.MemberSettings;

/**
 * How this agent is one of several.
 *
 * @param bind the address that the join port and the servers' port bind
 * @param expect with how many servers a log is begun; 0 waits for one that is there
 * @param secret what every agent of the cluster knows
 * @param rejoin whether an agent that left looks for those it knew
 */
record ClusterOptions(Role role, String bind, Ports ports, int expect, MemberSettings.Join join, Optional<String> secret,
        MemberSettings.Times times, Duration election, Tls tls, boolean rejoin) {
    /** What this agent is to the others. */
    enum Role {
        /** There are no others: no port is opened. */
        ALONE,
        /** It holds the state, with other servers or until they come. */
        SERVER,
        /** It has servers do that. */
        CLIENT
    }

    /** Ports for other agents; 0 picks a free one. */
    record Ports(int join, int server) {}

    /**
     * How connections between agents are secured.
     *
     * @param authorities certificates of those whose word is taken: files, or folders of such
     * @param verifyIncoming whether connections without TLS and a certificate are refused
     * @param verifyOutgoing whether connections are made with TLS
     * @param serverName the name that a server's certificate has to carry, where that is looked at
     */
    record Tls(List<Path> authorities, Optional<Path> certificate, Optional<Path> key, boolean verifyIncoming, boolean verifyOutgoing,
            Optional<String> serverName) {
        static final Tls NONE = new Tls(List.of(), Optional.empty(), Optional.empty(), false, false, Optional.empty());

        Tls {
            authorities = List.copyOf(authorities);
        }

        boolean isUsed() {
            return verifyOutgoing || verifyIncoming;
        }
    }

    boolean isServer() {
        return role != Role.CLIENT;
    }
}
