package muster.cli;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * A conversation of messages with an agent (RFC 6455, the client's side), over a connection that {@link Api} opened. One thread
 * receives; any may send.
 */
final class Talk implements Closeable {
    private static final int CONTINUED = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;
    private static final int MAX_MESSAGE = 16 << 20;
    private static final int NO_STATUS = 1005;

    /** What comes from the agent. */
    sealed interface Heard {
        record Message(byte[] bytes) implements Heard {}

        /** The agent ended it, with a status of RFC 6455, 7.4. */
        record End(int status, String reason) implements Heard {}
    }

    private final Socket socket;
    private final DataInputStream in;
    private final SecureRandom random = new SecureRandom();

    /** Over a connection whose request for it was answered with 101. */
    Talk(Socket socket, java.io.InputStream in) {
        this.socket = socket;
        this.in = new DataInputStream(in);
    }

    /** A key for the request: 16 bytes that no cache can have seen. */
    static String key() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Waits for the next message or the end. Throws {@link IOException} where the connection breaks without one. */
    Heard receive() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        while (true) {
            int first = in.readUnsignedByte();
            int second = in.readUnsignedByte();
            int short7 = second & 0x7f;
            long length = short7 == LENGTH_16 ? in.readUnsignedShort() : short7 == LENGTH_64 ? in.readLong() : short7;
            if ((second & MASKED) != 0 || length < 0 || length > MAX_MESSAGE - message.size()) {
                throw new IOException("the agent sent what is no message (RFC 6455), or one of more than 16 MiB");
            }
            byte[] payload = in.readNBytes((int) length);
            if (payload.length < length) {
                throw new EOFException("the connection broke");
            }
            switch (first & 0x0f) {
                case CONTINUED, TEXT, BINARY -> {
                    message.writeBytes(payload);
                    if ((first & FINAL) != 0) {
                        return new Heard.Message(message.toByteArray());
                    }
                }
                case PING -> frame(PONG, payload);
                case CLOSE -> {
                    return payload.length < 2
                            ? new Heard.End(NO_STATUS, "")
                            : new Heard.End((payload[0] & 0xff) << 8 | payload[1] & 0xff,
                                    new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
                }
                default -> {
                    // A pong, which nobody asked for, or a kind of later versions.
                }
            }
        }
    }

    void send(byte[] text) throws IOException {
        frame(TEXT, text);
    }

    private synchronized void frame(int kind, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 14);
        frame.write(FINAL | kind);
        if (payload.length < LENGTH_16) {
            frame.write(MASKED | payload.length);
        } else if (payload.length <= 0xffff) {
            frame.write(MASKED | LENGTH_16);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            frame.write(MASKED | LENGTH_64);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) ((long) payload.length >> shift));
            }
        }
        byte[] mask = new byte[4];
        random.nextBytes(mask);
        frame.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ mask[i & 3]);
        }
        OutputStream out = socket.getOutputStream();
        frame.writeTo(out);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
