package muster.lb.proxy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The first message of a TLS client, as far as it tells where it wants to go (RFC 8446, section 4.1.2; RFC 6066, section 3; RFC 7301). Pure.
 *
 * @param serverName lower case, "" for none
 * @param protocols offered by ALPN
 */
record ClientHello(String serverName, List<String> protocols) {
    /** A handshake message longer than this is nobody's honest greeting. */
    static final int MAX_BYTES = 32 * 1024;
    private static final int HANDSHAKE = 22;
    private static final int HELLO = 1;

    /** What a connection's first bytes are. */
    sealed interface Seen {
        /** Too few bytes to tell. */
        record Incomplete() implements Seen {}

        /** Something else than TLS. */
        record NotTls() implements Seen {}

        record Malformed(String why) implements Seen {}

        record Hello(ClientHello hello) implements Seen {}
    }

    /** Reads as many records as the message is cut into. */
    static Seen read(byte[] bytes, int length) {
        if (length == 0) {
            return new Seen.Incomplete();
        }
        if (bytes[0] != HANDSHAKE || length > 1 && bytes[1] != 3) {
            return new Seen.NotTls();
        }
        byte[] message = new byte[length];
        int gathered = 0;
        int at = 0;
        while (at + 5 <= length) {
            int size = u16(bytes, at + 3);
            if (bytes[at] != HANDSHAKE || bytes[at + 1] != 3 || size == 0 || size > 16_384 + 256) {
                return new Seen.Malformed("malformed TLS record");
            }
            int there = Math.min(size, length - at - 5);
            System.arraycopy(bytes, at + 5, message, gathered, there);
            gathered += there;
            if (gathered >= 4) {
                int whole = 4 + (message[1] & 0xff) * 65_536 + u16(message, 2);
                if (message[0] != HELLO || whole > MAX_BYTES) {
                    return new Seen.Malformed("no TLS client hello");
                }
                if (gathered >= whole) {
                    return hello(message, whole);
                }
            }
            at += 5 + size;
        }
        return length >= MAX_BYTES ? new Seen.Malformed("TLS client hello too long") : new Seen.Incomplete();
    }

    private static Seen hello(byte[] b, int length) {
        try {
            Cursor in = new Cursor(b, 4, length);
            in.skip(2 + 32);
            in.skip(in.u8());
            in.skip(in.u16());
            in.skip(in.u8());
            String name = "";
            List<String> protocols = List.of();
            if (in.at < in.end) {
                Cursor extensions = in.part(in.u16());
                while (extensions.at < extensions.end) {
                    int type = extensions.u16();
                    Cursor extension = extensions.part(extensions.u16());
                    if (type == 0) {
                        name = serverName(extension);
                    } else if (type == 16) {
                        protocols = protocols(extension);
                    }
                }
            }
            return new Seen.Hello(new ClientHello(name, protocols));
        } catch (IndexOutOfBoundsException e) {
            return new Seen.Malformed("malformed TLS client hello");
        }
    }

    private static String serverName(Cursor extension) {
        Cursor names = extension.part(extension.u16());
        while (names.at < names.end) {
            int type = names.u8();
            Cursor name = names.part(names.u16());
            if (type == 0) {
                String text = new String(name.bytes, name.at, name.end - name.at, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
                boolean isClean = text.length() <= 255 && text.chars().allMatch(c -> c > ' ' && c < 0x7f && "/\\:@?#".indexOf(c) < 0);
                if (!isClean) {
                    throw new IndexOutOfBoundsException();
                }
                return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
            }
        }
        return "";
    }

    private static List<String> protocols(Cursor extension) {
        Cursor list = extension.part(extension.u16());
        List<String> protocols = new ArrayList<>();
        while (list.at < list.end) {
            Cursor one = list.part(list.u8());
            protocols.add(new String(one.bytes, one.at, one.end - one.at, StandardCharsets.ISO_8859_1));
        }
        return List.copyOf(protocols);
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    /** A place in a part of the bytes; whoever leaves the part gets an {@link IndexOutOfBoundsException}. */
    private static final class Cursor {
        private final byte[] bytes;
        private final int end;
        private int at;

        Cursor(byte[] bytes, int at, int end) {
            this.bytes = bytes;
            this.at = at;
            this.end = end;
        }

        int u8() {
            skip(1);
            return bytes[at - 1] & 0xff;
        }

        int u16() {
            skip(2);
            return ClientHello.u16(bytes, at - 2);
        }

        void skip(int count) {
            if (at + count > end) {
                throw new IndexOutOfBoundsException();
            }
            at += count;
        }

        Cursor part(int length) {
            skip(length);
            return new Cursor(bytes, at - length, at);
        }
    }
}
