package muster.registry.acl;

import java.util.Locale;

/** What is to be done with a resource, the weakest first; a right to one of them is a right to those before it. */
public enum Access {
    READ, LIST, WRITE;

    /** Consul's word. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
