package muster.registry.replication;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import muster.registry.state.Command;
import muster.registry.state.State;
import muster.wire.QuickGzip;

/**
 * What of a restoration has come so far. Part of every snapshot of the log, so that servers that start in its midst go on with
 * the same. A value.
 *
 * @param at the index at which the newest piece came
 */
public record Pieces(String id, List<byte[]> packed, long at) {
    static final Pieces NONE = new Pieces("", List.of(), 0);
    /** A state's bytes in a command; as JSON it stays well below what an entry may have. */
    public static final int SIZE = 4 << 20;
    /** A piece comes right after the one before it; what is older than so many entries is a restoration that was given up. */
    static final int MAX_PAUSE = 10_000;

    public Pieces {
        packed = List.copyOf(packed);
    }

    /** The commands that replace everything by a state: one where it fits, else its pieces in their order. */
    public static List<Command> of(State state, String id, int size) {
        byte[] packed = pack(state);
        if (packed.length <= size) {
            return List.of(new Command.Restore(state));
        }
        List<Command> pieces = new ArrayList<>();
        for (int from = 0; from < packed.length; from += size) {
            int to = Math.min(from + size, packed.length);
            pieces.add(new Command.RestorePiece(id, pieces.size(), to == packed.length, Arrays.copyOfRange(packed, from, to)));
        }
        return List.copyOf(pieces);
    }

    /** With the next piece; nothing where another was expected. */
    Optional<Pieces> with(Command.RestorePiece piece, long index) {
        if (piece.number() == 0) {
            return Optional.of(new Pieces(piece.id(), List.of(piece.bytes()), index));
        }
        if (!piece.id().equals(id) || piece.number() != packed.size()) {
            return Optional.empty();
        }
        List<byte[]> more = new ArrayList<>(packed);
        more.add(piece.bytes());
        return Optional.of(new Pieces(id, more, index));
    }

    /** These, unless they were given up. */
    Pieces asOf(long index) {
        return index - at > MAX_PAUSE ? NONE : this;
    }

    /** The state, once the last piece is there. */
    State state() {
        return unpack(new SequenceInputStream(
                Collections.enumeration(packed.stream().map(ByteArrayInputStream::new).toList())));
    }

    static byte[] pack(State state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream packed = new QuickGzip(bytes)) {
            Snapshots.write(state, packed);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written to", e);
        }
        return bytes.toByteArray();
    }

    static State unpack(InputStream packed) {
        try (GZIPInputStream in = new GZIPInputStream(packed, 1 << 16)) {
            return Snapshots.read(in);
        } catch (IOException e) {
            throw new IllegalArgumentException("a restoration in the log can't be read: " + e.getMessage(), e);
        }
    }
}
