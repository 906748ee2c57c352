package muster.agent;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/**
 * What an agent's options depend on of the machine it runs on.
 *
 * @param name the machine's, the node's unless given
 * @param addresses IPv4 addresses of its interfaces that are up, without those of loopback
 */
record Machine(String name, List<String> addresses) {
    /** Networks that are not routed in public. (RFC 1918; RFC 6598) */
    private static final List<Network> PRIVATE = List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10").stream()
            .flatMap(text -> Network.tryParse(text).stream()).toList();

    Machine {
        addresses = List.copyOf(addresses);
    }

    /** The one that this runs on. */
    static Machine found() {
        try {
            return new Machine(Host.name(), NetworkInterface.networkInterfaces().filter(Machine::isUsable).flatMap(NetworkInterface::inetAddresses)
                    .filter(Inet4Address.class::isInstance).map(InetAddress::getHostAddress).distinct().sorted().toList());
        } catch (SocketException e) {
            // A machine that does not tell its addresses is asked for one, as one that has several.
            return new Machine(Host.name(), List.of());
        }
    }

    private static boolean isUsable(NetworkInterface card) {
        try {
            return card.isUp() && !card.isLoopback();
        } catch (SocketException e) {
            // It went away while the list was read.
            return false;
        }
    }

    List<String> privateAddresses() {
        return addresses.stream().filter(address -> PRIVATE.stream().anyMatch(network -> network.contains(InetAddress.ofLiteral(address)))).toList();
    }
}
