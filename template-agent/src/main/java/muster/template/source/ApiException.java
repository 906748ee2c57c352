package muster.template.source;

/** The API can't be reached or refused. */
public final class ApiException extends RuntimeException {
    private final int status;

    /** @param status that of the refusal, or 0 when there was no answer */
    public ApiException(String message, int status, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** The HTTP status of the refusal, or 0 when there was no answer. */
    public int status() {
        return status;
    }
}
