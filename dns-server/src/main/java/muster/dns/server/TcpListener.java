package muster.dns.server;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import muster.dns.answer.Fit.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions over TCP: a virtual thread reads each connection, and each question has one too, so that answers go out as they
 * are ready, in whatever order (RFC 7766 6.2.1.1). When there are as many connections as may be, a new one takes the place
 * of the one that has been idle the longest: idle ones, however many, keep nobody out.
 */
final class TcpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);

    private final ServerSocket socket;
    private final Responder responder;
    private final ExecutorService threads;
    private final ServerLimits limits;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    TcpListener(ServerSocket socket, Responder responder, ExecutorService threads, ServerLimits limits) {
        this.socket = socket;
        this.responder = responder;
        this.threads = threads;
        this.limits = limits;
    }

    void start() {
        Thread.ofPlatform().name("dns-tcp").daemon().start(this::accept);
    }

    @Override
    public void close() {
        end(socket);
        connections.forEach(connection -> end(connection.socket));
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Connection connection = new Connection(socket.accept());
                while (connections.size() >= limits.connections() && endIdlest()) {
                    LOG.debug("idle connection ended to make room from={}", connection.socket.getRemoteSocketAddress());
                }
                connections.add(connection);
                if (socket.isClosed()) {
                    end(connection.socket);
                }
                threads.execute(connection::serve);
            } catch (RejectedExecutionException e) {
                return;
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    LOG.warn("connection can't be accepted reason={}", e.getMessage());
                    LockSupport.parkNanos(ServerLimits.AFTER_FAILURE.toNanos());
                }
            }
        }
    }

    private boolean endIdlest() {
        Optional<Connection> idlest = connections.stream().min(Comparator.comparingLong(connection -> connection.lastAsked));
        idlest.ifPresent(connection -> {
            connections.remove(connection);
            end(connection.socket);
        });
        return idlest.isPresent();
    }

    private static void end(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            LOG.debug("socket can't be closed reason={}", e.getMessage());
        }
    }

    /** One client's; its own virtual thread reads. */
    private final class Connection {
        private final Socket socket;
        private final Semaphore room = new Semaphore(limits.pipelined());
        private final ReentrantLock writing = new ReentrantLock();
        private volatile long lastAsked = System.nanoTime();

        Connection(Socket socket) {
            this.socket = socket;
        }

        void serve() {
            try (socket) {
                socket.setTcpNoDelay(true);
                InputStream in = new BufferedInputStream(socket.getInputStream());
                OutputStream out = socket.getOutputStream();
                while (true) {
                    socket.setSoTimeout(Math.toIntExact(limits.idle().toMillis()));
                    int first = in.read();
                    if (first < 0) {
                        break;
                    }
                    byte[] question = TcpFrames.readAfter(first, socket, in, System.nanoTime() + limits.idle().toNanos());
                    lastAsked = System.nanoTime();
                    // No room for that long means that the asker does not read its answers.
                    if (!room.tryAcquire(limits.idle().toMillis(), TimeUnit.MILLISECONDS)) {
                        break;
                    }
                    threads.execute(() -> {
                        try {
                            answer(question, out);
                        } finally {
                            room.release();
                        }
                    });
                }
                // The asker may have closed its half only: what is being answered still goes out.
                if (!room.tryAcquire(limits.pipelined(), limits.idle().toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.debug("connection ended with answers unsent from={}", socket.getRemoteSocketAddress());
                }
            } catch (IOException e) {
                LOG.debug("connection ended from={} reason={}", socket.getRemoteSocketAddress(), e.getMessage());
            } catch (RejectedExecutionException e) {
                LOG.debug("connection ended, the server closes from={}", socket.getRemoteSocketAddress());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                connections.remove(this);
            }
        }

        private void answer(byte[] question, OutputStream out) {
            Optional<byte[]> answer = responder.respondAtOnce(question, Transport.TCP)
                    .or(() -> responder.respond(question, Transport.TCP));
            if (answer.isEmpty()) {
                end(socket);
                return;
            }
            byte[] framed = TcpFrames.of(answer.get());
            writing.lock();
            try {
                out.write(framed);
            } catch (IOException e) {
                end(socket);
            } finally {
                writing.unlock();
            }
        }
    }
}
