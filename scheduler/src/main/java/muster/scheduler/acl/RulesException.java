package muster.scheduler.acl;

/** A text that is no policy; the message is the original's, to be shown to who wrote it. */
public final class RulesException extends RuntimeException {
    RulesException(String message) {
        super(message, null, false, false);
    }
}
