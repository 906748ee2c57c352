package muster.scheduler.driver;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies one output stream of a task from a named pipe to its files, as it comes. The pipe outlives the agent, and a task whose agent
 * is away goes on until the pipe is full. A disk that is slow slows the task down when the pipe is full; a disk that fails costs
 * lines, never the task, which is told of it once.
 *
 * <p>The pipe is in a folder that no task may write to, lest a link be opened in its place; {@code .TASK.STREAM.fifo} beside the
 * files is a second name of it, for those who look for it there.
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
    private final Consumer<String> trouble;

    /**
     * Opens pipe and files. Once the task has the pipe open, {@link #taskStarted} and {@link #begin} must follow; if it
     * failed to start, {@link #close}.
     *
     * @param trouble takes why lines are lost, once
     */
    LogStream(Posix posix, TaskLaunch.LogTarget target, String task, String stream, Consumer<String> trouble) throws IOException {
        this.trouble = trouble;
        String name = "." + task + "." + stream + ".fifo";
        Path own = target.folder().toAbsolutePath().getParent().resolveSibling(TaskLaunch.PIPES);
        Files.createDirectories(own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        pipe = own.resolve(name);
        if (!posix.makePipe(pipe)) {
            throw new IOException("can't make the named pipe " + pipe);
        }
        show(target.folder().resolve(name));
        files = new RotatingLog(target.folder(), task + "." + stream, target.maxFiles(), target.maxFileBytes());
        // Opening a pipe for reading waits for a writer; one that is opened for both directions never waits.
        keeper = new RandomAccessFile(pipe.toFile(), "rw");
        in = new FileInputStream(pipe.toFile());
        copier = Thread.ofPlatform().daemon().name("log-" + task + "-" + stream).stackSize(STACK_BYTES).unstarted(this::copy);
    }

    private void show(Path second) {
        try {
            Files.deleteIfExists(second);
            Files.createLink(second, pipe);
        } catch (IOException e) {
            LOG.debug("pipe not shown beside the logs pipe={} error={}", second, e.toString());
        }
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
        boolean told = false;
        try (in; files) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                try {
                    files.write(buffer, length);
                    losing = false;
                } catch (IOException e) {
                    if (!losing) {
                        LOG.warn("task output lost pipe={} error={}", pipe, e.toString());
                        losing = true;
                        if (!told) {
                            trouble.accept("Task output is lost: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
                            told = true;
                        }
                    }
                }
            }
        } catch (IOException e) {
            LOG.warn("task output ended pipe={} error={}", pipe, e.toString());
        }
    }
}
