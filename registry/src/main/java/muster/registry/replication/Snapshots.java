package muster.registry.replication;

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

/**
 * A whole state as bytes: the form's version, then rows, each with a version of its own, and at the end the marks. Every version ever
 * written can be read: rows of the first form have no version, those of the second are all JSON. Used by the log and by archives.
 */
public final class Snapshots {
    private static final int VERSION = 3;

    private Snapshots() {}

    /** What a snapshot of the log holds: the state, and what of a restoration has come. */
    record Contents(State state, Pieces pieces) {}

    /** Writes it all; any thread may, beside those that change the state. */
    public static void write(State state, OutputStream stream) throws IOException {
        write(state, Pieces.NONE, stream);
    }

    static void write(State state, Pieces pieces, OutputStream stream) throws IOException {
        RowWriter out = new RowWriter(stream, VERSION);
        for (KeyValue entry : state.keys().entries().all()) {
            out.row('k', entry);
        }
        for (KeyValues.Tombstone tombstone : state.keys().tombstones().all()) {
            out.row('t', tombstone);
        }
        rows(out, 'n', state.catalog().nodes().all());
        rows(out, 's', state.catalog().services().all());
        rows(out, 'c', state.catalog().checks().all());
        for (String service : state.catalog().names().keySet()) {
            out.row('i', new Restoration.ServiceIndex(service, state.catalog().serviceIndex(service)));
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
            out.row('u', pieces);
        }
        out.row('m', Restoration.Marks.of(state));
        out.flush();
    }

    /** Throws {@link IOException} saying what is wrong. */
    public static State read(InputStream stream) throws IOException {
        return readAll(stream).state();
    }

    static Contents readAll(InputStream stream) throws IOException {
        RowReader in = new RowReader(stream, VERSION);
        Restoration restoration = new Restoration();
        Pieces pieces = Pieces.NONE;
        for (char kind = in.next(); kind != 'm'; kind = in.next()) {
            if (kind == 'u') {
                pieces = in.read(Pieces.class);
            } else {
                try {
                    add(kind, in, restoration);
                } catch (IllegalArgumentException | NullPointerException e) {
                    // What no version wrote can be a row and yet have no place among the others.
                    throw new IOException("a snapshot row of kind '" + kind + "' can't be taken: " + e.getMessage(), e);
                }
            }
        }
        return new Contents(restoration.done(in.read(Restoration.Marks.class)), pieces);
    }

    private static void add(char kind, RowReader in, Restoration restoration) throws IOException {
        switch (kind) {
            case 'k' -> restoration.add(in.read(KeyValue.class, KeyForms::entry));
            case 't' -> restoration.add(in.read(KeyValues.Tombstone.class, KeyForms::tombstone));
            case 'n' -> restoration.add(in.read(Node.class));
            case 's' -> restoration.add(in.read(Service.class));
            case 'c' -> restoration.add(in.read(Check.class));
            case 'i' -> restoration.add(in.read(Restoration.ServiceIndex.class));
            case 'l' -> restoration.add(in.read(Session.class));
            case 'q' -> restoration.add(in.read(PreparedQuery.class));
            case 'f' -> restoration.add(in.read(ConfigEntry.class));
            case 'I' -> restoration.add(in.read(Intention.class));
            case 'o' -> restoration.add(in.read(Coordinate.class));
            case 'y' -> restoration.add(in.read(Authority.class));
            case 'T' -> restoration.add(in.read(Token.class));
            case 'P' -> restoration.add(in.read(Policy.class));
            case 'R' -> restoration.add(in.read(Role.class));
            case 'M' -> restoration.add(in.read(AuthMethod.class));
            case 'B' -> restoration.add(in.read(BindingRule.class));
            default -> throw new IOException("a snapshot row of kind " + (int) kind + " is unknown");
        }
    }

    private static void rows(RowWriter out, char kind, Iterable<? extends Record> rows) throws IOException {
        for (Record row : rows) {
            out.row(kind, row);
        }
    }
}
