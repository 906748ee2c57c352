package muster.raft;

import java.nio.ByteBuffer;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * An entry on its way to the server that leads: the process that wrote it (16 bytes), the call (8 bytes), and the entry. The
 * writer and the call end up in the log, so that the writer finds its entry when it applies it.
 */
record Forwarded(ClientId writer, long call, ByteString entry) {
    private static final int HEAD = 16 + Long.BYTES;

    byte[] bytes() {
        byte[] bytes = new byte[HEAD + entry.size()];
        ByteBuffer.wrap(bytes).put(writer.toByteString().asReadOnlyByteBuffer()).putLong(call).put(entry.asReadOnlyByteBuffer());
        return bytes;
    }

    static Forwarded of(byte[] bytes) {
        if (bytes.length <= HEAD) {
            throw new IllegalArgumentException("a forwarded entry of " + bytes.length + " bytes is too short");
        }
        ByteString all = UnsafeByteOperations.unsafeWrap(bytes);
        return new Forwarded(ClientId.valueOf(all.substring(0, 16)), ByteBuffer.wrap(bytes).getLong(16), all.substring(HEAD));
    }
}
