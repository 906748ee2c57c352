package muster.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports of the loopback address that nobody uses at present. For programs that must be told a port; code that can bind
 * port 0 and say what it got should do that, since another process may take a port between here and its use.
 */
public final class FreePorts {
    private static final int ATTEMPTS = 100;

    private FreePorts() {}

    /** A port that is free for both TCP and UDP. */
    public static int one() {
        return some(1).getFirst();
    }

    /** Different ports, each free for both TCP and UDP. They are held together until all are found, so none comes twice. */
    public static List<Integer> some(int count) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        List<ServerSocket> held = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        try {
            for (int attempt = 0; ports.size() < count; attempt++) {
                if (attempt == count * ATTEMPTS) {
                    throw new IllegalStateException("no " + count + " ports are free for TCP and UDP on " + loopback);
                }
                ServerSocket tcp = new ServerSocket(0, 1, loopback);
                held.add(tcp);
                if (udpIsFree(new InetSocketAddress(loopback, tcp.getLocalPort()))) {
                    ports.add(tcp.getLocalPort());
                }
            }
            return List.copyOf(ports);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            for (ServerSocket socket : held) {
                closed(socket);
            }
        }
    }

    private static boolean udpIsFree(InetSocketAddress address) {
        try (DatagramSocket udp = new DatagramSocket(address)) {
            return udp.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static void closed(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
