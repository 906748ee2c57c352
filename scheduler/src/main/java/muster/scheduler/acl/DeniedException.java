package muster.scheduler.acl;

/** A request is refused for lack of rights. The message is Nomad's text for clients; the reason says more and holds no secret. */
public final class DeniedException extends RuntimeException {
    private final String reason;

    private DeniedException(String text, String reason) {
        super(text, null, false, false);
        this.reason = reason;
    }

    /** A token lacks a permission. */
    public static DeniedException lacks(Caller caller, String what) {
        return new DeniedException("Permission denied", (caller.isAnonymous() ? "anonymous token"
                : "token with AccessorID '" + caller.accessor() + "'") + " lacks permission " + what);
    }

    /** As a server told it. */
    public static DeniedException told(String text, String reason) {
        return new DeniedException(text, reason);
    }

    /** No token has the secret that was given. */
    static DeniedException unknownToken() {
        return new DeniedException("ACL token not found", "no token has the secret that came with the request");
    }

    /** The token had its time. */
    static DeniedException expired(String accessor) {
        return new DeniedException("ACL token expired", "token with AccessorID '" + accessor + "' has expired");
    }

    /** Which token lacks which permission on what. */
    public String reason() {
        return reason;
    }
}
