package muster.raft;

/**
 * The command is in the log, but this server stopped before it knew whether the command is committed. It may take effect, or
 * may have; who proposed it has to read before proposing it again.
 */
public final class OutcomeUnknownException extends RuntimeException {
    public OutcomeUnknownException(String message) {
        super(message, null, false, false);
    }
}
