package muster.checks;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A connection to a socket of the file system. Its reads have no time-out of their own, so a watcher closes it at the attempt's
 * deadline.
 */
final class SocketFile implements Wire {
    private final SocketChannel channel;
    private final Thread watcher;
    private volatile boolean late;

    private SocketFile(SocketChannel channel, Deadline deadline) throws SocketTimeoutException {
        this.channel = channel;
        long millis = deadline.remainingMillis();
        watcher = Thread.ofVirtual().name("deadline of a check").start(() -> {
            try {
                Thread.sleep(Duration.ofMillis(millis));
                late = true;
                channel.close();
            } catch (InterruptedException closed) {
                // Closed in time.
                return;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    static SocketFile open(String path, Deadline deadline) throws IOException {
        if (!Files.exists(Path.of(path))) {
            throw new IOException("dial unix " + path + ": connect: no such file or directory");
        }
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            return new SocketFile(channel, deadline);
        } catch (IOException e) {
            channel.close();
            throw e instanceof SocketTimeoutException ? e : new IOException("dial unix " + path + ": connect: " + e.getMessage(), e);
        }
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw reason(e);
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            return channel.read(ByteBuffer.wrap(into, offset, length));
        } catch (IOException e) {
            throw reason(e);
        }
    }

    private IOException reason(IOException e) {
        if (!late) {
            return e;
        }
        SocketTimeoutException timeout = new SocketTimeoutException("i/o timeout");
        timeout.initCause(e);
        return timeout;
    }

    @Override
    public void close() throws IOException {
        watcher.interrupt();
        channel.close();
    }
}
