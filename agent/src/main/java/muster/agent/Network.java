package muster.agent;

import java.net.InetAddress;
import java.util.Optional;

/** Addresses with the same first bits, written {@code 10.0.0.0/8} (RFC 4632, RFC 4291 2.3). Pure. */
record Network(byte[] address, int bits) {
    /** Parses; no name is ever looked up. */
    static Optional<Network> tryParse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(0, slash).matches("[0-9A-Fa-f:.]+") || !text.substring(slash + 1).matches("\\d{1,3}")) {
            return Optional.empty();
        }
        try {
            byte[] address = InetAddress.ofLiteral(text.substring(0, slash)).getAddress();
            int bits = Integer.parseInt(text.substring(slash + 1));
            return bits > address.length * 8 ? Optional.empty() : Optional.of(new Network(address, bits));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    boolean contains(InetAddress other) {
        byte[] bytes = other.getAddress();
        if (bytes.length != address.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((bytes[bit / 8] & mask) != (address[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
