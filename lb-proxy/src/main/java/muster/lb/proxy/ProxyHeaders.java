package muster.lb.proxy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import io.netty.util.NetUtil;

/** PROXY headers of versions 1 and 2 (HAProxy: "The PROXY protocol, versions 1 and 2"), read and written. Pure. */
final class ProxyHeaders {
    private static final byte[] V1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] V2 = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int MAX_V1 = 107;
    /** Addresses and what else a sender may add; more is refused. */
    private static final int MAX_V2 = 4096;

    private ProxyHeaders() {}

    /** What a connection's first bytes are. */
    sealed interface Seen {
        record Incomplete() implements Seen {}

        /** No such header: the bytes are the client's own. */
        record Absent() implements Seen {}

        record Malformed(String why) implements Seen {}

        /**
         * A header.
         *
         * @param address the client's; "" where the sender speaks for itself
         * @param length of the header in bytes
         */
        record Present(String address, int port, String localAddress, int localPort, int length) implements Seen {}
    }

    static Seen read(byte[] bytes, int length) {
        if (length == 0) {
            return new Seen.Incomplete();
        }
        if (startsWith(bytes, length, V1)) {
            return length < V1.length ? new Seen.Incomplete() : v1(bytes, length);
        }
        if (startsWith(bytes, length, V2)) {
            return length < 16 ? new Seen.Incomplete() : v2(bytes, length);
        }
        return new Seen.Absent();
    }

    private static boolean startsWith(byte[] bytes, int length, byte[] signature) {
        int most = Math.min(length, signature.length);
        return Arrays.equals(bytes, 0, most, signature, 0, most);
    }

    private static Seen v1(byte[] bytes, int length) {
        int end = -1;
        for (int i = 0; i + 1 < Math.min(length, MAX_V1) && end < 0; i++) {
            end = bytes[i] == '\r' && bytes[i + 1] == '\n' ? i : -1;
        }
        if (end < 0) {
            return length >= MAX_V1 ? new Seen.Malformed("PROXY header without an end") : new Seen.Incomplete();
        }
        String[] words = new String(bytes, 0, end, StandardCharsets.US_ASCII).split(" ", -1);
        if (words.length >= 2 && words[1].equals("UNKNOWN")) {
            return new Seen.Present("", 0, "", 0, end + 2);
        }
        boolean isKnown = words.length == 6 && (words[1].equals("TCP4") || words[1].equals("TCP6"));
        if (!isKnown || !isAddress(words[2], words[1]) || !isAddress(words[3], words[1]) || port(words[4]) < 0 || port(words[5]) < 0) {
            return new Seen.Malformed("malformed PROXY header");
        }
        return new Seen.Present(words[2], port(words[4]), words[3], port(words[5]), end + 2);
    }

    private static boolean isAddress(String text, String family) {
        return family.equals("TCP4") ? NetUtil.isValidIpV4Address(text) : NetUtil.isValidIpV6Address(text);
    }

    private static int port(String text) {
        return text.matches("0|[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65_535 ? Integer.parseInt(text) : -1;
    }

    private static Seen v2(byte[] bytes, int length) {
        int rest = u16(bytes, 14);
        if ((bytes[12] & 0xf0) != 0x20 || (bytes[12] & 0x0f) > 1 || rest > MAX_V2) {
            return new Seen.Malformed("malformed PROXY header");
        }
        if (length < 16 + rest) {
            return new Seen.Incomplete();
        }
        boolean isLocal = (bytes[12] & 0x0f) == 0;
        int family = bytes[13] & 0xf0;
        int size = family == 0x10 ? 4 : family == 0x20 ? 16 : 0;
        if (isLocal || size == 0) {
            return new Seen.Present("", 0, "", 0, 16 + rest);
        }
        if (rest < size * 2 + 4) {
            return new Seen.Malformed("malformed PROXY header");
        }
        return new Seen.Present(address(bytes, 16, size), u16(bytes, 16 + size * 2), address(bytes, 16 + size, size),
                u16(bytes, 18 + size * 2), 16 + rest);
    }

    private static String address(byte[] bytes, int from, int size) {
        return NetUtil.bytesToIpAddress(Arrays.copyOfRange(bytes, from, from + size));
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    /** The header for a connection between these two addresses. */
    static byte[] write(int version, String address, int port, String localAddress, int localPort) {
        byte[] from = numeric(address);
        byte[] to = numeric(localAddress);
        boolean isKnown = from.length > 0 && from.length == to.length;
        if (version == 1) {
            String family = from.length == 4 ? "TCP4" : "TCP6";
            return (isKnown ? "PROXY " + family + " " + address + " " + localAddress + " " + port + " " + localPort + "\r\n" : "PROXY UNKNOWN\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }
        int rest = isKnown ? from.length * 2 + 4 : 0;
        byte[] header = Arrays.copyOf(V2, 16 + rest);
        header[12] = 0x21;
        header[13] = (byte) (!isKnown ? 0 : from.length == 4 ? 0x11 : 0x21);
        header[15] = (byte) rest;
        if (isKnown) {
            System.arraycopy(from, 0, header, 16, from.length);
            System.arraycopy(to, 0, header, 16 + from.length, to.length);
            int at = 16 + from.length * 2;
            header[at] = (byte) (port >> 8);
            header[at + 1] = (byte) port;
            header[at + 2] = (byte) (localPort >> 8);
            header[at + 3] = (byte) localPort;
        }
        return header;
    }

    private static byte[] numeric(String address) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null) {
            return new byte[0];
        }
        try {
            return bytes.length == 16 && !(InetAddress.getByAddress(bytes) instanceof Inet6Address) ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
        } catch (UnknownHostException e) {
            return new byte[0];
        }
    }
}
