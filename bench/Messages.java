import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** WebSocket messages of 64 bytes, one after another on each of many connections, and a target that sends them back. */
final class Messages implements AutoCloseable {
    private static final int MOST = 1_000_000;
    private final ServerSocket echo = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());

    Messages() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return echo.getLocalPort();
    }

    private void accept() {
        while (!echo.isClosed()) {
            try {
                Socket socket = echo.accept();
                socket.setTcpNoDelay(true);
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            head(new DataInputStream(socket.getInputStream()));
            OutputStream out = socket.getOutputStream();
            out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: BACScCJPNqyz+UBoqMH89VmURoA=\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            byte[] bytes = new byte[4096];
            for (int n = socket.getInputStream().read(bytes); n >= 0; n = socket.getInputStream().read(bytes)) {
                out.write(bytes, 0, n);
            }
        } catch (IOException e) {
            // The balancer has gone.
        }
    }

    private static void head(DataInputStream in) throws IOException {
        for (int last = 0; last != 0x0d0a0d0a; last = last << 8 | in.readUnsignedByte()) { }
    }

    /** The nanoseconds that each message took there and back, sorted. */
    static long[] exchange(Peers.Peer peer, int connections, int seconds) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<Thread> clients = new ArrayList<>();
        long[][] times = new long[connections][0];
        for (int i = 0; i < connections; i++) {
            int index = i;
            clients.add(Thread.ofPlatform().start(() -> {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), peer.port())) {
                    times[index] = exchange(socket, until);
                } catch (IOException e) {
                    System.err.println(peer.name() + ": " + e);
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        return Arrays.stream(times).flatMapToLong(Arrays::stream).sorted().toArray();
    }

    private static long[] exchange(Socket socket, long until) throws IOException {
        socket.setTcpNoDelay(true);
        socket.getOutputStream().write(("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        DataInputStream in = new DataInputStream(socket.getInputStream());
        head(in);
        byte[] message = new byte[70];
        message[0] = (byte) 0x82;
        message[1] = (byte) 0xc0;
        long[] times = new long[1024];
        int n = 0;
        while (System.nanoTime() < until && n < MOST) {
            long begun = System.nanoTime();
            socket.getOutputStream().write(message);
            in.readFully(message);
            times = n == times.length ? Arrays.copyOf(times, n * 2) : times;
            times[n++] = System.nanoTime() - begun;
        }
        return Arrays.copyOf(times, n);
    }

    @Override
    public void close() throws IOException {
        echo.close();
    }
}
