package muster.checks;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** A check's output within its limit, with a note of what was left out. Sizes are bytes of UTF-8. */
public final class Output {
    /** How much of an output is kept where nothing else is configured. */
    public static final int DEFAULT_LIMIT = 4096;

    private Output() {}

    /** The beginning, as for reports of TTL checks. */
    static String head(String text, int limit) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= limit) {
            return text;
        }
        return text(bytes, 0, limit) + " ... (captured " + limit + " of " + bytes.length + " bytes)";
    }

    /** The end that a {@link Tail} kept, as for scripts. */
    static String tail(Tail tail) {
        String kept = tail.text();
        return tail.total() <= tail.kept() ? kept
                : "Captured " + tail.kept() + " of " + tail.total() + " bytes\n...\n" + kept;
    }

    /** A part of a text; a character cut in two at either side is left out. */
    private static String text(byte[] bytes, int from, int length) {
        int start = from;
        while (start < from + length && from > 0 && (bytes[start] & 0xc0) == 0x80) {
            start++;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        CharBuffer out = CharBuffer.allocate(length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes, start, length - (start - from)), out, false);
        if (result.isError()) {
            throw new IllegalStateException("a replacing decoder reported " + result);
        }
        return out.flip().toString();
    }

    /** Takes the bytes of a stream as they come. */
    interface Sink {
        void write(byte[] bytes, int offset, int length);
    }

    /** Keeps the last bytes of a stream of any length. Not for more than one thread at a time. */
    static final class Tail implements Sink {
        private final byte[] ring;
        private long total;

        Tail(int limit) {
            ring = new byte[Math.max(limit, 1)];
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            int from = Math.max(0, length - ring.length);
            long at = total + from;
            for (int i = from; i < length; i++, at++) {
                ring[(int) (at % ring.length)] = bytes[offset + i];
            }
            total += length;
        }

        long total() {
            return total;
        }

        int kept() {
            return (int) Math.min(total, ring.length);
        }

        String text() {
            byte[] line = new byte[kept() + 1];
            int start = total <= ring.length ? 0 : (int) (total % ring.length);
            for (int i = 0; i < kept(); i++) {
                line[i + 1] = ring[(start + i) % ring.length];
            }
            return total <= ring.length
                    ? new String(line, 1, kept(), StandardCharsets.UTF_8)
                    : Output.text(line, 1, kept());
        }
    }
}
