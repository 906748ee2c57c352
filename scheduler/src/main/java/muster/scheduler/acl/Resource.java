package muster.scheduler.acl;

import java.util.Locale;

/** What one rule holds for as a whole. */
public enum Resource {
    AGENT, NODE, OPERATOR, PLUGIN, QUOTA;

    /** Nomad's word. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
