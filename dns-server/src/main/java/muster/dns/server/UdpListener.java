package muster.dns.server;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import muster.dns.answer.Fit.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Questions over UDP: one thread receives, a virtual thread answers each. */
final class UdpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UdpListener.class);
    private static final int MAX_PACKET = 65_535;

    private final DatagramSocket socket;
    private final Responder responder;
    private final ExecutorService threads;
    private final Semaphore free;

    UdpListener(DatagramSocket socket, Responder responder, ExecutorService threads, ServerLimits limits) {
        this.socket = socket;
        this.responder = responder;
        this.threads = threads;
        this.free = new Semaphore(limits.inFlight());
    }

    void start() {
        Thread.ofPlatform().name("dns-udp").daemon().start(this::receive);
    }

    @Override
    public void close() {
        socket.close();
    }

    private void receive() {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_PACKET], MAX_PACKET);
        while (!socket.isClosed()) {
            try {
                packet.setLength(MAX_PACKET);
                socket.receive(packet);
                if (free.tryAcquire()) {
                    hand(Arrays.copyOf(packet.getData(), packet.getLength()), packet.getSocketAddress());
                } else {
                    LOG.debug("question dropped, too many are being answered from={}", packet.getSocketAddress());
                }
            } catch (IOException e) {
                // Also what the network says about an earlier answer (port unreachable); only closing ends the loop.
                if (!socket.isClosed()) {
                    LOG.warn("packet can't be received reason={}", e.getMessage());
                    LockSupport.parkNanos(ServerLimits.AFTER_FAILURE.toNanos());
                }
            }
        }
    }

    private void hand(byte[] question, SocketAddress from) {
        try {
            threads.execute(() -> {
                try {
                    answer(question, from);
                } finally {
                    free.release();
                }
            });
        } catch (RejectedExecutionException e) {
            free.release();
        }
    }

    private void answer(byte[] question, SocketAddress from) {
        Optional<byte[]> answer = responder.respond(question, Transport.UDP);
        if (answer.isEmpty()) {
            return;
        }
        try {
            socket.send(new DatagramPacket(answer.get(), answer.get().length, from));
        } catch (IOException | IllegalArgumentException e) {
            if (!socket.isClosed()) {
                LOG.debug("answer can't be sent to={} reason={}", from, e.getMessage());
            }
        }
    }
}
