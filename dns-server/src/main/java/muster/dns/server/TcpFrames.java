package muster.dns.server;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/** Messages over TCP, each behind its length. (RFC 1035 4.2.2) */
final class TcpFrames {
    private TcpFrames() {}

    /** The message behind its length, to be written at once. */
    static byte[] of(byte[] message) {
        byte[] framed = new byte[message.length + 2];
        framed[0] = (byte) (message.length >> 8);
        framed[1] = (byte) message.length;
        System.arraycopy(message, 0, framed, 2, message.length);
        return framed;
    }

    /** Reads one; who sends a byte now and then gets no more time than who sends none. Fails at the end of the stream. */
    static byte[] read(Socket socket, InputStream in, long endNanoTime) throws IOException {
        byte[] length = new byte[2];
        fill(socket, in, length, 0, endNanoTime);
        return readBehind(socket, in, length, endNanoTime);
    }

    /** Reads the rest of one whose length's first byte has come. */
    static byte[] readAfter(int first, Socket socket, InputStream in, long endNanoTime) throws IOException {
        byte[] length = {(byte) first, 0};
        fill(socket, in, length, 1, endNanoTime);
        return readBehind(socket, in, length, endNanoTime);
    }

    private static byte[] readBehind(Socket socket, InputStream in, byte[] length, long endNanoTime) throws IOException {
        byte[] message = new byte[(length[0] & 0xff) << 8 | length[1] & 0xff];
        fill(socket, in, message, 0, endNanoTime);
        return message;
    }

    private static void fill(Socket socket, InputStream in, byte[] into, int from, long endNanoTime) throws IOException {
        int at = from;
        while (at < into.length) {
            long left = TimeUnit.NANOSECONDS.toMillis(endNanoTime - System.nanoTime());
            if (left <= 0) {
                throw new SocketTimeoutException("the message did not come in time");
            }
            socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
            int got = in.read(into, at, into.length - at);
            if (got < 0) {
                throw new EOFException("the stream ends in a message");
            }
            at += got;
        }
    }
}
