package muster.raft.members;

/** Another agent did not do what it was asked, or nobody knows whether it did. */
public final class AskException extends RuntimeException {
    /** What is known. */
    public enum Reason {
        /** It did not get the question. */
        NOT_SENT,
        /** It may have got the question; the connection ended before the answer. */
        LOST,
        /** It answered that it will not; the message is its text. */
        REFUSED
    }

    private final Reason reason;

    public AskException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
