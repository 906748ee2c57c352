package muster.registry.replication;

import java.io.IOException;
import java.io.OutputStream;
import muster.registry.state.KeyValue;
import muster.registry.state.KeyValues;
import muster.wire.Json;

/** Rows of a snapshot: a kind, the row's version, its length, and JSON or what {@link KeyForms} makes of it. One thread. */
final class RowWriter {
    static final int JSON = 1;
    private static final int BUFFER = 64 << 10;

    private final OutputStream stream;
    private final FieldWriter out = new FieldWriter(BUFFER + (BUFFER >> 2));

    /** @param version of the whole, which stands in front */
    RowWriter(OutputStream stream, int version) {
        this.stream = stream;
        out.setInt(out.holdInt(), version);
    }

    void row(char kind, Record row) throws IOException {
        int length = begin(kind, JSON);
        out.raw(Json.write(row));
        end(length);
    }

    void row(char kind, KeyValue row) throws IOException {
        int length = begin(kind, KeyForms.VERSION);
        KeyForms.write(out, row);
        end(length);
    }

    void row(char kind, KeyValues.Tombstone row) throws IOException {
        int length = begin(kind, KeyForms.VERSION);
        KeyForms.write(out, row);
        end(length);
    }

    private int begin(char kind, int version) {
        out.octet(kind);
        out.octet(version);
        return out.holdInt();
    }

    private void end(int length) throws IOException {
        out.setInt(length, out.length() - length - 4);
        if (out.length() >= BUFFER) {
            out.sendTo(stream);
        }
    }

    void flush() throws IOException {
        out.sendTo(stream);
        stream.flush();
    }
}
