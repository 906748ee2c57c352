package muster.checks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import muster.wire.tls.Anybody;

/**
 * A connection for one attempt, with the attempt's deadline on every step. An interrupt of the virtual thread that uses
 * it closes it.
 */
final class Connection implements Wire {
    private final Socket socket;
    private final Deadline deadline;

    private Connection(Socket socket, Deadline deadline) {
        this.socket = socket;
        this.deadline = deadline;
    }

    /** Tries each address of the host in turn. */
    static Connection open(HostPort target, Deadline deadline) throws IOException, InterruptedException {
        IOException last = null;
        for (InetAddress address : resolve(target)) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, target.port()), deadline.remainingMillis());
                socket.setTcpNoDelay(true);
                return new Connection(socket, deadline);
            } catch (IOException e) {
                socket.close();
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                String dialled = new HostPort(address.getHostAddress(), target.port()).toString();
                last = new IOException("dial tcp " + dialled + ": " + reason(e), e);
            }
        }
        throw last;
    }

    private static InetAddress[] resolve(HostPort target) throws IOException {
        try {
            return InetAddress.getAllByName(target.host());
        } catch (UnknownHostException e) {
            throw new IOException("dial tcp: lookup " + target.host() + ": no such host", e);
        }
    }

    /** The same connection with TLS on it. */
    Connection secure(String host, boolean skipVerify, String... protocols) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, skipVerify ? Anybody.trusted() : null, null);
            socket.setSoTimeout(deadline.remainingMillis());
            SSLSocket secure = (SSLSocket) context.getSocketFactory()
                    .createSocket(socket, host, socket.getPort(), true);
            SSLParameters parameters = secure.getSSLParameters();
            if (!skipVerify) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            if (!host.isEmpty() && !host.contains(":") && !Character.isDigit(host.charAt(host.length() - 1))) {
                parameters.setServerNames(List.of(new SNIHostName(host)));
            }
            if (protocols.length > 0) {
                parameters.setApplicationProtocols(protocols);
            }
            secure.setSSLParameters(parameters);
            secure.startHandshake();
            return new Connection(secure, deadline);
        } catch (GeneralSecurityException e) {
            throw new IOException("tls: " + e.getMessage(), e);
        }
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        socket.setSoTimeout(deadline.remainingMillis());
        InputStream in = socket.getInputStream();
        return in.read(into, offset, length);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** The message for an operator, in the words of the original's network library. */
    static String explain(IOException e) {
        String message = e.getMessage();
        return message != null && message.startsWith("dial ") ? message : reason(e);
    }

    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e) {
            case SocketTimeoutException timeout -> "i/o timeout";
            case SSLHandshakeException tls when message.contains("PKIX") -> "x509: certificate signed by unknown authority";
            case NoRouteToHostException none -> "connect: no route to host";
            case ConnectException refused when message.contains("refused") -> "connect: connection refused";
            case ConnectException other -> "connect: " + message;
            default -> message.contains("reset") ? "read: connection reset by peer" : message;
        };
    }
}
