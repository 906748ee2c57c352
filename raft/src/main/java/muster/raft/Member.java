package muster.raft;

import java.util.Objects;

/**
 * A server of a log.
 *
 * @param id what it is called in the log's configuration, for ever; drawn when its folder is made
 * @param address the host and port at which the other servers reach it
 */
public record Member(String id, String address) {
    public Member {
        Objects.requireNonNull(id);
        Objects.requireNonNull(address);
        int colon = address.lastIndexOf(':');
        if (colon < 1 || !address.substring(colon + 1).matches("\\d{1,5}")) {
            throw new IllegalArgumentException("a server's address is a host and a port, not \"" + address + "\"");
        }
    }

    String host() {
        return address.substring(0, address.lastIndexOf(':'));
    }

    int port() {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
