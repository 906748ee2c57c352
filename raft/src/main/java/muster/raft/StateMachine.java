package muster.raft;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A part's state. One thread calls {@link #apply} in log order; {@link #held} and {@link #restore} never run beside it.
 * Nothing in here may look at a clock, at random numbers or at anything but the state and the command.
 */
public interface StateMachine<C, R> {
    /** Applies a command at its log index. What it throws is the answer to the proposer and leaves the state unchanged. */
    R apply(long index, C command);

    /** Called after each batch of entries was applied, with the newest index: the moment to publish and wake waiters. */
    void published(long index);

    /** A state that is written. */
    @FunctionalInterface
    interface Held {
        /** Writes the whole state, with a version of its form in front. Does not close the stream. Once, on any thread. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * The whole state as it is now. It is written beside what is applied later, so this takes hold of a value and copies as little
     * as it can.
     */
    Held held();

    /** Writes the whole state as it is now. */
    default void save(OutputStream out) throws IOException {
        held().writeTo(out);
    }

    /** Replaces the whole state by one that {@link #held} of this or an earlier version wrote. Does not close the stream. */
    void restore(InputStream in) throws IOException;
}
