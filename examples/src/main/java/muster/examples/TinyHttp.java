package muster.examples;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * As much of an HTTP/1.1 server as a tutorial needs, made to be up a few milliseconds after the JVM: one thread for each
 * connection, keep-alive, any method, the path alone decides the answer.
 */
final class TinyHttp {
    private static final int MAX_LINE = 64 * 1024;
    private static final int BACKLOG = 512;

    private TinyHttp() {}

    /** Listens on the port of all addresses. Throws {@link IOException} when it is taken. */
    static ServerSocket bind(int port) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(port), BACKLOG);
        return server;
    }

    /** Serves until the process ends. */
    static void serve(ServerSocket server, Function<String, String> answer) throws IOException {
        while (true) {
            Socket socket = server.accept();
            Thread.ofVirtual().start(() -> connection(socket, answer));
        }
    }

    private static void connection(Socket socket, Function<String, String> answer) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream(), 8192);
            OutputStream out = socket.getOutputStream();
            while (exchange(in, out, answer)) {
                // Keep-alive: the next request of this connection.
            }
        } catch (IOException e) {
            // The client went away, which is its right at any time.
            Thread.currentThread().interrupt();
        }
    }

    /** One request; false when the connection is to be closed. */
    private static boolean exchange(InputStream in, OutputStream out, Function<String, String> answer) throws IOException {
        String start = line(in);
        if (start == null) {
            return false;
        }
        boolean keep = !start.endsWith("HTTP/1.0");
        long length = 0;
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).trim());
            } else if (lower.startsWith("connection:")) {
                keep = !lower.contains("close");
            } else if (lower.startsWith("transfer-encoding:")) {
                // Bodies mean nothing here; one of unknown length ends the connection instead of being parsed.
                keep = false;
            }
        }
        in.skipNBytes(length);
        String[] parts = start.split(" ");
        byte[] body = answer.apply(parts.length > 1 ? parts[1] : "/").getBytes(StandardCharsets.UTF_8);
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " + body.length
                + (keep ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n")).getBytes(StandardCharsets.US_ASCII);
        boolean bodiless = parts[0].equals("HEAD");
        byte[] reply = java.util.Arrays.copyOf(head, bodiless ? head.length : head.length + body.length);
        if (!bodiless) {
            System.arraycopy(body, 0, reply, head.length, body.length);
        }
        out.write(reply);
        out.flush();
        return keep;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            if (line.size() >= MAX_LINE) {
                throw new IOException("a line of the request is longer than " + MAX_LINE + " bytes");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
