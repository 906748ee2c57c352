package muster.registry.client;

/** The registry can't be reached, has no leader, or refused. */
public final class RegistryException extends RuntimeException {
    private final int status;

    public RegistryException(String message, int status, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** The HTTP status of the refusal, or 0 when there was no answer. */
    public int status() {
        return status;
    }
}
