package muster.wire.filter;

/** An expression that is none, or that asks for what the rows do not have. The message is Consul's, for the client. */
public final class FilterException extends RuntimeException {
    FilterException(String reason) {
        super("Failed to create boolean expression evaluator: " + reason, null, false, false);
    }
}
