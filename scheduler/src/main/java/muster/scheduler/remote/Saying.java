package muster.scheduler.remote;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What one side of a conversation says through another agent: a text, or with a status that it is over, and why. */
record Saying(int status, byte[] text) {
    /** No status: the conversation goes on. */
    static final int TEXT = 0;
    private static final int HEAD = 2 * Integer.BYTES;

    byte[] bytes() {
        return ByteBuffer.allocate(HEAD + text.length).putInt(status).putInt(text.length).put(text).array();
    }

    /** Several of them, one behind the other. */
    static List<Saying> all(byte[] bytes) {
        List<Saying> all = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        while (in.remaining() >= HEAD) {
            int status = in.getInt();
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw new IllegalArgumentException("a message claims " + length + " bytes where " + in.remaining() + " are left");
            }
            all.add(new Saying(status, Arrays.copyOfRange(bytes, in.position(), in.position() + length)));
            in.position(in.position() + length);
        }
        return all;
    }
}
