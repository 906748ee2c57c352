package muster.scheduler.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Both streams of a task, each from a named pipe to its files. */
record TaskOutput(LogStream out, LogStream err) {
    private static final Duration DRAIN = Duration.ofSeconds(1);

    static TaskOutput open(Posix posix, TaskLaunch launch) throws DriverException {
        try {
            LogStream out = new LogStream(posix, launch.logs(), launch.name(), "stdout", launch.grants().progress());
            try {
                return new TaskOutput(out, new LogStream(posix, launch.logs(), launch.name(), "stderr", launch.grants().progress()));
            } catch (IOException e) {
                out.close();
                throw e;
            }
        } catch (IOException e) {
            throw new DriverException("can't capture the task's output: " + e, true);
        }
    }

    /** Lets a task of another user open them anew, as programs do that write to {@code /dev/stdout}. */
    void giveTo(Account account) throws DriverException {
        try {
            for (Path pipe : List.of(out.pipe(), err.pipe())) {
                Files.setAttribute(pipe, "unix:uid", account.uid());
                Files.setAttribute(pipe, "unix:gid", account.gid());
            }
        } catch (IOException e) {
            throw new DriverException("can't give the task's output pipes to user " + account.name() + ": " + e, false);
        }
    }

    /** The task has both open: what it writes is copied from now on. */
    void begin() {
        out.taskStarted();
        err.taskStarted();
        out.begin();
        err.begin();
    }

    /** Waits a moment for what is still to be copied. */
    void drain() throws InterruptedException {
        out.drain(DRAIN);
        err.drain(DRAIN);
    }

    /** Gives up what was not begun. */
    void close() {
        out.close();
        err.close();
    }
}
