package muster.lb.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Clients' sockets, plain and TLS, and a target that sends back what it gets. */
final class Sockets {
    private Sockets() {}

    /** A target that sends back what it gets, and ends its half when the other half ends. */
    static ServerSocket echo(SSLContext tls) throws IOException {
        ServerSocket server = tls == null
                ? new ServerSocket(0, 50, InetAddress.getLoopbackAddress())
                : (SSLServerSocket) tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> {
                        try (socket) {
                            InputStream in = socket.getInputStream();
                            byte[] all = new byte[8192];
                            java.io.ByteArrayOutputStream kept = new java.io.ByteArrayOutputStream();
                            for (int n = in.read(all); n >= 0; n = in.read(all)) {
                                if (n < 100) {
                                    socket.getOutputStream().write(all, 0, n);
                                } else {
                                    kept.write(all, 0, n);
                                }
                            }
                            socket.getOutputStream().write(kept.toByteArray());
                        } catch (IOException e) {
                            // The other side has gone.
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server;
    }

    static Socket plain(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        return socket;
    }

    static SSLSocket tls(int port, String name, SSLContext context) throws IOException {
        Socket below = plain(port);
        try {
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(below, "127.0.0.1", port, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            below.close();
            throw e;
        }
    }

    static String exchange(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
        return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
}
