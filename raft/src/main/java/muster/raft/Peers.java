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
 * after any trouble. Any thread may call; a call blocks at most {@value #LONGEST} times the request time, however slowly the other
 * server takes or gives bytes, and ends soon after its thread was interrupted.
 */
final class Peers implements AutoCloseable {
    /** More at a time are closed after use. */
    private static final int MAX_IDLE = 8;
    /** Of the request time: what a whole call may take. The engine waits 5 s for a call to end when a leader steps down. */
    private static final int LONGEST = 2;
    private static final long WATCH_MILLIS = 100;

    /** A call under way: who waits for it, and until when it may. */
    private record Call(Thread caller, long end) {
        boolean isOver(long now) {
            return caller.isInterrupted() || now - end > 0;
        }
    }

    private final ClusterSettings settings;
    private final Greeting greeting;
    private volatile Member self;
    private final Map<String, String> addresses = new ConcurrentHashMap<>();
    private final Map<String, ArrayDeque<PeerConnection>> idle = new HashMap<>();
    /** Neither a write to a server that takes nothing nor an interrupted read ends by itself: then the connection is closed. */
    private final Map<PeerConnection, Call> calls = new ConcurrentHashMap<>();
    private Thread watch;
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
        long end = System.nanoTime() + LONGEST * settings.request().toNanos();
        PeerConnection connection = take(id, end);
        boolean whole = false;
        try {
            calls.put(connection, new Call(Thread.currentThread(), end));
            byte[] answer = connection.ask(kind, body);
            whole = true;
            return answer;
        } catch (RefusedException e) {
            whole = true;
            throw e;
        } finally {
            calls.remove(connection);
            if (whole) {
                giveBack(id, connection);
            } else {
                connection.close();
            }
        }
    }

    private PeerConnection take(String id, long end) throws IOException {
        synchronized (idle) {
            if (closed) {
                throw new IOException("this server is being stopped");
            }
            ArrayDeque<PeerConnection> waiting = idle.get(id);
            if (waiting != null && !waiting.isEmpty()) {
                // The one used last is the likeliest to be alive.
                return waiting.pollLast();
            }
            if (watch == null) {
                watch = Thread.ofPlatform().name("log-calls").daemon().start(this::watch);
            }
        }
        String address = addresses.get(id);
        if (address == null) {
            throw new IOException("where the server " + id + " is, is not known");
        }
        Member member = new Member(id, address);
        PeerConnection connection = new PeerConnection(settings.sockets().connect(
                InetSocketAddress.createUnresolved(member.host(), member.port()), settings.request().dividedBy(2)));
        try {
            calls.put(connection, new Call(Thread.currentThread(), end));
            connection.patience((int) settings.request().toMillis());
            Member other = connection.call(greeting, self);
            if (!other.id().equals(id)) {
                throw new IOException("the server at " + address + " is " + other.id() + ", not " + id);
            }
            return connection;
        } catch (IOException | RuntimeException e) {
            calls.remove(connection);
            connection.close();
            throw e;
        }
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(WATCH_MILLIS);
                long now = System.nanoTime();
                calls.forEach((connection, call) -> {
                    if (call.isOver(now)) {
                        connection.abort();
                    }
                });
            }
        } catch (InterruptedException e) {
            // The server is being stopped, and this thread with it.
            return;
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
            if (watch != null) {
                watch.interrupt();
            }
            idle.values().forEach(waiting -> waiting.forEach(PeerConnection::close));
            idle.clear();
        }
    }
}
