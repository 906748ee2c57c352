package muster.registry.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An entry of the KV store (wire: KVPair). The value is not copied and must not be changed.
 *
 * @param flags 64 bits, unsigned
 * @param session the lock's holder, "" when free
 */
public record KeyValue(
        String key, byte[] value, long flags, String session, long lockIndex, long createIndex, long modifyIndex) {
    /** The value as UTF-8 text. */
    public String text() {
        return new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof KeyValue that
                && key.equals(that.key)
                && Arrays.equals(value, that.value)
                && flags == that.flags
                && session.equals(that.session)
                && lockIndex == that.lockIndex
                && createIndex == that.createIndex
                && modifyIndex == that.modifyIndex;
    }

    @Override
    public int hashCode() {
        return key.hashCode() * 31 + Long.hashCode(modifyIndex);
    }
}
