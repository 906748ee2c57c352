package muster.registry.connect;

import java.time.Instant;

/**
 * A service's certificate with its key. The key is known to who asked for the leaf and to this agent's memory, nowhere else.
 *
 * @param certificate PEM, the leaf and then what leads to older roots
 * @param rootId of the root that signed it
 * @param renewAt when the agent makes another
 * @param index grows with each leaf of the service
 */
public record Leaf(
        String service, String uri, String serial, String certificate, String key, Instant from, Instant until, String rootId,
        Instant renewAt, long index) {
    /** Without the key, which is a secret. */
    @Override
    public String toString() {
        return "Leaf[service=" + service + ", serial=" + serial + ", until=" + until + "]";
    }
}
