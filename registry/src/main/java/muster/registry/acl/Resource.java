package muster.registry.acl;

import java.util.Locale;

/** What rules are about. (Consul: ACL rules) */
public enum Resource {
    ACL, AGENT, EVENT, INTENTION, KEY, KEYRING, NODE, OPERATOR, QUERY, SERVICE, SESSION;

    /** Whether one rule holds for all of it, so that its permissions name nothing. */
    public boolean isWhole() {
        return this == ACL || this == KEYRING || this == OPERATOR;
    }

    /** Consul's word. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
