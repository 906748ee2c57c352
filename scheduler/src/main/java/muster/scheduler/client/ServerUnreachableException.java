package muster.scheduler.client;

/** No server could take the call. It had no effect; it may be made again. */
public final class ServerUnreachableException extends RuntimeException {
    public ServerUnreachableException(String message, Throwable cause) {
        super(message, cause, false, false);
    }
}
