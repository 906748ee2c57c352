package muster.cli;

/** The API did not answer, or with an error; the message is what the originals print. */
final class ApiException extends RuntimeException {
    private final int status;

    ApiException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** The HTTP status, 0 when there was no answer. */
    int status() {
        return status;
    }
}
