package muster.lb.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Optional;

/** A client of HTTP/2 that sends the frames it is told to, right or wrong, and shows those it gets. */
final class RawHttp2 implements AutoCloseable {
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1);
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RESET = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GO_AWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    /** A GET of / on the authority a, by http. */
    static final byte[] GET = {(byte) 0x82, (byte) 0x84, (byte) 0x86, 0x41, 0x01, 'a'};
    private static final byte[] STILL_UP = "stillup!".getBytes(ISO_8859_1);

    private final Socket socket;
    private final DataInputStream in;

    /** A frame that came. */
    record Frame(int type, int flags, int stream, byte[] payload) {
        boolean isLast() {
            return (flags & END_STREAM) != 0;
        }

        /** An error code, of a reset or of the end of the connection. */
        int error() {
            int at = type == GO_AWAY ? 4 : 0;
            return (payload[at] & 255) << 24 | (payload[at + 1] & 255) << 16 | (payload[at + 2] & 255) << 8 | payload[at + 3] & 255;
        }
    }

    RawHttp2(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    RawHttp2 send(byte[]... frames) throws IOException {
        socket.getOutputStream().write(join(frames));
        return this;
    }

    /** The next frame; empty at the end of the connection. */
    Optional<Frame> next() throws IOException {
        try {
            int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            return Optional.of(new Frame(type, flags, stream, in.readNBytes(length)));
        } catch (EOFException | SocketException e) {
            return Optional.empty();
        }
    }

    /** The next frame of the type; empty when the connection ends before. */
    Optional<Frame> next(int type) throws IOException {
        Optional<Frame> frame = next();
        while (frame.isPresent() && frame.get().type() != type) {
            frame = next();
        }
        return frame;
    }

    /** Asks whether the connection is still there, after all that was sent before; {@code seen} gets what came until then. */
    boolean isUp(java.util.List<Frame> seen) throws IOException {
        try {
            send(frame(PING, 0, 0, STILL_UP));
        } catch (SocketException e) {
            // The end is read below.
        }
        while (true) {
            Optional<Frame> frame = next();
            if (frame.isEmpty()) {
                return false;
            }
            if (frame.get().type() == PING && (frame.get().flags() & 1) == 1 && Arrays.equals(frame.get().payload(), STILL_UP)) {
                return true;
            }
            seen.add(frame.get());
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** A settings frame with one setting. */
    static byte[] setting(int id, int value) {
        return frame(SETTINGS, 0, 0, new byte[] {0, (byte) id, (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value});
    }

    /** A window update. */
    static byte[] window(int stream, int bytes) {
        return frame(WINDOW_UPDATE, 0, stream, new byte[] {(byte) (bytes >> 24), (byte) (bytes >> 16), (byte) (bytes >> 8), (byte) bytes});
    }

    interface Made {
        byte[] at(int index);
    }

    static byte[] repeated(int count, Made made) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(made.at(i));
        }
        return all.toByteArray();
    }

    static byte[] join(byte[]... parts) {
        return repeated(parts.length, i -> parts[i]);
    }

    /** One frame (RFC 9113, section 4.1). */
    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        byte[] frame = Arrays.copyOf(new byte[] {(byte) (payload.length >> 16), (byte) (payload.length >> 8), (byte) payload.length, (byte) type, (byte) flags,
            (byte) (stream >> 24), (byte) (stream >> 16), (byte) (stream >> 8), (byte) stream}, 9 + payload.length);
        System.arraycopy(payload, 0, frame, 9, payload.length);
        return frame;
    }

    /** A header line in HPACK's plainest form (RFC 7541, section 6.2.2). */
    static byte[] literal(String name, String value) {
        return join(new byte[] {0}, text(name), text(value));
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        if (bytes.length < 127) {
            return join(new byte[] {(byte) bytes.length}, bytes);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(127);
        int left = bytes.length - 127;
        while (left >= 128) {
            out.write(left % 128 + 128);
            left /= 128;
        }
        out.write(left);
        out.writeBytes(bytes);
        return out.toByteArray();
    }
}
