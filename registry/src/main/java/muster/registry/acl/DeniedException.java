package muster.registry.acl;

/**
 * A request is refused for lack of rights. The message is Consul's text for clients; the
 * reason says more and holds no secret.
 */
public final class DeniedException extends RuntimeException {
    private final int status;
    private final String reason;

    private DeniedException(int status, String text, String reason) {
        super(text, null, false, false);
        this.status = status;
        this.reason = reason;
    }

    /** A token lacks a permission. */
    static DeniedException lacks(Caller caller, Permission permission) {
        return new DeniedException(403, "Permission denied", reason(caller, permission));
    }

    /** The same in words of an endpoint's own. */
    public static DeniedException lacks(Caller caller, Permission permission, String text) {
        return new DeniedException(403, text, reason(caller, permission));
    }

    /** No token has the secret that was given, or it has expired. */
    static DeniedException unknownToken() {
        return new DeniedException(403, "ACL not found",
                "no token has the secret that came with the request, or it has expired");
    }

    /** What the right would depend on is not there. */
    public static DeniedException unknown(String text) {
        return new DeniedException(500, text, "the permission that is needed depends on what does not exist");
    }

    private static String reason(Caller caller, Permission permission) {
        return (caller.isAnonymous() ? "anonymous token" : "token with AccessorID '" + caller.accessor() + "'")
                + " lacks permission " + permission;
    }

    /** 403, or 500 where the original has no better. */
    public int status() {
        return status;
    }

    /** Which token lacks which permission on what. */
    public String reason() {
        return reason;
    }
}
