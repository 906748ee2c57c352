package muster.dns.server;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
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
 * Questions over TCP, each behind its length (RFC 1035 4.2.2): a virtual thread reads each connection, and each question has
 * one too, so that answers go out as they are ready, in whatever order (RFC 7766 6.2.1.1).
 */
final class TcpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);

    private final ServerSocket socket;
    private final Responder responder;
    private final ExecutorService threads;
    private final ServerLimits limits;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

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
        connections.forEach(TcpListener::end);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                if (connections.size() >= limits.connections()) {
                    LOG.debug("connection refused, there are enough from={}", connection.getRemoteSocketAddress());
                    end(connection);
                    continue;
                }
                connections.add(connection);
                if (socket.isClosed()) {
                    end(connection);
                }
                threads.execute(() -> serve(connection));
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

    private void serve(Socket connection) {
        Semaphore room = new Semaphore(limits.pipelined());
        ReentrantLock writing = new ReentrantLock();
        try (connection) {
            connection.setTcpNoDelay(true);
            connection.setSoTimeout(Math.toIntExact(limits.idle().toMillis()));
            DataInputStream in = new DataInputStream(new BufferedInputStream(connection.getInputStream()));
            OutputStream out = connection.getOutputStream();
            while (true) {
                int high = in.read();
                if (high < 0) {
                    break;
                }
                byte[] question = new byte[high << 8 | in.readUnsignedByte()];
                in.readFully(question);
                // No room for that long means that the asker does not read its answers.
                if (!room.tryAcquire(limits.idle().toMillis(), TimeUnit.MILLISECONDS)) {
                    break;
                }
                threads.execute(() -> {
                    try {
                        answer(connection, question, out, writing);
                    } finally {
                        room.release();
                    }
                });
            }
            // The asker may have closed its half only: what is being answered still goes out.
            if (!room.tryAcquire(limits.pipelined(), limits.idle().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("connection ended with answers unsent from={}", connection.getRemoteSocketAddress());
            }
        } catch (IOException e) {
            LOG.debug("connection ended from={} reason={}", connection.getRemoteSocketAddress(), e.getMessage());
        } catch (RejectedExecutionException e) {
            LOG.debug("connection ended, the server closes from={}", connection.getRemoteSocketAddress());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    private void answer(Socket connection, byte[] question, OutputStream out, ReentrantLock writing) {
        Optional<byte[]> answer = responder.respond(question, Transport.TCP);
        if (answer.isEmpty()) {
            end(connection);
            return;
        }
        byte[] body = answer.get();
        byte[] framed = new byte[body.length + 2];
        framed[0] = (byte) (body.length >> 8);
        framed[1] = (byte) body.length;
        System.arraycopy(body, 0, framed, 2, body.length);
        writing.lock();
        try {
            out.write(framed);
        } catch (IOException e) {
            end(connection);
        } finally {
            writing.unlock();
        }
    }

    private static void end(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            LOG.debug("socket can't be closed reason={}", e.getMessage());
        }
    }
}
