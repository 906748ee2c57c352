package muster.raft;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A part's state. One thread calls {@link #apply} in log order; {@link #save} and {@link #restore} never run beside it.
 * Nothing in here may look at a clock, at random numbers or at anything but the state and the command.
 */
public interface StateMachine<C, R> {
    /** Applies a command at its log index. What it throws is the answer to the proposer and leaves the state unchanged. */
    R apply(long index, C command);

    /** Called after each batch of entries was applied, with the newest index: the moment to publish and wake waiters. */
    void published(long index);

    /** Writes the whole state, with a version of its form in front. Does not close the stream. */
    void save(OutputStream out) throws IOException;

    /** Replaces the whole state by one that {@link #save} of this or an earlier version wrote. Does not close the stream. */
    void restore(InputStream in) throws IOException;
}
