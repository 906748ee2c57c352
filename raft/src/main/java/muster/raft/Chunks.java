package muster.raft;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/**
 * A stretch of bytes of unknown length inside a stream: chunks, each with its length in front, an empty one as the end, and
 * the whole length. A part's state is written through it, so that a part can neither read nor be asked for another's bytes.
 */
final class Chunks {
    private static final int SIZE = 64 << 10;

    private Chunks() {}

    /** Closing it writes the end and leaves the stream beneath open. */
    static final class Out extends OutputStream {
        private final DataOutputStream out;
        private final byte[] chunk = new byte[SIZE];
        private int filled;
        private long length;

        Out(DataOutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            if (filled == SIZE) {
                send();
            }
            chunk[filled++] = (byte) b;
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            Objects.checkFromIndexSize(offset, count, bytes.length);
            for (int done = 0; done < count; ) {
                if (filled == SIZE) {
                    send();
                }
                int some = Math.min(SIZE - filled, count - done);
                System.arraycopy(bytes, offset + done, chunk, filled, some);
                filled += some;
                done += some;
            }
        }

        private void send() throws IOException {
            if (filled > 0) {
                out.writeInt(filled);
                out.write(chunk, 0, filled);
                length += filled;
                filled = 0;
            }
        }

        @Override
        public void close() throws IOException {
            send();
            out.writeInt(0);
            out.writeLong(length);
        }
    }

    /** Ends where its chunks end. Closing it skips what was not read and leaves the stream beneath open. */
    static final class In extends InputStream {
        private final DataInputStream in;
        private int left;
        private long length;
        private boolean ended;

        In(DataInputStream in) {
            this.in = in;
        }

        private boolean more() throws IOException {
            if (left == 0 && !ended) {
                left = in.readInt();
                if (left < 0 || left > SIZE) {
                    throw new IOException("a chunk claims " + left + " bytes, at most " + SIZE + " are possible");
                }
                if (left == 0) {
                    ended = true;
                    long written = in.readLong();
                    if (written != length) {
                        throw new IOException("a part has " + length + " bytes and claims " + written);
                    }
                }
                length += left;
            }
            return !ended;
        }

        @Override
        public int read() throws IOException {
            if (!more()) {
                return -1;
            }
            left--;
            return in.readUnsignedByte();
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            Objects.checkFromIndexSize(offset, count, bytes.length);
            if (count == 0) {
                return 0;
            }
            if (!more()) {
                return -1;
            }
            int some = in.read(bytes, offset, Math.min(left, count));
            if (some < 0) {
                throw new EOFException("a part ends inside a chunk");
            }
            left -= some;
            return some;
        }

        @Override
        public void close() throws IOException {
            skipToEnd();
        }

        private void skipToEnd() throws IOException {
            while (more()) {
                in.skipNBytes(left);
                left = 0;
            }
        }
    }
}
