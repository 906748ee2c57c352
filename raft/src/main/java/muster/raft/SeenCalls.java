package muster.raft;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which calls of which servers are applied, so that an entry that was sent twice, since nobody knew whether the first one
 * had arrived, is applied once. A function of the log alone, and part of every snapshot, so that all servers agree.
 *
 * <p>Of a writer the newest {@value #WINDOW} calls are told apart; older ones count as seen, since a writer has only a few
 * under way. Kept are the {@value #MAX_WRITERS} writers that wrote last; a server that restarts is a new one.
 */
final class SeenCalls {
    static final int WINDOW = 64;
    static final int MAX_WRITERS = 256;

    /** A process that writes: 128 random bits. */
    record Writer(long high, long low) {
        /** @param id 16 bytes */
        static Writer of(ByteBuffer id) {
            return new Writer(id.getLong(id.position()), id.getLong(id.position() + Long.BYTES));
        }
    }

    /** Bit i of seen stands for the call highest - i. */
    private record Calls(long highest, long seen) {}

    private final Map<Writer, Calls> writers = new LinkedHashMap<>();

    /** Notes a call, and returns whether it was not seen before. */
    boolean isFirst(Writer writer, long call) {
        // Taken out and put back, so that the order is that of the newest calls.
        Calls calls = writers.remove(writer);
        Calls noted = calls == null ? new Calls(call, 1) : noted(calls, call);
        boolean first = calls == null || noted != calls;
        writers.put(writer, noted);
        if (writers.size() > MAX_WRITERS) {
            writers.remove(writers.keySet().iterator().next());
        }
        return first;
    }

    /** The same object where the call was seen. */
    private static Calls noted(Calls calls, long call) {
        if (call > calls.highest()) {
            long ahead = call - calls.highest();
            return new Calls(call, (ahead < WINDOW ? calls.seen() << ahead : 0) | 1);
        }
        long behind = calls.highest() - call;
        if (behind >= WINDOW || (calls.seen() >>> behind & 1) != 0) {
            return calls;
        }
        return new Calls(calls.highest(), calls.seen() | 1L << behind);
    }

    void clear() {
        writers.clear();
    }

    /** All of them, for {@link #restore}: their number, and of each writer four longs. */
    byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + writers.size() * 4 * Long.BYTES).putInt(writers.size());
        writers.forEach((writer, calls) ->
                bytes.putLong(writer.high()).putLong(writer.low()).putLong(calls.highest()).putLong(calls.seen()));
        return bytes.array();
    }

    void restore(DataInputStream in) throws IOException {
        writers.clear();
        int count = in.readInt();
        if (count < 0 || count > MAX_WRITERS) {
            throw new IOException("it claims " + count + " writers, at most " + MAX_WRITERS + " are kept");
        }
        for (int i = 0; i < count; i++) {
            writers.put(new Writer(in.readLong(), in.readLong()), new Calls(in.readLong(), in.readLong()));
        }
    }
}
