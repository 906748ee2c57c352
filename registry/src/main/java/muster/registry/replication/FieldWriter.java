package muster.registry.replication;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Fields as bytes, one behind the other: a number in groups of seven bits, the lowest first and the highest bit saying that more
 * follow; bytes, and texts as UTF-8, behind their length as such a number. What {@link FieldReader} reads. One thread.
 */
final class FieldWriter {
    private byte[] bytes;
    private int length;

    /** @param size bytes that are expected; more are taken */
    FieldWriter(int size) {
        bytes = new byte[size];
    }

    int length() {
        return length;
    }

    void octet(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    /** 64 bits, unsigned: small ones have few bytes. */
    void number(long value) {
        room(10);
        long left = value;
        while ((left & ~0x7fL) != 0) {
            bytes[length++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[length++] = (byte) left;
    }

    void text(String value) {
        bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(byte[] value) {
        number(value.length);
        raw(value);
    }

    /** Bytes without their length. */
    void raw(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    /** Four bytes, the highest first, for a number that is known later; returns the place for {@link #setInt}. */
    int holdInt() {
        room(4);
        length += 4;
        return length - 4;
    }

    void setInt(int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }

    /** Hands all of it over and begins anew. */
    void sendTo(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
        length = 0;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), 2 * bytes.length));
        }
    }
}
