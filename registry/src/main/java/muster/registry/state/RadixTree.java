package muster.registry.state;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * An immutable radix tree from bytes to values, ordered by unsigned bytes. Each value carries the log index of its last
 * change, and each branch knows the greatest index below it, so that "when did anything under this prefix change" costs
 * one descent. A tree is a snapshot for ever; changes copy the path to the root and share the rest.
 *
 * <p>Several changes that belong together go through one {@link Editor}, which copies a branch only the first time it
 * meets it and afterwards changes its own copy.
 */
public final class RadixTree<V> {
    private static final byte[] NO_BYTES = {};

    private final Branch<V> root;
    private final int size;

    RadixTree(Branch<V> root, int size) {
        this.root = root;
        this.size = size;
    }

    /** A tree with nothing in it. */
    public static <V> RadixTree<V> empty() {
        return new RadixTree<>(new Branch<>(null, NO_BYTES), 0);
    }

    /** The bytes that a text has as a key. */
    public static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    /** How many values there are. */
    public int size() {
        return size;
    }

    /** The value of a key. */
    public Optional<V> get(byte[] key) {
        Branch<V> found = descend(key, false);
        return found == null ? Optional.empty() : Optional.ofNullable(found.value);
    }

    /** The value of a key. */
    public Optional<V> get(String key) {
        return get(bytes(key));
    }

    /** The greatest index of a value under the prefix; 0 when there is none. */
    public long maxIndex(byte[] prefix) {
        Branch<V> found = descend(prefix, true);
        return found == null ? 0 : found.maxIndex;
    }

    /** The greatest index in the tree; 0 when it is empty. */
    public long maxIndex() {
        return root.maxIndex;
    }

    /** The values under a prefix, in the order of their keys. */
    public List<V> under(byte[] prefix) {
        List<V> values = new ArrayList<>();
        scan(prefix, value -> {
            values.add(value);
            return true;
        });
        return values;
    }

    /** The values under a prefix, in the order of their keys. */
    public List<V> under(String prefix) {
        return under(bytes(prefix));
    }

    /** All values, in the order of their keys. */
    public List<V> all() {
        return under(NO_BYTES);
    }

    /** Visits the values under a prefix in order until the visitor returns false. */
    public void scan(byte[] prefix, Predicate<? super V> visitor) {
        Branch<V> found = descend(prefix, true);
        if (found != null) {
            found.visit(visitor);
        }
    }

    /** Starts a series of changes. One thread; the tree itself stays as it is. */
    public Editor<V> edit() {
        return new Editor<>(root, size);
    }

    /** The branch at the key, or with {@code within} the first one at or below it; null when there is none. */
    private Branch<V> descend(byte[] key, boolean within) {
        Branch<V> at = root;
        int depth = 0;
        while (depth < key.length) {
            int slot = at.slot(key[depth]);
            if (slot < 0) {
                return null;
            }
            Branch<V> next = at.children[slot];
            int common = common(next.label, key, depth);
            if (common < next.label.length) {
                return within && depth + common == key.length ? next : null;
            }
            depth += common;
            at = next;
        }
        return at;
    }

    private static int common(byte[] label, byte[] key, int from) {
        int end = Math.min(label.length, key.length - from);
        int mismatch = Arrays.mismatch(label, 0, end, key, from, from + end);
        return mismatch < 0 ? end : mismatch;
    }

    /**
     * A series of changes on a tree. Owned by one thread. {@link #done} gives the changed tree; the editor may be used
     * further, without touching trees that it has given away.
     */
    public static final class Editor<V> {
        private Object owner = new Object();
        private Branch<V> root;
        private int size;

        private Editor(Branch<V> root, int size) {
            this.root = root;
            this.size = size;
        }

        /** Sets a value, changed at the index. */
        public void put(byte[] key, V value, long index) {
            root = put(root, key, 0, value, index);
        }

        /** As {@link #put(byte[], Object, long)}. */
        public void put(String key, V value, long index) {
            put(bytes(key), value, index);
        }

        /** Removes a value; returns whether there was one. */
        public boolean remove(byte[] key) {
            int before = size;
            Branch<V> left = remove(root, key, 0);
            root = left == null ? new Branch<>(owner, NO_BYTES) : left;
            return size < before;
        }

        /** As {@link #remove(byte[])}. */
        public boolean remove(String key) {
            return remove(bytes(key));
        }

        /** The tree as it is now. */
        public RadixTree<V> done() {
            owner = new Object();
            return new RadixTree<>(root, size);
        }

        /** The value of a key as it is now. */
        public Optional<V> get(byte[] key) {
            return new RadixTree<>(root, size).get(key);
        }

        /** As {@link #get(byte[])}. */
        public Optional<V> get(String key) {
            return get(bytes(key));
        }

        /** The values under a prefix as they are now, as a list of its own: changes while walking it are fine. */
        public List<V> under(String prefix) {
            return new RadixTree<>(root, size).under(prefix);
        }

        /** The greatest index in the tree as it is now; 0 when it is empty. */
        public long maxIndex() {
            return root.maxIndex;
        }

        private Branch<V> put(Branch<V> branch, byte[] key, int depth, V value, long index) {
            Branch<V> mine = branch.ownedBy(owner);
            if (depth == key.length) {
                if (mine.value == null) {
                    size++;
                }
                mine.value = value;
                mine.index = index;
            } else {
                int slot = mine.slot(key[depth]);
                if (slot < 0) {
                    Branch<V> leaf = new Branch<>(owner, Arrays.copyOfRange(key, depth, key.length));
                    leaf.value = value;
                    leaf.index = index;
                    leaf.maxIndex = index;
                    mine.insert(-slot - 1, leaf);
                    size++;
                } else {
                    Branch<V> child = mine.children[slot];
                    int common = common(child.label, key, depth);
                    if (common < child.label.length) {
                        child = child.split(owner, common);
                    }
                    mine.children[slot] = put(child, key, depth + common, value, index);
                }
            }
            return mine.changedAt(index);
        }

        /** The branch without the key; null when nothing is left of it. */
        private Branch<V> remove(Branch<V> branch, byte[] key, int depth) {
            if (depth == key.length) {
                if (branch.value == null) {
                    return branch;
                }
                Branch<V> mine = branch.ownedBy(owner);
                mine.value = null;
                mine.index = 0;
                size--;
                return mine.shrink(owner);
            }
            int slot = branch.slot(key[depth]);
            if (slot < 0) {
                return branch;
            }
            Branch<V> child = branch.children[slot];
            int common = common(child.label, key, depth);
            if (common < child.label.length) {
                return branch;
            }
            int before = size;
            Branch<V> left = remove(child, key, depth + common);
            if (size == before) {
                return branch;
            }
            Branch<V> mine = branch.ownedBy(owner);
            if (left == null) {
                mine.drop(slot);
            } else {
                mine.children[slot] = left;
            }
            return depth == 0 ? mine.measure() : mine.shrink(owner);
        }
    }
}
