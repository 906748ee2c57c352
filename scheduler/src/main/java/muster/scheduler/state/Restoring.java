package muster.scheduler.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPInputStream;
import muster.wire.JsonException;
import muster.wire.QuickGzip;

/** The pieces that have come of a packed state that is to replace everything. A value. */
public record Restoring(String id, List<byte[]> pieces) {
    static final Restoring NONE = new Restoring("", List.of());
    /** Bytes of a state in one entry of the log; as JSON they stay well below what an entry may have. */
    public static final int SIZE = 2 << 20;
    private static final int MOST_BYTES = 1 << 30;

    public Restoring {
        pieces = pieces == null ? List.of() : List.copyOf(pieces);
    }

    /** The commands, in their order, that replace everything by the state that {@link #pack} made the bytes of, {@code size} bytes each. */
    public static List<Command> commands(String id, byte[] packed, int size) {
        List<Command> commands = new ArrayList<>();
        for (int from = 0; from == 0 || from < packed.length; from += size) {
            int to = Math.min(from + size, packed.length);
            commands.add(new Command.RestorePiece(id, commands.size(), to == packed.length, Arrays.copyOfRange(packed, from, to)));
        }
        return List.copyOf(commands);
    }

    /** A state as bytes that may be kept for years. */
    public static byte[] pack(State state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new QuickGzip(bytes)) {
            SavedState.write(state, out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written to", e);
        }
        return bytes.toByteArray();
    }

    /** The state that {@link #pack} made the bytes of. Throws {@link IllegalArgumentException} saying what is wrong. */
    public static State unpack(byte[] packed) {
        return new Restoring("", List.of(packed)).state();
    }

    /** With one more; throws {@link RefusedException} where another was expected. */
    Restoring with(Command.RestorePiece piece) {
        if (piece.number() == 0) {
            return new Restoring(piece.id(), List.of(piece.bytes()));
        }
        if (!piece.id().equals(id) || piece.number() != pieces.size()) {
            throw new RefusedException("failed to restore snapshot: another restoration came between; try again when it has ended");
        }
        List<byte[]> more = new ArrayList<>(pieces);
        more.add(piece.bytes());
        return new Restoring(id, more);
    }

    /** The state of all pieces together. */
    State state() {
        try (GZIPInputStream in = new GZIPInputStream(new SequenceInputStream(
                Collections.enumeration(pieces.stream().map(ByteArrayInputStream::new).toList())))) {
            return SavedState.read(in.readNBytes(MOST_BYTES));
        } catch (IOException | JsonException e) {
            throw new IllegalArgumentException("a saved state can't be read: " + e.getMessage(), e);
        }
    }
}
