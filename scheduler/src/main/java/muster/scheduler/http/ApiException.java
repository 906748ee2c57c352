package muster.scheduler.http;

/** An answer that is an error: a status and the original's text. */
final class ApiException extends RuntimeException {
    private final int status;

    ApiException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }

    static ApiException invalidMethod() {
        return new ApiException(405, "Invalid method");
    }
}
