package muster.lb.proxy;

/** Bytes that are not the message they should be. Thrown often under attack, so it has no stack trace. */
final class BadMessage extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;

    /** @param status a client gets for it */
    BadMessage(int status, String text) {
        super(text, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
