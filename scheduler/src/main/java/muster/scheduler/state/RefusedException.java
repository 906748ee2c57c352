package muster.scheduler.state;

/** A command that the state does not allow. The message is the answer to whoever asked for it; nothing changed. */
public final class RefusedException extends RuntimeException {
    public RefusedException(String message) {
        super(message, null, false, false);
    }
}
