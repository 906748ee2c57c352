package muster.template.language;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Go's strings are bytes that are usually UTF-8. Here they are Java strings in which a byte that is not part of valid
 * UTF-8 stands as the lone low surrogate U+DC00 + byte, so that cutting a character in two and printing both halves
 * gives the same bytes as in Go. All lengths and positions count bytes.
 */
public final class GoText {
    private static final int ESCAPE = 0xdc00;
    /** What Go puts in place of something that is no character. */
    static final int REPLACEMENT = 0xfffd;

    private GoText() {}

    /** The string for these bytes; never fails. */
    public static String of(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return lenient(bytes);
        }
    }

    private static String lenient(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(sequenceLength(bytes[at]), bytes.length - at);
            if (bytes[at] >= 0) {
                text.append((char) bytes[at]);
                at++;
                continue;
            }
            try {
                text.append(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, length)));
                at += length;
            } catch (CharacterCodingException e) {
                text.append((char) (ESCAPE + (bytes[at] & 0xff)));
                at++;
            }
        }
        return text.toString();
    }

    private static int sequenceLength(byte first) {
        return (first & 0xe0) == 0xc0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : (first & 0xf8) == 0xf0 ? 4 : 1;
    }

    /** The bytes of a string. Lone surrogates that stand for no byte become U+FFFD. */
    public static byte[] bytes(String text) {
        if (!hasLoneSurrogates(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 8);
        text.codePoints().forEach(c -> {
            if (isEscapedByte(c)) {
                bytes.write(c - ESCAPE);
            } else {
                int valid = c >= 0xd800 && c < 0xe000 ? REPLACEMENT : c;
                bytes.writeBytes(Character.toString(valid).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    private static boolean hasLoneSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    return true;
                }
            }
        }
        return false;
    }

    static boolean isEscapedByte(int codePoint) {
        return codePoint >= ESCAPE + 0x80 && codePoint <= ESCAPE + 0xff;
    }

    static int escapedByte(int codePoint) {
        return codePoint - ESCAPE;
    }

    /** How many bytes the string has. */
    public static int length(String text) {
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80 || isEscapedByte(c)) {
                length++;
            } else if (c < 0x800) {
                length += 2;
            } else if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                length += 4;
                i++;
            } else {
                length += 3;
            }
        }
        return length;
    }

    /** The bytes from {@code start} (inclusive) to {@code end} (exclusive). */
    static String slice(String text, int start, int end) {
        return of(Arrays.copyOfRange(bytes(text), start, end));
    }

    /** Go's order of strings: by bytes. */
    public static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                // Below the surrogates the order of UTF-16 is that of UTF-8.
                return x < Character.MIN_SURROGATE && y < Character.MIN_SURROGATE ? x - y : Arrays.compareUnsigned(bytes(a), bytes(b));
            }
        }
        return a.length() - b.length();
    }
}
