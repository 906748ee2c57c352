package muster.raft;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** How servers make and take connections. Any thread may call. */
public interface Sockets {
    /** Listens; a connection that is taken is not secured yet, see {@link #secured}. */
    default ServerSocket listen(InetSocketAddress address) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(address, 128);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new IOException("can't listen on " + address.getHostString() + ":" + address.getPort() + ": " + e.getMessage(), e);
        }
    }

    /** Connects within the time, and finishes the secure layer's handshake where there is one. */
    Socket connect(InetSocketAddress address, Duration patience) throws IOException;

    /** Finishes the secure layer's handshake on a connection that was taken, within the time. */
    Socket secured(Socket taken, Duration patience) throws IOException;

    /** Without TLS. */
    static Sockets plain() {
        return plain(Optional.empty());
    }

    /**
     * Without TLS.
     *
     * @param own the address that others are to see connections come from, where it can reach them; the system's choice without
     */
    static Sockets plain(Optional<InetAddress> own) {
        return new Sockets() {
            @Override
            public Socket connect(InetSocketAddress address, Duration patience) throws IOException {
                return connected(own, address, patience);
            }

            @Override
            public Socket secured(Socket taken, Duration patience) {
                return taken;
            }
        };
    }

    /**
     * With TLS 1.2 or 1.3, and a certificate on both sides.
     *
     * @param context asked for each connection, so that certificates may be replaced while connections are open
     * @param serverName the name that a server's certificate has to carry, {@code server.dc1.consul} for example; without one
     *     any certificate of the trusted authorities will do
     * @param own as with {@link #plain(Optional)}
     */
    static Sockets tls(Supplier<SSLContext> context, Optional<String> serverName, Optional<InetAddress> own) {
        return new Sockets() {
            @Override
            public Socket connect(InetSocketAddress address, Duration patience) throws IOException {
                Socket plain = connected(own, address, patience);
                try {
                    SSLSocket socket = (SSLSocket) context.get().getSocketFactory()
                            .createSocket(plain, serverName.orElse(address.getHostString()), address.getPort(), true);
                    SSLParameters parameters = socket.getSSLParameters();
                    serverName.ifPresent(name -> parameters.setEndpointIdentificationAlgorithm("HTTPS"));
                    return shaken(socket, parameters, patience);
                } catch (IOException e) {
                    plain.close();
                    throw e;
                }
            }

            @Override
            public Socket secured(Socket taken, Duration patience) throws IOException {
                SSLSocket socket = (SSLSocket) context.get().getSocketFactory().createSocket(taken, null, true);
                socket.setUseClientMode(false);
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setNeedClientAuth(true);
                return shaken(socket, parameters, patience);
            }

            private static Socket shaken(SSLSocket socket, SSLParameters parameters, Duration patience) throws IOException {
                parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
                socket.setSSLParameters(parameters);
                socket.setSoTimeout((int) patience.toMillis());
                socket.startHandshake();
                return socket;
            }
        };
    }

    private static Socket connected(Optional<InetAddress> own, InetSocketAddress given, Duration patience) throws IOException {
        InetSocketAddress address = given.isUnresolved() ? new InetSocketAddress(given.getHostString(), given.getPort()) : given;
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            if (own.isPresent() && reaches(own.get(), address.getAddress())) {
                socket.bind(new InetSocketAddress(own.get(), 0));
            }
            socket.connect(address, (int) patience.toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static boolean reaches(InetAddress own, InetAddress other) {
        return other != null && own.getClass() == other.getClass() && !own.isAnyLocalAddress()
                && own.isLoopbackAddress() == other.isLoopbackAddress();
    }
}
