package muster.lb.middleware;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.lb.exchange.RequestHead;
import muster.lb.route.AccessRules;
import muster.lb.tree.Values;

/** Which address is the client's (Traefik: "ipStrategy"): the connection's, or one that X-Forwarded-For tells. */
final class IpStrategy {
    private final int depth;
    private final AccessRules excluded;
    private final boolean hasExcluded;
    private final int ipv6Bits;

    private IpStrategy(int depth, List<AccessRules.Block> excluded, int ipv6Bits) {
        this.depth = depth;
        this.excluded = new AccessRules(true, excluded);
        this.hasExcluded = !excluded.isEmpty();
        this.ipv6Bits = ipv6Bits;
    }

    /** Reads the options; without any it is the connection's address. */
    static IpStrategy of(Values options) {
        List<AccessRules.Block> blocks = new ArrayList<>();
        options.texts("excludedIPs").forEach(text -> blocks.add(block(text)));
        long bits = options.whole("ipv6Subnet");
        if (options.has("ipv6Subnet") && (bits <= 0 || bits > 128)) {
            throw new IllegalArgumentException("invalid IPv6 subnet " + bits + " value, should be greater to 0 and lower or equal to 128");
        }
        return new IpStrategy(Math.toIntExact(options.whole("depth")), blocks, (int) bits);
    }

    /** An address or network; throws {@link IllegalArgumentException} in Traefik's words. */
    static AccessRules.Block block(String text) {
        return AccessRules.block(text).orElseThrow(() -> new IllegalArgumentException(
                "parsing CIDR trusted IPs <nil>: invalid CIDR address: " + text));
    }

    /** The address; empty when the headers tell none so far back. */
    Optional<String> of(RequestHead head) {
        if (depth <= 0 && !hasExcluded) {
            return Optional.of(subnet(head.peer().address()));
        }
        List<String> hops = head.headers().members("X-Forwarded-For");
        if (depth > 0) {
            return hops.size() < depth ? Optional.empty() : Optional.of(subnet(hops.get(hops.size() - depth)));
        }
        for (int i = hops.size() - 1; i >= 0; i--) {
            if (AccessRules.block(hops.get(i)).isEmpty() || !excluded.admits(List.of(hops.get(i)))) {
                return Optional.of(hops.get(i));
            }
        }
        return Optional.empty();
    }

    private String subnet(String address) {
        return ipv6Bits > 0 && address.indexOf(':') >= 0 ? AccessRules.network(address, ipv6Bits).orElse(address) : address;
    }
}
