package muster.raft;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import muster.raft.PeerConnection.Kind;
import muster.raft.PeerConnection.RefusedException;

/**
 * The way to other servers: where each is, and its idle connections. A connection is made when none is idle, and thrown away
 * after any trouble. Any thread may call; a call blocks at most about the request time.
 */
final class Peers implements AutoCloseable {
    /** More at a time are closed after use. */
    private static final int MAX_IDLE = 8;

    private final ClusterSettings settings;
    private final Greeting greeting;
    private volatile Member self;
    private final Map<String, String> addresses = new ConcurrentHashMap<>();
    private final Map<String, ArrayDeque<PeerConnection>> idle = new HashMap<>();
    private boolean closed;

    Peers(ClusterSettings settings, Greeting greeting) {
        this.settings = settings;
        this.greeting = greeting;
    }

    /** Who this server is. Before the first call of {@link #ask}. */
    void be(Member member) {
        self = member;
    }

    Member self() {
        return self;
    }

    /** Where a server is, as its configuration says; ignored where {@link #moved} knows better. */
    void known(Member member) {
        addresses.putIfAbsent(member.id(), member.address());
    }

    /** Where a server is now. Its old connections are closed. */
    void moved(Member member) {
        if (!member.address().equals(addresses.put(member.id(), member.address()))) {
            reset(member.id());
        }
    }

    /** The newest address of a server, or the given one where nothing is known. */
    String address(String id, String otherwise) {
        return addresses.getOrDefault(id, otherwise);
    }

    /**
     * Asks a server and returns its answer. Throws {@link RefusedException} where it said no, and another {@link IOException}
     * where it did not answer: then it may or may not have done what was asked.
     */
    byte[] ask(String id, Kind kind, byte[] body) throws IOException {
        PeerConnection connection = take(id);
        boolean whole = false;
        try {
            byte[] answer = connection.ask(kind, body);
            whole = true;
            return answer;
        } catch (RefusedException e) {
            whole = true;
            throw e;
        } finally {
            if (whole) {
                giveBack(id, connection);
            } else {
                connection.close();
            }
        }
    }

    private PeerConnection take(String id) throws IOException {
        synchronized (idle) {
            if (closed) {
                throw new IOException("this server is being stopped");
            }
            ArrayDeque<PeerConnection> waiting = idle.get(id);
            if (waiting != null && !waiting.isEmpty()) {
                // The one used last is the likeliest to be alive.
                return waiting.pollLast();
            }
        }
        String address = addresses.get(id);
        if (address == null) {
            throw new IOException("where the server " + id + " is, is not known");
        }
        Member member = new Member(id, address);
        PeerConnection connection = new PeerConnection(settings.sockets().connect(
                InetSocketAddress.createUnresolved(member.host(), member.port()), settings.request()));
        try {
            connection.patience((int) settings.request().toMillis());
            Member other = connection.call(greeting, self);
            if (!other.id().equals(id)) {
                throw new IOException("the server at " + address + " is " + other.id() + ", not " + id);
            }
            return connection;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void giveBack(String id, PeerConnection connection) {
        synchronized (idle) {
            ArrayDeque<PeerConnection> waiting = idle.computeIfAbsent(id, key -> new ArrayDeque<>());
            if (!closed && waiting.size() < MAX_IDLE) {
                waiting.add(connection);
                return;
            }
        }
        connection.close();
    }

    /** Closes a server's idle connections: they may be as dead as the one that failed. */
    void reset(String id) {
        ArrayDeque<PeerConnection> old;
        synchronized (idle) {
            old = idle.remove(id);
        }
        if (old != null) {
            old.forEach(PeerConnection::close);
        }
    }

    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
            idle.values().forEach(waiting -> waiting.forEach(PeerConnection::close));
            idle.clear();
        }
    }
}
