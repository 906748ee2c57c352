package muster.raft.members;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import muster.raft.Greeting;
import muster.raft.Member;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The join port: takes other agents' connections, at most {@value #MAX_LINKS} at a time. One platform thread accepts, each
 * connection is read by a virtual one.
 */
final class Doorway implements AutoCloseable {
    /** A server has two of each agent. */
    static final int MAX_LINKS = 16_384;
    private static final Logger LOG = LoggerFactory.getLogger(Doorway.class);

    private final MemberSettings settings;
    private final Greeting greeting;
    private final Supplier<AgentMember> self;
    private final Function<String, Optional<RequestHandler>> handlers;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile ServerSocket server;

    Doorway(MemberSettings settings, Greeting greeting, Supplier<AgentMember> self, Function<String, Optional<RequestHandler>> handlers) {
        this.settings = settings;
        this.greeting = greeting;
        this.self = self;
        this.handlers = handlers;
    }

    /** Takes the port and returns it. */
    int bind() throws IOException {
        int colon = settings.listen().lastIndexOf(':');
        String host = Calls.unbracketed(settings.listen().substring(0, colon));
        server = settings.sockets().listen(new InetSocketAddress(host, Integer.parseInt(settings.listen().substring(colon + 1))));
        return server.getLocalPort();
    }

    void start() {
        Thread.ofPlatform().name("members-accept").daemon().start(this::accept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                if (sockets.size() >= MAX_LINKS) {
                    LOG.warn("agent refused from={} limit={}", socket.getRemoteSocketAddress(), MAX_LINKS);
                    socket.close();
                } else {
                    sockets.add(socket);
                    Thread.ofVirtual().name("member-link").start(() -> serve(socket));
                }
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.warn("accept failed reason={}", e.toString());
                }
            }
        }
    }

    private void serve(Socket socket) {
        // Closed in any case, also where TLS or the greeting fails.
        try (socket) {
            Socket secured = settings.sockets().secured(socket, settings.times().answer());
            AgentMember own = self.get();
            try (Link link = new Link(secured, false, greeting, new Member(own.name(), own.address()), settings.times().answer(), handlers)) {
                link.read();
            }
        } catch (EOFException e) {
            // Who only looks whether anybody listens, as a check of this port does.
            LOG.debug("connection ended from={} reason={}", socket.getRemoteSocketAddress(), e.getMessage());
        } catch (IOException e) {
            LOG.warn("agent not let in from={} reason=\"{}\"", socket.getRemoteSocketAddress(), e.getMessage());
        } finally {
            sockets.remove(socket);
        }
    }

    @Override
    public void close() {
        ServerSocket bound = server;
        if (bound == null) {
            return;
        }
        try {
            bound.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            LOG.warn("join port not closed reason={}", e.toString());
        }
    }
}
