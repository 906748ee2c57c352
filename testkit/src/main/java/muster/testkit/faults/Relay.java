package muster.testkit.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands before a port and passes connections on, unless it is told that those of some address do not get through: then
 * their bytes wait, in both directions, as with a network that drops packets and a TCP that sends them again. Thread-safe.
 */
public final class Relay implements AutoCloseable {
    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Object gate = new Object();
    private Set<InetAddress> held = Set.of();
    private boolean closed;

    /**
     * Listens at once.
     *
     * @param target need not be there yet; connections are refused while it is not
     */
    public Relay(InetSocketAddress address, InetSocketAddress target) {
        this.target = target;
        try {
            listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(address);
        } catch (IOException e) {
            throw new UncheckedIOException("no relay on " + address, e);
        }
        Thread.ofVirtual().name("relay " + address).start(this::accept);
    }

    /** From now on nothing passes from or to these addresses; what waits goes on once an address is no longer among them. */
    public void hold(Set<InetAddress> addresses) {
        synchronized (gate) {
            held = Set.copyOf(addresses);
            gate.notifyAll();
        }
    }

    @Override
    public void close() {
        synchronized (gate) {
            closed = true;
            gate.notifyAll();
        }
        close(listener);
        new HashSet<>(open).forEach(Relay::close);
    }

    private void accept() {
        while (true) {
            Socket taken;
            try {
                taken = listener.accept();
            } catch (IOException e) {
                return;
            }
            open.add(taken);
            Thread.ofVirtual().start(() -> pass(taken));
        }
    }

    private void pass(Socket taken) {
        InetAddress from = taken.getInetAddress();
        Socket onward = new Socket();
        open.add(onward);
        try {
            if (passes(from)) {
                onward.connect(target, 5_000);
                Thread back = Thread.ofVirtual().start(() -> pump(onward, taken, from));
                pump(taken, onward, from);
                back.join();
            }
        } catch (IOException e) {
            // Nobody is behind it: the caller sees its connection end.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(taken);
            close(onward);
            open.remove(taken);
            open.remove(onward);
        }
    }

    private void pump(Socket source, Socket sink, InetAddress between) {
        byte[] buffer = new byte[16 << 10];
        try {
            InputStream in = source.getInputStream();
            OutputStream out = sink.getOutputStream();
            for (int count = in.read(buffer); count >= 0 && passes(between); count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
            if (passes(between)) {
                sink.shutdownOutput();
            }
        } catch (IOException e) {
            close(source);
            close(sink);
        }
    }

    /** Waits while the address is held; false when this is closed. */
    private boolean passes(InetAddress address) {
        synchronized (gate) {
            while (!closed && held.contains(address)) {
                try {
                    gate.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return !closed;
        }
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new AssertionError("a socket can't be closed", e);
        }
    }
}
