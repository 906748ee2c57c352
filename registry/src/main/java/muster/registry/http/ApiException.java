package muster.registry.http;

/** A request that is answered with a status and Consul's bare text. */
public final class ApiException extends RuntimeException {
    private final int status;

    public ApiException(int status, String text) {
        super(text, null, false, false);
        this.status = status;
    }

    public int status() {
        return status;
    }

    /** 400: the HTTP layer itself rejects it. */
    public static ApiException badRequest(String text) {
        return new ApiException(400, text);
    }

    /** 500: the server side refuses it. */
    public static ApiException refused(String text) {
        return new ApiException(500, text);
    }
}
