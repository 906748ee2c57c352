package muster.dns.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import muster.dns.answer.Fit.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions over UDP. A few threads receive, and answer themselves what is prepared: that costs two system calls and no
 * change of thread. Everything else has a virtual thread of its own.
 *
 * <p>The channel is one of the JDK's: on Linux its blocking calls are plain {@code recvfrom} and {@code sendto}, which
 * measured faster than a datagram channel of an event loop, native transport or not (bench/README.md).
 */
final class UdpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UdpListener.class);
    private static final int MAX_PACKET = 65_535;
    /** Receivers take turns at one socket; more than this wait for each other. */
    private static final int MOST_RECEIVERS = 4;

    private final DatagramChannel channel;
    private final Responder responder;
    private final ExecutorService threads;
    private final Semaphore free;

    UdpListener(DatagramChannel channel, Responder responder, ExecutorService threads, ServerLimits limits) {
        this.channel = channel;
        this.responder = responder;
        this.threads = threads;
        this.free = new Semaphore(limits.inFlight());
    }

    void start() {
        int receivers = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, MOST_RECEIVERS);
        for (int i = 0; i < receivers; i++) {
            Thread.ofPlatform().name("dns-udp-" + i).daemon().start(this::receive);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("socket can't be closed reason={}", e.getMessage());
        }
    }

    private void receive() {
        ByteBuffer in = ByteBuffer.allocateDirect(MAX_PACKET);
        while (channel.isOpen()) {
            try {
                in.clear();
                SocketAddress from = channel.receive(in);
                byte[] question = new byte[in.flip().remaining()];
                in.get(question);
                Optional<byte[]> answer = responder.respondAtOnce(question, Transport.UDP);
                if (answer.isPresent()) {
                    send(answer.get(), from);
                } else {
                    handOver(question, from);
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // Also what the network says about an earlier answer (port unreachable); only closing ends the loop.
                if (channel.isOpen()) {
                    LOG.warn("packet can't be received reason={}", e.getMessage());
                    LockSupport.parkNanos(ServerLimits.AFTER_FAILURE.toNanos());
                }
            }
        }
    }

    private void handOver(byte[] question, SocketAddress from) {
        if (!free.tryAcquire()) {
            LOG.debug("question dropped, too many are being answered from={}", from);
            return;
        }
        try {
            threads.execute(() -> {
                try {
                    responder.respond(question, Transport.UDP).ifPresent(answer -> send(answer, from));
                } finally {
                    free.release();
                }
            });
        } catch (RejectedExecutionException e) {
            free.release();
        }
    }

    private void send(byte[] answer, SocketAddress to) {
        try {
            channel.send(ByteBuffer.wrap(answer), to);
        } catch (IOException | IllegalArgumentException e) {
            if (channel.isOpen()) {
                LOG.debug("answer can't be sent to={} reason={}", to, e.getMessage());
            }
        }
    }
}
