package muster.registry.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The KV store: entries in the byte order of their keys, and tombstones, which remember when a key was deleted so that
 * the index of a prefix grows with a deletion under it. Immutable.
 *
 * @param entries by key
 * @param tombstones by key: the index of its deletion
 * @param byLock keys by the session that holds them: {@code session NUL key}
 * @param lastIndex the newest index at which the table changed; 0 for never
 */
public record KeyValues(
        RadixTree<KeyValue> entries, RadixTree<Tombstone> tombstones, RadixTree<String> byLock, long lastIndex) {
    static final KeyValues EMPTY = new KeyValues(RadixTree.empty(), RadixTree.empty(), RadixTree.empty(), 0);

    /** One entry. */
    public Optional<KeyValue> get(String key) {
        return entries.get(key);
    }

    /** Entries whose keys start with the prefix, in byte order. */
    public List<KeyValue> under(String prefix) {
        return entries.under(prefix);
    }

    /**
     * Keys that start with the prefix, in byte order; with a separator that is not empty, each cut after the first
     * separator behind the prefix, and such a cut listed once.
     */
    public List<String> keys(String prefix, String separator) {
        List<String> keys = new ArrayList<>();
        entries.scan(RadixTree.bytes(prefix), entry -> {
            String key = entry.key();
            int cut = separator.isEmpty() ? -1 : key.indexOf(separator, prefix.length());
            String shown = cut < 0 ? key : key.substring(0, cut + separator.length());
            if (keys.isEmpty() || !keys.getLast().equals(shown)) {
                keys.add(shown);
            }
            return true;
        });
        return keys;
    }

    /** The index of a prefix: the newest change or deletion under it, or the table's when there is neither. */
    public long indexUnder(String prefix) {
        byte[] bytes = RadixTree.bytes(prefix);
        long index = Math.max(entries.maxIndex(bytes), tombstones.maxIndex(bytes));
        return index == 0 ? lastIndex : index;
    }

    /** The index of a key: its ModifyIndex, or the table's when it is absent. */
    public long indexOf(String key) {
        return get(key).map(KeyValue::modifyIndex).orElse(lastIndex);
    }

    /** The keys that a session holds, in byte order. */
    public List<String> lockedBy(String session) {
        return byLock.under(lock(session, ""));
    }

    static String lock(String session, String key) {
        return session + '\0' + key;
    }

    /** That a key was deleted, and when. */
    public record Tombstone(String key, long deletedAt) {}

    /** Changes at one index. Owned by the command that is applied. */
    static final class Draft {
        private final RadixTree.Editor<KeyValue> entries;
        private final RadixTree.Editor<Tombstone> tombstones;
        private final RadixTree.Editor<String> byLock;
        private final long index;
        private final Changes.Builder changes;
        private long lastIndex;

        Draft(KeyValues from, long index, Changes.Builder changes) {
            entries = from.entries.edit();
            tombstones = from.tombstones.edit();
            byLock = from.byLock.edit();
            lastIndex = from.lastIndex;
            this.index = index;
            this.changes = changes;
        }

        KeyValues done() {
            return new KeyValues(entries.done(), tombstones.done(), byLock.done(), lastIndex);
        }

        Optional<KeyValue> get(String key) {
            return entries.get(key);
        }

        List<KeyValue> under(String prefix) {
            return entries.under(prefix);
        }

        List<String> lockedBy(String session) {
            return byLock.under(lock(session, ""));
        }

        /** A plain put: the lock's holder stays, the count of acquisitions does not. */
        KeyValue set(String key, byte[] value, long flags) {
            String session = get(key).map(KeyValue::session).orElse("");
            return store(new KeyValue(key, value, flags, session, 0, 0, 0));
        }

        /** Stores an entry unless it is there already; what is stored comes back. */
        KeyValue store(KeyValue entry) {
            Optional<KeyValue> present = get(entry.key());
            if (present.isPresent() && present.get().holdsSame(entry)) {
                return present.get();
            }
            KeyValue stored = entry.at(present.map(KeyValue::createIndex).orElse(index), index);
            String before = present.map(KeyValue::session).orElse("");
            if (!before.equals(stored.session())) {
                relock(stored.key(), before, stored.session());
            }
            entries.put(stored.key(), stored, index);
            touched(stored.key());
            return stored;
        }

        void delete(String key) {
            Optional<KeyValue> present = get(key);
            if (present.isEmpty()) {
                return;
            }
            entries.remove(key);
            relock(key, present.get().session(), "");
            tombstones.put(key, new Tombstone(key, index), index);
            touched(key);
        }

        void deleteTree(String prefix) {
            for (KeyValue entry : entries.under(prefix)) {
                delete(entry.key());
            }
        }

        void collectTombstones(long upTo) {
            List<String> old = new ArrayList<>();
            for (Tombstone tombstone : tombstones.under("")) {
                if (tombstone.deletedAt() <= upTo) {
                    old.add(tombstone.key());
                }
            }
            old.forEach(tombstones::remove);
        }

        private void relock(String key, String before, String after) {
            if (!before.isEmpty()) {
                byLock.remove(lock(before, key));
            }
            if (!after.isEmpty()) {
                byLock.put(lock(after, key), key, index);
            }
        }

        private void touched(String key) {
            lastIndex = index;
            changes.touch(new Part.Key(key));
            changes.touch(Part.Table.KEYS);
        }
    }
}
