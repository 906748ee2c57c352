package muster.dns.name;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** The domains that a server answers for, and how names in them are read. */
public final class Domains {
    private static final Name IN_ADDR = Name.fromConstantString("in-addr.arpa.");
    private static final Name IP6 = Name.fromConstantString("ip6.arpa.");

    private final Name primary;
    private final Optional<Name> alternative;

    /**
     * Domains with or without a dot at the end; an empty alternative is none. Throws {@link IllegalArgumentException}, naming
     * the domain, for one that is no name.
     */
    public Domains(String domain, String alternative) {
        this.primary = parse(domain);
        this.alternative = alternative.isEmpty() ? Optional.empty() : Optional.of(parse(alternative));
    }

    private static Name parse(String domain) {
        try {
            return Name.fromString(domain.endsWith(".") ? domain : domain + ".");
        } catch (TextParseException e) {
            throw new IllegalArgumentException(
                    "DNS domain \"" + domain + "\" is no name: " + e.getMessage() + "; one like consul. is wanted", e);
        }
    }

    /** The domain that the SOA is of. */
    public Name primary() {
        return primary;
    }

    /** The domain that a name is in: targets of its answer are given in the same. Empty for names of others. */
    public Optional<Name> of(Name name) {
        // The longer of two nested domains says more about what was meant.
        return alternative
                .filter(name::subdomain)
                .filter(other -> !name.subdomain(primary) || other.labels() > primary.labels())
                .or(() -> name.subdomain(primary) ? Optional.of(primary) : Optional.empty());
    }

    /** Reads a question's name. The type matters for SRV, where the label {@code service} may be left out. */
    public AskedName read(Name name, int type) {
        if (name.subdomain(IN_ADDR) || name.subdomain(IP6)) {
            return new AskedName.Reverse(reverse(name));
        }
        Optional<Name> domain = of(name);
        if (domain.isEmpty()) {
            return new AskedName.Foreign();
        }
        List<String> labels = labels(name, name.labels() - domain.get().labels());
        for (int i = labels.size() - 1; i >= 0; i--) {
            String label = labels.get(i);
            List<String> before = labels.subList(0, i);
            List<String> after = labels.subList(i + 1, labels.size());
            switch (label) {
                case "node", "service", "query", "addr", "connect", "ingress" -> {
                    return inDatacenter(label, before, after);
                }
                default -> {
                    if (type == Type.SRV && label.startsWith("_")) {
                        return inDatacenter("service", labels.subList(0, i + 1), after);
                    }
                }
            }
        }
        return new AskedName.Unknown();
    }

    private static AskedName inDatacenter(String kind, List<String> what, List<String> after) {
        if (what.isEmpty() || after.size() > 1) {
            return new AskedName.Unknown();
        }
        String datacenter = after.isEmpty() ? "" : after.getFirst();
        return switch (kind) {
            case "node" -> new AskedName.OfNode(String.join(".", what), datacenter);
            case "query" -> new AskedName.OfQuery(String.join(".", what), datacenter);
            // Neither knows tags: the name before is the service's, whatever stands before that.
            case "connect" -> new AskedName.OfConnect(what.getLast(), datacenter);
            case "ingress" -> new AskedName.OfIngress(what.getLast(), datacenter);
            case "addr" -> what.size() == 1 ? address(what.getFirst()) : new AskedName.Unknown();
            default -> service(what, datacenter);
        };
    }

    private static AskedName service(List<String> what, String datacenter) {
        String last = what.getLast();
        if (what.size() == 2 && what.getFirst().startsWith("_") && last.startsWith("_")) {
            // RFC 2782: the protocol says nothing here, so tcp is no tag; anything else is one.
            return new AskedName.OfService(what.getFirst().substring(1), last.equals("_tcp") ? "" : last.substring(1), datacenter);
        }
        return new AskedName.OfService(last, String.join(".", what.subList(0, what.size() - 1)), datacenter);
    }

    private static AskedName address(String hex) {
        if (hex.length() != 8 && hex.length() != 32) {
            return new AskedName.Unknown();
        }
        try {
            return new AskedName.OfAddress(InetAddress.getByAddress(HexFormat.of().parseHex(hex)));
        } catch (IllegalArgumentException | UnknownHostException e) {
            return new AskedName.Unknown();
        }
    }

    private static Optional<InetAddress> reverse(Name name) {
        boolean v4 = name.subdomain(IN_ADDR);
        List<String> labels = labels(name, name.labels() - IN_ADDR.labels());
        byte[] bytes = new byte[v4 ? 4 : 16];
        if (labels.size() != (v4 ? 4 : 32)) {
            return Optional.empty();
        }
        try {
            for (int i = 0; i < labels.size(); i++) {
                String label = labels.get(labels.size() - 1 - i);
                int part = Integer.parseInt(label, v4 ? 10 : 16);
                if (part < 0 || part > (v4 ? 255 : 15) || !v4 && label.length() != 1) {
                    return Optional.empty();
                }
                bytes[v4 ? i : i / 2] |= (byte) (v4 || i % 2 == 1 ? part : part << 4);
            }
            return Optional.of(InetAddress.getByAddress(bytes));
        } catch (NumberFormatException | UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** The first labels in lower case, as text: what stands on the wire is UTF-8 where it is not ASCII. */
    private static List<String> labels(Name name, int count) {
        List<String> labels = new ArrayList<>(Math.max(count, 0));
        for (int i = 0; i < count; i++) {
            byte[] label = name.getLabel(i);
            labels.add(new String(label, 1, label.length - 1, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT));
        }
        return labels;
    }
}
