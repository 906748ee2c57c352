package muster.registry.agent;

/** The agent refuses a request; the message is for the caller, the status that of Consul's HTTP API. */
public final class RefusedException extends RuntimeException {
    private final int status;

    public RefusedException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
