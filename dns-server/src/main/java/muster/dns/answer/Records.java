package muster.dns.answer;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;

/** Single records and names made from what the registry holds. Texts that can't be names give nothing. */
final class Records {
    private static final int MAX_TEXT = 255;
    private static final String BARE_TEXT_PREFIX = "rfc1035-";

    private Records() {}

    /** An address, or nothing where the text is a host name. Nothing is looked up. */
    static Optional<InetAddress> address(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A name from text, absolute with or without its last dot. */
    static Optional<Name> name(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Name.fromString(text.endsWith(".") ? text : text + "."));
        } catch (TextParseException e) {
            return Optional.empty();
        }
    }

    /** {@code NODE.node.DC.DOMAIN}. */
    static Optional<Name> nodeName(String node, String datacenter, Name domain) {
        return name(node + ".node." + datacenter + "." + domain);
    }

    /** {@code HEX.addr.DC.DOMAIN}. */
    static Optional<Name> addressName(InetAddress address, String datacenter, Name domain) {
        return name(HexFormat.of().formatHex(address.getAddress()) + ".addr." + datacenter + "." + domain);
    }

    /** A or AAAA, as the address is. */
    static Record ofAddress(Name owner, Duration ttl, InetAddress address) {
        return address instanceof Inet4Address
                ? new ARecord(owner, DClass.IN, ttl.toSeconds(), address)
                : new AAAARecord(owner, DClass.IN, ttl.toSeconds(), address);
    }

    /** A node's metadata, sorted by key: {@code key=value} (RFC 1464), or the bare value for keys that ask for it. */
    static List<Record> metadata(Name owner, Duration ttl, Map<String, String> meta) {
        List<Record> records = new ArrayList<>();
        new TreeMap<>(meta).forEach((key, value) -> {
            boolean bare = key.toLowerCase(Locale.ROOT).startsWith(BARE_TEXT_PREFIX);
            records.add(new TXTRecord(owner, DClass.IN, ttl.toSeconds(), texts(bare ? value : rfc1464(key) + "=" + value)));
        });
        return records;
    }

    /** RFC 1464: a grave accent quotes an equals sign, itself, and blanks at the ends of a key. */
    private static String rfc1464(String key) {
        StringBuilder quoted = new StringBuilder();
        int first = 0;
        while (first < key.length() && isBlank(key.charAt(first))) {
            first++;
        }
        int last = key.length();
        while (last > first && isBlank(key.charAt(last - 1))) {
            last--;
        }
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c == '=' || c == '`' || isBlank(c) && (i < first || i >= last)) {
                quoted.append('`');
            }
            quoted.append(c);
        }
        return quoted.toString();
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Character strings of at most 255 bytes, in the presentation form that the library reads (RFC 1035 5.1). */
    private static List<String> texts(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < bytes.length; i++) {
            if (i > 0 && i % MAX_TEXT == 0) {
                parts.add(part.toString());
                part.setLength(0);
            }
            int b = bytes[i] & 0xff;
            if (b == '\\' || b < 0x20 || b > 0x7e) {
                part.append('\\').append((char) ('0' + b / 100)).append((char) ('0' + b / 10 % 10)).append((char) ('0' + b % 10));
            } else {
                part.append((char) b);
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
