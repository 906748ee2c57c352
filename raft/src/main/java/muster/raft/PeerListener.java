package muster.raft;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the connections of other servers and answers what they ask, each connection on a thread of its own: a platform's, since an
 * entry is on its way through it, and a virtual one is woken by two others. At most {@value #MAX_CONNECTIONS} at a time; further ones
 * are closed at once.
 */
final class PeerListener implements AutoCloseable {
    /** A server needs about a dozen of each other one. */
    static final int MAX_CONNECTIONS = 256;
    private static final Logger LOG = LoggerFactory.getLogger(PeerListener.class);

    /** What answers. Called on the connection's thread; may block. */
    interface Answers {
        /** The answer's bytes. What it throws closes nothing: the other end is told the message. */
        byte[] answer(PeerConnection.Request request) throws IOException;
    }

    private final ClusterSettings settings;
    private final Greeting greeting;
    private final Peers peers;
    private final Answers answers;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private ServerSocket server;
    private Thread accepting;

    /** @param peers is told where those are who call */
    PeerListener(ClusterSettings settings, Greeting greeting, Peers peers, Answers answers) {
        this.peers = peers;
        this.settings = settings;
        this.greeting = greeting;
        this.answers = answers;
    }

    /** Takes the port, and returns it. */
    int bind() throws IOException {
        Member listen = new Member("", settings.listen());
        server = settings.sockets().listen(new InetSocketAddress(listen.host(), listen.port()));
        return server.getLocalPort();
    }

    void start() {
        accepting = Thread.ofPlatform().name("log-accept").daemon().start(this::accept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                if (open.size() >= MAX_CONNECTIONS) {
                    LOG.warn("connection refused from={} limit={}", socket.getRemoteSocketAddress(), MAX_CONNECTIONS);
                    socket.close();
                } else {
                    open.add(socket);
                    Thread.ofPlatform().name("log-peer").daemon().start(() -> serve(socket));
                }
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.warn("accept failed reason={}", e.toString());
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (PeerConnection connection = greeted(socket)) {
            while (true) {
                PeerConnection.Request request = connection.next();
                byte[] answer;
                try {
                    answer = answers.answer(request);
                } catch (IOException | RuntimeException e) {
                    connection.refuse(e.getMessage() == null ? e.toString() : e.getMessage());
                    continue;
                }
                connection.answer(answer);
            }
        } catch (EOFException | SocketException e) {
            LOG.debug("connection ended from={} reason={}", socket.getRemoteSocketAddress(), e.getMessage());
        } catch (SocketTimeoutException e) {
            LOG.warn("connection dropped from={} reason=\"no greeting in {} ms\"", socket.getRemoteSocketAddress(),
                    settings.request().toMillis());
        } catch (IOException e) {
            LOG.warn("connection dropped from={} reason=\"{}\"", socket.getRemoteSocketAddress(), e.getMessage());
        } finally {
            open.remove(socket);
            close(socket);
        }
    }

    private PeerConnection greeted(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        // So that a peer whose machine is gone does not keep a thread for ever.
        socket.setKeepAlive(true);
        socket.setSoTimeout((int) settings.request().toMillis());
        PeerConnection connection = new PeerConnection(settings.sockets().secured(socket, settings.request()));
        peers.moved(connection.answerCall(greeting, peers.self()));
        connection.patience(0);
        return connection;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("connection not closed reason={}", e.toString());
        }
    }

    @Override
    public void close() {
        if (server == null) {
            return;
        }
        try {
            server.close();
        } catch (IOException e) {
            LOG.warn("listener not closed reason={}", e.toString());
        }
        open.forEach(PeerListener::close);
        if (accepting != null) {
            try {
                accepting.join(1_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
