package muster.lb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HttpVersion;

/**
 * Writes heads of HTTP/1 messages. Everything is gathered in one array that is used again and again, then copied once. Text that
 * would end a line early is refused here, whoever made it. One per event loop.
 */
final class HeadWriter {
    private byte[] bytes = new byte[4096];
    private int size;

    /** Throws {@link IllegalArgumentException} for a line that can't be written. */
    HeadWriter start() {
        size = 0;
        return this;
    }

    HeadWriter request(String method, String uri) {
        word(method);
        put(' ');
        word(uri);
        return text(" HTTP/1.1").line();
    }

    HeadWriter status(int status, String reason) {
        return status(HttpVersion.HTTP_1_1, status, reason);
    }

    /** The version is the client's where it is the lower one, since some clients of old take no other for an answer. */
    HeadWriter status(HttpVersion version, int status, String reason) {
        text(version == HttpVersion.HTTP_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ");
        put(status / 100 % 10 + '0');
        put(status / 10 % 10 + '0');
        put(status % 10 + '0');
        put(' ');
        return text(reason).line();
    }

    HeadWriter header(String name, String value) {
        word(name);
        put(':');
        put(' ');
        return text(value).line();
    }

    HeadWriter headers(HeaderList headers) {
        for (int i = 0; i < headers.size(); i++) {
            header(headers.name(i), headers.value(i));
        }
        return this;
    }

    /** Lines that go on as they came: all but those about framing and connection, which are made on each side anew. */
    HeadWriter passedOn(HeaderList headers) {
        for (int i = 0; i < headers.size(); i++) {
            if (!isOurs(headers.name(i))) {
                header(headers.name(i), headers.value(i));
            }
        }
        return this;
    }

    private static boolean isOurs(String name) {
        return switch (name.length()) {
            case 7 -> name.equalsIgnoreCase("Upgrade");
            case 10 -> name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Keep-Alive");
            case 14 -> name.equalsIgnoreCase("Content-Length");
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding");
            default -> false;
        };
    }

    HeadWriter line() {
        put('\r');
        put('\n');
        return this;
    }

    /** A new buffer with what was written, and room for more. */
    ByteBuf buffer(ByteBufAllocator allocator, int room) {
        ByteBuf out = allocator.buffer(size + room);
        out.writeBytes(bytes, 0, size);
        return out;
    }

    HeadWriter text(String text) {
        int length = text.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f) {
                throw new IllegalArgumentException("a control character in \"" + printable(text) + "\"");
            }
            if (c > 0xff) {
                return wide(text, i);
            }
            bytes[size++] = (byte) c;
        }
        return this;
    }

    private void word(String text) {
        int length = text.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                throw new IllegalArgumentException("no blanks and only ASCII may be in \"" + printable(text) + "\"");
            }
            bytes[size++] = (byte) c;
        }
    }

    /** Text beyond Latin-1, which no wire had: it goes out as UTF-8. */
    private HeadWriter wide(String text, int from) {
        byte[] rest = text.substring(from).getBytes(StandardCharsets.UTF_8);
        for (byte b : rest) {
            if (b >= 0 && b < ' ' && b != '\t' || b == 0x7f) {
                throw new IllegalArgumentException("a control character in \"" + printable(text) + "\"");
            }
        }
        reserve(rest.length);
        System.arraycopy(rest, 0, bytes, size, rest.length);
        size += rest.length;
        return this;
    }

    private void put(int b) {
        reserve(1);
        bytes[size++] = (byte) b;
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    private static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
