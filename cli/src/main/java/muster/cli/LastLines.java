package muster.cli;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import muster.wire.GoFlags;

/** What {@code -tail}, {@code -n} and {@code -c} want of a file: where to begin, and which lines to keep of what comes. One thread. */
final class LastLines {
    /** A generous length of a line: where a request for the last lines begins to read. */
    private static final int BYTES_PER_LINE = 120;

    private static final int LINES = 10;

    private final boolean wanted;
    private final boolean cuts;
    private final long lines;
    private final long bytes;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    LastLines(GoFlags flags) {
        wanted = flags.on("tail") || flags.has("n") || flags.has("c");
        cuts = wanted && !flags.has("c") && !flags.on("f");
        lines = flags.unsigned("n", LINES);
        bytes = !wanted ? 0 : flags.has("c") ? flags.unsigned("c", 0) : lines * BYTES_PER_LINE;
    }

    boolean isWanted() {
        return wanted;
    }

    String origin() {
        return "origin=" + (wanted ? "end" : "start");
    }

    String offset() {
        return "offset=" + bytes;
    }

    /** Keeps a piece if lines have to be counted at the end; false where it may be printed at once. */
    boolean take(byte[] piece, int length) {
        if (cuts) {
            kept.write(piece, 0, length);
        }
        return cuts;
    }

    /** The last of the lines taken. */
    byte[] kept() {
        byte[] text = kept.toByteArray();
        int at = text.length > 0 && text[text.length - 1] == '\n' ? text.length - 1 : text.length;
        long left = lines;
        while (at > 0 && left > 0) {
            at--;
            if (text[at] == '\n') {
                left--;
            }
        }
        return Arrays.copyOfRange(text, Math.min(left == 0 && at > 0 ? at + 1 : 0, text.length), text.length);
    }
}
