package muster.wire.login;

/** A method's configuration or a proof of identity is not good; the message says why and holds no part of the proof. */
public final class LoginException extends RuntimeException {
    public LoginException(String message) {
        super(message, null, false, false);
    }

    public LoginException(String message, Throwable cause) {
        super(message, cause, false, false);
    }
}
