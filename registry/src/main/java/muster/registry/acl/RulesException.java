package muster.registry.acl;

/** Text that is no rules; the message says what is wrong, in Consul's words. */
public final class RulesException extends RuntimeException {
    RulesException(String message) {
        super(message, null, false, false);
    }
}
