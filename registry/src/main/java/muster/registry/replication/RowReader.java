package muster.registry.replication;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import muster.wire.Json;
import muster.wire.JsonException;

/** Reads what {@link RowWriter} wrote, of any version, one row after the other. What is wrong is an {@link IOException} that says so. One thread. */
final class RowReader {
    private static final int BUFFER = 64 << 10;
    private static final int MAX_ROW = 128 << 20;

    private final InputStream stream;
    private final int version;
    /** Grows with what has come, not with what a row claims. */
    private byte[] bytes = new byte[BUFFER];
    private int at;
    private int end;
    private int rowVersion;
    private int rowEnd;

    /** @param newest version of the whole that can be read */
    RowReader(InputStream stream, int newest) throws IOException {
        this.stream = stream;
        version = integer();
        if (version < 1 || version > newest) {
            throw new IOException("a registry snapshot of version " + version + " can't be read, only 1 to " + newest);
        }
        rowEnd = at;
    }

    /** Goes on to the next row, and returns its kind. Rows of the first form had no version. */
    char next() throws IOException {
        at = rowEnd;
        require(1);
        char kind = (char) (bytes[at++] & 0xff);
        rowVersion = RowWriter.JSON;
        if (version > 1) {
            require(1);
            rowVersion = bytes[at++] & 0xff;
        }
        int length = integer();
        if (length < 0 || length > MAX_ROW) {
            throw new IOException("a snapshot row claims " + length + " bytes, at most " + MAX_ROW + " are possible");
        }
        require(length);
        rowEnd = at + length;
        return kind;
    }

    /** How a row's fields become its value. */
    @FunctionalInterface
    interface Form<T> {
        T read(FieldReader in);
    }

    /** A row of one of two forms. */
    <T> T read(Class<T> type, Form<T> plain) throws IOException {
        if (rowVersion == RowWriter.JSON) {
            return read(type);
        }
        if (rowVersion != KeyForms.VERSION) {
            throw new IOException("a snapshot row of version " + rowVersion + " can't be read, only " + RowWriter.JSON + " and " + KeyForms.VERSION);
        }
        try {
            return plain.read(new FieldReader(bytes, at, rowEnd));
        } catch (IllegalArgumentException e) {
            throw unreadable(type, e);
        }
    }

    /** A row that is JSON in all versions. */
    <T> T read(Class<T> type) throws IOException {
        if (rowVersion != RowWriter.JSON) {
            throw new IOException("a snapshot row of version " + rowVersion + " can't be read, only " + RowWriter.JSON);
        }
        try {
            return Json.read(type, Arrays.copyOfRange(bytes, at, rowEnd), Json.Unknown.IGNORE);
        } catch (JsonException | IllegalArgumentException | NullPointerException e) {
            // A record's constructor refuses what no version wrote.
            throw unreadable(type, e);
        }
    }

    private static IOException unreadable(Class<?> type, RuntimeException why) {
        return new IOException("a row of " + type.getSimpleName() + " can't be read: " + why.getMessage(), why);
    }

    private int integer() throws IOException {
        require(4);
        int value = bytes[at] << 24 | (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff;
        at += 4;
        return value;
    }

    /** Has so many bytes ready from the present place on. */
    private void require(int count) throws IOException {
        while (end - at < count) {
            if (end == bytes.length) {
                makeRoom();
            }
            int some = stream.read(bytes, end, bytes.length - end);
            if (some < 0) {
                throw new EOFException("it ends inside a row");
            }
            end += some;
        }
    }

    private void makeRoom() {
        if (at == 0) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        } else {
            System.arraycopy(bytes, at, bytes, 0, end - at);
            end -= at;
            at = 0;
        }
    }
}
