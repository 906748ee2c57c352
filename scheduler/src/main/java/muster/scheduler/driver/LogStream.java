package muster.scheduler.driver;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies one output stream of a task from a named pipe to its files, as it comes. The pipe is {@code .TASK.STREAM.fifo}
 * beside the files: it outlives the agent, and a task whose agent is away goes on until the pipe is full. A disk that is
 * slow slows the task down when the pipe is full; a disk that fails costs lines, never the task.
 *
 * <p>A platform thread of small stack does the copying: a read from a pipe would hold a virtual thread's carrier.
 */
final class LogStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogStream.class);
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long STACK_BYTES = 192 << 10;

    private final Path pipe;
    private final RotatingLog files;
    private final InputStream in;
    private RandomAccessFile keeper;
    private final Thread copier;

    /**
     * Opens pipe and files. Once the task has the pipe open, {@link #taskStarted} and {@link #begin} must follow; if it
     * failed to start, {@link #close}.
     */
    LogStream(Posix posix, TaskLaunch.LogTarget target, String task, String stream) throws IOException {
        pipe = target.folder().resolve("." + task + "." + stream + ".fifo");
        if (!posix.makePipe(pipe)) {
            throw new IOException("can't make the named pipe " + pipe);
        }
        files = new RotatingLog(target.folder(), task + "." + stream, target.maxFiles(), target.maxFileBytes());
        // Opening a pipe for reading waits for a writer; one that is opened for both directions never waits.
        keeper = new RandomAccessFile(pipe.toFile(), "rw");
        in = new FileInputStream(pipe.toFile());
        copier = Thread.ofPlatform().daemon().name("log-" + task + "-" + stream).stackSize(STACK_BYTES).unstarted(this::copy);
    }

    /** Begins to copy; what the task wrote before waits in the pipe. */
    void begin() {
        copier.start();
    }

    Path pipe() {
        return pipe;
    }

    /** Lets go of the agent's own hold on the pipe, so that it ends with the task. */
    synchronized void taskStarted() {
        if (keeper != null) {
            try {
                keeper.close();
            } catch (IOException e) {
                LOG.warn("log pipe not released pipe={} error={}", pipe, e.toString());
            }
            keeper = null;
        }
    }

    /** Gives up a stream that was not begun. */
    @Override
    public void close() {
        taskStarted();
        try (in; files) {
            LOG.debug("log pipe given up pipe={}", pipe);
        } catch (IOException e) {
            LOG.warn("log pipe not closed pipe={} error={}", pipe, e.toString());
        }
    }

    /** Waits until everything is copied, at most for this long: a process that left the group may keep the pipe open. */
    void drain(Duration atMost) throws InterruptedException {
        copier.join(atMost);
    }

    private void copy() {
        byte[] buffer = new byte[BUFFER_BYTES];
        boolean losing = false;
        try (in; files) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                try {
                    files.write(buffer, length);
                    losing = false;
                } catch (IOException e) {
                    if (!losing) {
                        LOG.warn("task output lost pipe={} error={}", pipe, e.toString());
                        losing = true;
                    }
                }
            }
        } catch (IOException e) {
            LOG.warn("task output ended pipe={} error={}", pipe, e.toString());
        }
    }
}
