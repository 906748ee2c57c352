package muster.raft;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One connection between two servers, from either end: a request, its answer, the next request. Who needs two at a time takes
 * two connections, so that a large entry never waits behind another's snapshot, and no thread has to sort answers.
 *
 * <p>A request is its length (4 bytes), its {@link Kind} (1 byte) and its bytes; an answer is its length, a byte that says
 * whether it is one or an error's text, and its bytes. Used by one thread at a time; an answer may be written by
 * another thread than the one that reads requests.
 */
final class PeerConnection implements AutoCloseable {
    /** What servers ask each other. The order is the protocol: new kinds go to the end. */
    enum Kind {
        /** The engine's requests, as its protobuf messages. */
        VOTE, APPEND, SNAPSHOT, START_ELECTION,
        /** An entry for the one that leads: see {@link Forwarded}. */
        PROPOSE,
        /** How far one has to have applied the log to read: a {@link ReadMode}'s ordinal; the answer is an index. */
        READ,
        /** A change of members, see {@link Change}. */
        CHANGE;

        private static final Kind[] ALL = values();

        static Kind of(int code) throws IOException {
            if (code < 0 || code >= ALL.length) {
                throw new IOException("a request of kind " + code + " is not known; a newer version sent it");
            }
            return ALL[code];
        }
    }

    /** What the other end answered instead of what was asked for. The request was read and not carried out as a whole. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    /** More than any entry or snapshot chunk with its framing. */
    static final int MAX_BYTES = Engine.MAX_ENTRY + (8 << 20);
    private static final int BUFFER = 64 << 10;
    private static final byte DONE = 0;
    private static final byte REFUSED = 1;

    record Request(Kind kind, byte[] body) {}

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    PeerConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER));
    }

    /** Greets from the side that connected, and returns who the other is. */
    Member call(Greeting greeting, Member self) throws IOException {
        return greeting.callOn(in, out, self);
    }

    /** Greets from the side that listens, and returns who the other is. */
    Member answerCall(Greeting greeting, Member self) throws IOException {
        return greeting.answer(in, out, self);
    }

    /** How long a read waits; 0 for ever. */
    void patience(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    byte[] ask(Kind kind, byte[] body) throws IOException {
        write(kind.ordinal(), body);
        int length = length();
        byte status = in.readByte();
        byte[] answer = body(length - 1);
        if (status == REFUSED) {
            throw new RefusedException(new String(answer, StandardCharsets.UTF_8));
        }
        return answer;
    }

    /** The next request; throws {@link java.io.EOFException} where the other end is done. */
    Request next() throws IOException {
        int length = length();
        Kind kind = Kind.of(in.readUnsignedByte());
        return new Request(kind, body(length - 1));
    }

    void answer(byte[] body) throws IOException {
        write(DONE, body);
    }

    void refuse(String reason) throws IOException {
        write(REFUSED, reason.getBytes(StandardCharsets.UTF_8));
    }

    private int length() throws IOException {
        int length = in.readInt();
        if (length < 1 || length > MAX_BYTES) {
            throw new IOException("a message of " + length + " bytes is announced, at most " + MAX_BYTES + " are taken");
        }
        return length;
    }

    private byte[] body(int length) throws IOException {
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new IOException("the connection ended within a message");
        }
        return body;
    }

    private void write(int head, byte[] body) throws IOException {
        out.writeInt(1 + body.length);
        out.writeByte(head);
        out.write(body);
        out.flush();
    }

    /** Closes it at once, whatever another thread does with it: that ends with an exception. */
    void abort() {
        try {
            // So that the secure layer does not wait for a write of which nobody takes the bytes.
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
            return;
        }
        close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // The socket is gone either way, and nobody reads from it any more.
            return;
        }
    }
}
