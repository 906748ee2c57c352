package muster.cli;

import java.io.ByteArrayOutputStream;

/**
 * Finds, in what is typed, the escape character at the beginning of a line: followed by a dot it ends the session, typed twice it
 * stands for itself. Pure; owned by one thread.
 */
final class EscapeKeys {
    private final int escape;
    private boolean lineBegins = true;
    private boolean pending;
    private boolean ended;

    /** @param escape a character, or -1 for none */
    EscapeKeys(int escape) {
        this.escape = escape;
    }

    /** What is to be sent on; nothing after the end. */
    byte[] pass(byte[] typed, int length) {
        ByteArrayOutputStream passed = new ByteArrayOutputStream(length + 1);
        for (int i = 0; i < length && !ended; i++) {
            int key = typed[i] & 0xff;
            if (pending) {
                pending = false;
                if (key == '.') {
                    ended = true;
                    return passed.toByteArray();
                }
                passed.write(escape);
                if (key == escape) {
                    lineBegins = false;
                    continue;
                }
            } else if (lineBegins && key == escape) {
                pending = true;
                continue;
            }
            passed.write(key);
            lineBegins = key == '\r' || key == '\n';
        }
        return passed.toByteArray();
    }

    /** Whether the session is to end. */
    boolean isEnded() {
        return ended;
    }
}
