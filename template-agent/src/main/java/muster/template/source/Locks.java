package muster.template.source;

import java.time.Duration;

/** The registry's sessions and locks. Calls block; all throw {@link ApiException} where it fails. */
public interface Locks extends AutoCloseable {
    /** A new session; the keys that it holds are deleted when it ends. */
    String create(Duration ttl) throws InterruptedException;

    /** Whether the session is still there; it then lives on for its time. */
    boolean renew(String session) throws InterruptedException;

    void destroy(String session) throws InterruptedException;

    /** Sets the key and holds it. Whether it is held by this session now; if not, nothing was set. */
    boolean acquire(String key, byte[] value, String session) throws InterruptedException;

    @Override
    void close();
}
