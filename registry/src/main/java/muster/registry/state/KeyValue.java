package muster.registry.state;

import java.util.Arrays;
import java.util.Objects;

/**
 * An entry of the KV store. Two entries are equal when all parts are, the value's bytes included.
 *
 * @param value never null; not to be changed by anyone
 * @param flags 64 bits that belong to the client, unsigned
 * @param session who holds the lock; "" for nobody
 * @param lockIndex how often the lock was taken by a new holder
 */
public record KeyValue(
        String key, byte[] value, long flags, String session, long lockIndex, long createIndex, long modifyIndex) {
    private static final byte[] NOTHING = {};

    public KeyValue {
        Objects.requireNonNull(key);
        value = value == null ? NOTHING : value;
        session = session == null ? "" : session;
    }

    /** Whether a put of the other would change nothing that a reader sees. */
    boolean holdsSame(KeyValue other) {
        return flags == other.flags && lockIndex == other.lockIndex && session.equals(other.session)
                && Arrays.equals(value, other.value);
    }

    KeyValue at(long created, long modified) {
        return new KeyValue(key, value, flags, session, lockIndex, created, modified);
    }

    KeyValue lockedBy(String holder, long acquisitions) {
        return new KeyValue(key, value, flags, holder, acquisitions, createIndex, modifyIndex);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof KeyValue other && key.equals(other.key) && holdsSame(other)
                && createIndex == other.createIndex && modifyIndex == other.modifyIndex;
    }

    @Override
    public int hashCode() {
        return Objects.hash(key, modifyIndex, flags);
    }
}
