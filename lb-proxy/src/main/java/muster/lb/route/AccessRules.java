package muster.lb.route;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Who may use a route: {@code allow=ip:CIDR,ip:ADDRESS} or {@code deny=...}. As Fabio has it, both together and rules that can't
 * be read are no rules at all; {@link RouteTable} reports them.
 */
public record AccessRules(boolean allows, List<Block> blocks) {
    /** Addresses that share their first bits. */
    public record Block(byte[] address, int bits) {
        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            int whole = bits / 8;
            if (!Arrays.equals(address, 0, whole, other, 0, whole)) {
                return false;
            }
            int mask = bits % 8 == 0 ? 0 : 0xff << 8 - bits % 8 & 0xff;
            return mask == 0 || (address[whole] & mask) == (other[whole] & mask);
        }
    }

    static Optional<AccessRules> of(String allow, String deny) {
        if (allow.isEmpty() == deny.isEmpty()) {
            return Optional.empty();
        }
        List<Block> blocks = new ArrayList<>();
        for (String rule : (allow.isEmpty() ? deny : allow).split(",")) {
            Optional<Block> block = rule.startsWith("ip:") ? block(rule.substring(3)) : Optional.empty();
            if (block.isEmpty()) {
                return Optional.empty();
            }
            blocks.add(block.get());
        }
        return Optional.of(new AccessRules(!allow.isEmpty(), List.copyOf(blocks)));
    }

    /** Whether every one of the addresses may pass; what is no address is passed over. */
    public boolean admits(List<String> addresses) {
        return addresses.stream().map(IpAddress::parse).flatMap(Optional::stream).allMatch(this::admits);
    }

    private boolean admits(byte[] address) {
        return allows == blocks.stream().anyMatch(block -> block.contains(address));
    }

    /** The first address of the network of so many bits that the address is in; empty for what is no address. */
    public static Optional<String> network(String address, int bits) {
        return IpAddress.parse(address).map(bytes -> {
            for (int i = 0; i < bytes.length; i++) {
                int kept = Math.clamp(bits - i * 8L, 0, 8);
                bytes[i] &= (byte) (0xff << 8 - kept);
            }
            try {
                return InetAddress.getByAddress(bytes).getHostAddress();
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** An address or a block {@code ADDRESS/BITS}. */
    public static Optional<Block> block(String text) {
        int slash = text.indexOf('/');
        return IpAddress.parse(slash < 0 ? text : text.substring(0, slash)).flatMap(address -> {
            try {
                int bits = slash < 0 ? address.length * 8 : Integer.parseInt(text.substring(slash + 1));
                return bits < 0 || bits > address.length * 8 ? Optional.empty() : Optional.of(new Block(address, bits));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        });
    }
}
