package muster.raft;

import java.util.Objects;

/** What is attached to a log under a name: the codec and the state machine. Touched by the applying thread alone. */
record Part<C, R>(String name, CommandCodec<C> codec, StateMachine<C, R> machine) {
    Part {
        Objects.requireNonNull(name);
        Objects.requireNonNull(codec);
        Objects.requireNonNull(machine);
    }

    /**
     * Applies a command from its bytes: what was written is what is applied, here now and everywhere later. The state
     * machine's own exceptions are outcomes; bytes that can't be read are not, since other servers may have read them.
     */
    Outcome apply(long index, byte[] bytes) {
        C command;
        try {
            command = codec.decode(bytes);
        } catch (RuntimeException e) {
            throw new IllegalStateException("the command at index " + index + " of part " + name + " can't be read: "
                    + e.getMessage() + "; a newer version wrote it, or its codec reads less than it writes", e);
        }
        try {
            return new Outcome.Done(index, machine.apply(index, command));
        } catch (RuntimeException e) {
            return new Outcome.Refused(e);
        }
    }
}
