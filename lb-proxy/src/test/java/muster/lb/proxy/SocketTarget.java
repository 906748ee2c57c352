package muster.lb.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A target made of bare sockets, so that a test decides over every byte. Each connection has a virtual thread; the behaviour
 * gets the request's head and the streams, and says whether the connection goes on.
 */
public final class SocketTarget implements AutoCloseable {
    /** What the target does with one request. */
    public interface Behaviour {
        boolean serve(String head, InputStream in, OutputStream out) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();

    public SocketTarget(Behaviour behaviour) {
        try {
            server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(() -> accept(behaviour));
    }

    /** A target that answers every request with 200 and this text. */
    public static SocketTarget saying(String text) {
        return new SocketTarget((head, in, out) -> {
            out.write(answer(200, text));
            return true;
        });
    }

    /** An answer with a length. */
    public static byte[] answer(int status, String body) {
        return ("HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** The heads of all requests that came. */
    public List<String> heads() {
        return heads;
    }

    public int openConnections() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept(Behaviour behaviour) {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                if (server.isClosed()) {
                    socket.close();
                }
                Thread.ofVirtual().start(() -> serve(socket, behaviour));
            }
        } catch (IOException e) {
            if (!server.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket socket, Behaviour behaviour) {
        try (socket) {
            boolean isOpen = true;
            while (isOpen) {
                String head = readHead(socket.getInputStream());
                if (head.isEmpty()) {
                    return;
                }
                heads.add(head);
                isOpen = behaviour.serve(head, socket.getInputStream(), socket.getOutputStream());
                socket.getOutputStream().flush();
            }
        } catch (IOException e) {
            // The other side has gone, which is what many tests are about.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    /** Everything up to the empty line, or "" at the end of the stream. */
    public static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int last = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.write(b);
            last = last << 8 | b;
            if (last == 0x0d0a0d0a) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        return "";
    }
}
