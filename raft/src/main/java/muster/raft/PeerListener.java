package muster.raft;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
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
        /**
         * The answer's bytes, now or later: it is written by the thread that completes it. What it throws or fails with closes nothing:
         * the other end is told the message.
         *
         * @param from who asks
         */
        CompletionStage<byte[]> answer(Member from, PeerConnection.Request request) throws IOException;
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
        try (PeerConnection connection = secured(socket)) {
            Member from = connection.answerCall(greeting, peers.self());
            connection.patience(0);
            peers.moved(from);
            while (true) {
                answer(connection, from, connection.next());
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

    /** Nobody writes beside this: who asked sends nothing more before it has its answer. */
    private void answer(PeerConnection connection, Member from, PeerConnection.Request request) throws IOException {
        CompletionStage<byte[]> answer;
        try {
            answer = answers.answer(from, request);
        } catch (IOException | RuntimeException e) {
            connection.refuse(text(e));
            return;
        }
        answer.whenComplete((bytes, error) -> {
            try {
                if (error == null) {
                    connection.answer(bytes);
                } else {
                    connection.refuse(text(error instanceof CompletionException && error.getCause() != null ? error.getCause() : error));
                }
            } catch (IOException e) {
                // The connection's thread notices it, and tells.
                connection.close();
            }
        });
    }

    private static String text(Throwable error) {
        return error.getMessage() == null ? error.toString() : error.getMessage();
    }

    private PeerConnection secured(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        // So that a peer whose machine is gone does not keep a thread for ever.
        socket.setKeepAlive(true);
        socket.setSoTimeout((int) settings.request().toMillis());
        return new PeerConnection(settings.sockets().secured(socket, settings.request()));
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
