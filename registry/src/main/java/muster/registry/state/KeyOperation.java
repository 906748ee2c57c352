package muster.registry.state;

import java.util.Locale;
import java.util.Objects;

/**
 * One operation on the KV store.
 *
 * @param value for verbs that set
 * @param flags for verbs that set; unsigned
 * @param index for the verbs that compare it
 * @param session for the verbs that lock or check a lock
 */
public record KeyOperation(Verb verb, String key, byte[] value, long flags, long index, String session) {
    private static final byte[] NOTHING = {};

    /** Consul's verbs. */
    public enum Verb {
        SET, CAS, LOCK, UNLOCK, GET, GET_TREE, CHECK_INDEX, CHECK_SESSION, CHECK_NOT_EXISTS, DELETE, DELETE_TREE, DELETE_CAS;

        /** The word in a transaction. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Whether it leaves the store as it is. */
        public boolean readsOnly() {
            return switch (this) {
                case GET, GET_TREE, CHECK_INDEX, CHECK_SESSION, CHECK_NOT_EXISTS -> true;
                case SET, CAS, LOCK, UNLOCK, DELETE, DELETE_TREE, DELETE_CAS -> false;
            };
        }
    }

    public KeyOperation {
        Objects.requireNonNull(verb);
        key = key == null ? "" : key;
        value = value == null ? NOTHING : value;
        session = session == null ? "" : session;
    }

    /** Sets a key. */
    public static KeyOperation set(String key, byte[] value, long flags) {
        return new KeyOperation(Verb.SET, key, value, flags, 0, "");
    }

    /** Sets a key if it was last changed at the index; 0 means only if it is absent. */
    public static KeyOperation compareAndSet(String key, byte[] value, long flags, long index) {
        return new KeyOperation(Verb.CAS, key, value, flags, index, "");
    }

    /** Deletes a key. */
    public static KeyOperation delete(String key) {
        return new KeyOperation(Verb.DELETE, key, NOTHING, 0, 0, "");
    }

    /** Deletes all keys under a prefix. */
    public static KeyOperation deleteTree(String prefix) {
        return new KeyOperation(Verb.DELETE_TREE, prefix, NOTHING, 0, 0, "");
    }
}
