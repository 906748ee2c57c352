package muster.registry.replication;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link FieldWriter} wrote. Every method throws {@link IllegalArgumentException} where that is not there. One thread. */
final class FieldReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    FieldReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    int octet() {
        if (at == end) {
            throw new IllegalArgumentException("it ends inside a field");
        }
        return bytes[at++] & 0xff;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int group = octet();
            value |= (long) (group & 0x7f) << shift;
            if (group < 0x80) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number has more than 64 bits");
    }

    /** A number of things that have at least one byte each. */
    int count() {
        long count = number();
        if (count < 0 || count > end - at) {
            throw new IllegalArgumentException("a field claims " + Long.toUnsignedString(count) + " bytes, " + (end - at) + " are left");
        }
        return (int) count;
    }

    String text() {
        int length = count();
        at += length;
        return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        int length = count();
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    /** All that is left. */
    byte[] rest() {
        int from = at;
        at = end;
        return Arrays.copyOfRange(bytes, from, end);
    }

    /** To be called behind the last field. */
    void end() {
        if (at != end) {
            throw new IllegalArgumentException((end - at) + " bytes are left behind its last field");
        }
    }
}
