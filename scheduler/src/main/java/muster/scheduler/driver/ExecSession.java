package muster.scheduler.driver;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * A command that runs beside a task, in its environment and with what it may see, for somebody who talks to it. Thread-safe; its
 * streams may hold a virtual thread's carrier while they wait, so platform threads should read and write them.
 */
public interface ExecSession extends AutoCloseable {
    /** What the command writes; with a terminal everything that would be shown. Ends when nobody writes any more. */
    InputStream output();

    /** What it writes to its standard error; empty with a terminal. */
    InputStream errors();

    /** Its standard input. Closing it ends the input; with a terminal it does nothing, there the sign for that is control-D. */
    OutputStream input();

    /** Tells the terminal's size in letters; nothing without a terminal. */
    void resize(int rows, int columns);

    /**
     * Waits for the command's end. Descendants may still hold its output open then; {@link #close} ends them.
     *
     * @return its exit code, 128 + signal when a signal ended it
     */
    int await() throws InterruptedException;

    /** Kills what still runs of it and ends the streams. Idempotent. */
    @Override
    void close();
}
