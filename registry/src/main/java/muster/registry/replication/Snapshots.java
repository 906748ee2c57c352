package muster.registry.replication;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import muster.registry.identity.AuthMethod;
import muster.registry.identity.BindingRule;
import muster.registry.identity.Policy;
import muster.registry.identity.Role;
import muster.registry.identity.Token;
import muster.registry.mesh.Authority;
import muster.registry.mesh.ConfigEntry;
import muster.registry.mesh.Coordinate;
import muster.registry.mesh.Intention;
import muster.registry.prepared.PreparedQuery;
import muster.registry.state.Check;
import muster.registry.state.KeyValue;
import muster.registry.state.KeyValues;
import muster.registry.state.Node;
import muster.registry.state.Restoration;
import muster.registry.state.Service;
import muster.registry.state.Session;
import muster.registry.state.State;
import muster.wire.Json;
import muster.wire.JsonException;

/**
 * A whole state as bytes: the form's version, then rows of a kind, the row's own version, a length and JSON, and at the end the marks.
 * Every version ever written can be read; rows of the first form have no version. Used by the log and by archives.
 */
public final class Snapshots {
    private static final int VERSION = 2;
    private static final int ROW_VERSION = 1;
    private static final int MAX_ROW = 128 << 20;

    private Snapshots() {}

    /** What a snapshot of the log holds: the state, and what of a restoration has come. */
    record Contents(State state, Pieces pieces) {}

    /** Writes it all; any thread may, beside those that change the state. */
    public static void write(State state, OutputStream stream) throws IOException {
        write(state, Pieces.NONE, stream);
    }

    static void write(State state, Pieces pieces, OutputStream stream) throws IOException {
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream, 1 << 16));
        out.writeInt(VERSION);
        rows(out, 'k', state.keys().entries().all());
        rows(out, 't', state.keys().tombstones().all());
        rows(out, 'n', state.catalog().nodes().all());
        rows(out, 's', state.catalog().services().all());
        rows(out, 'c', state.catalog().checks().all());
        for (String service : state.catalog().names().keySet()) {
            row(out, 'i', new Restoration.ServiceIndex(service, state.catalog().serviceIndex(service)));
        }
        rows(out, 'l', state.sessions().all());
        rows(out, 'q', state.queries().all());
        rows(out, 'f', state.mesh().entries().all());
        rows(out, 'I', state.mesh().intentionsById().all());
        rows(out, 'o', state.mesh().coordinates().all());
        rows(out, 'y', state.mesh().authority().stream().toList());
        rows(out, 'T', state.acl().tokens().all());
        rows(out, 'P', state.acl().policies().all());
        rows(out, 'R', state.acl().roles().all());
        rows(out, 'M', state.acl().methods().all());
        rows(out, 'B', state.acl().rules().all());
        if (!pieces.packed().isEmpty()) {
            row(out, 'u', pieces);
        }
        row(out, 'm', Restoration.Marks.of(state));
        out.flush();
    }

    /** Throws {@link IOException} saying what is wrong. */
    public static State read(InputStream stream) throws IOException {
        return readAll(stream).state();
    }

    static Contents readAll(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(stream, 1 << 16));
        int version = in.readInt();
        if (version < 1 || version > VERSION) {
            throw new IOException("a registry snapshot of version " + version + " can't be read, only 1 to " + VERSION);
        }
        Restoration restoration = new Restoration();
        Pieces pieces = Pieces.NONE;
        while (true) {
            byte kind = in.readByte();
            int rowVersion = version == 1 ? ROW_VERSION : in.readUnsignedByte();
            if (rowVersion != ROW_VERSION) {
                throw new IOException("a snapshot row of version " + rowVersion + " can't be read, only " + ROW_VERSION);
            }
            int length = in.readInt();
            if (length < 0 || length > MAX_ROW) {
                throw new IOException("a snapshot row claims " + length + " bytes, at most " + MAX_ROW + " are possible");
            }
            byte[] json = in.readNBytes(length);
            if (json.length < length) {
                throw new EOFException("it ends inside a row");
            }
            switch (kind) {
                case 'k' -> restoration.add(read(KeyValue.class, json));
                case 't' -> restoration.add(read(KeyValues.Tombstone.class, json));
                case 'n' -> restoration.add(read(Node.class, json));
                case 's' -> restoration.add(read(Service.class, json));
                case 'c' -> restoration.add(read(Check.class, json));
                case 'i' -> restoration.add(read(Restoration.ServiceIndex.class, json));
                case 'l' -> restoration.add(read(Session.class, json));
                case 'q' -> restoration.add(read(PreparedQuery.class, json));
                case 'f' -> restoration.add(read(ConfigEntry.class, json));
                case 'I' -> restoration.add(read(Intention.class, json));
                case 'o' -> restoration.add(read(Coordinate.class, json));
                case 'y' -> restoration.add(read(Authority.class, json));
                case 'T' -> restoration.add(read(Token.class, json));
                case 'P' -> restoration.add(read(Policy.class, json));
                case 'R' -> restoration.add(read(Role.class, json));
                case 'M' -> restoration.add(read(AuthMethod.class, json));
                case 'B' -> restoration.add(read(BindingRule.class, json));
                case 'u' -> pieces = read(Pieces.class, json);
                case 'm' -> {
                    return new Contents(restoration.done(read(Restoration.Marks.class, json)), pieces);
                }
                default -> throw new IOException("a snapshot row of kind " + kind + " is unknown");
            }
        }
    }

    private static <T> T read(Class<T> type, byte[] json) throws IOException {
        try {
            return Json.read(type, json, Json.Unknown.IGNORE);
        } catch (JsonException | IllegalArgumentException | NullPointerException e) {
            // A record's constructor refuses what no version wrote.
            throw new IOException("a row of " + type.getSimpleName() + " can't be read: " + e.getMessage(), e);
        }
    }

    private static void rows(DataOutputStream out, char kind, Iterable<? extends Record> rows) throws IOException {
        for (Record row : rows) {
            row(out, kind, row);
        }
    }

    private static void row(DataOutputStream out, char kind, Record row) throws IOException {
        byte[] json = Json.write(row);
        out.writeByte(kind);
        out.writeByte(ROW_VERSION);
        out.writeInt(json.length);
        out.write(json);
    }
}
