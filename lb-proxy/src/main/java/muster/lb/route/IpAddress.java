package muster.lb.route;

import java.net.InetAddress;
import java.util.Optional;

/** Address literals; never asks a name server. */
final class IpAddress {
    private IpAddress() {}

    static Optional<byte[]> parse(String text) {
        String literal = text.strip();
        boolean isV4 = literal.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        boolean isV6 = literal.indexOf(':') >= 0 && literal.matches("[0-9a-fA-F:.]+");
        if (!isV4 && !isV6) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(literal).getAddress());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
