package muster.scheduler.state;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * A sorted map with text keys that never changes: adding or removing makes a new one that shares all but a path with the
 * old (a height-balanced tree). A reader's snapshot is a reference. Lookup, change and the start of a scan cost O(log n).
 */
public final class Table<V> implements Iterable<V> {
    private static final Table<?> EMPTY = new Table<>(null);

    private static final class Entry<V> {
        private final Object owner;
        private String key;
        private V value;
        private Entry<V> left;
        private Entry<V> right;
        private int height;
        private int size;

        Entry(Object owner) {
            this.owner = owner;
        }

        /** With other contents: itself where it is the owner's, else one that is. */
        Entry<V> as(Object changing, String newKey, V newValue, Entry<V> newLeft, Entry<V> newRight) {
            Entry<V> changed = changing != null && owner == changing ? this : new Entry<>(changing);
            changed.key = newKey;
            changed.value = newValue;
            changed.left = newLeft;
            changed.right = newRight;
            changed.height = 1 + Math.max(height(newLeft), height(newRight));
            changed.size = 1 + size(newLeft) + size(newRight);
            return changed;
        }
    }

    private final Entry<V> root;
    /** Worked out from this table by whoever asked last; several threads may work out the same. */
    private volatile Object derived;

    private Table(Entry<V> root) {
        this.root = root;
    }

    @SuppressWarnings("unchecked")
    public static <V> Table<V> empty() {
        return (Table<V>) EMPTY;
    }

    /** What the function makes of this table; remembered for as long as the table is, one thing at a time. */
    public <T> T derived(Class<T> type, Function<Table<V>, T> function) {
        Object known = derived;
        if (!type.isInstance(known)) {
            known = function.apply(this);
            derived = known;
        }
        return type.cast(known);
    }

    public int size() {
        return size(root);
    }

    /** How many entries a look for a key meets at most. */
    int height() {
        return height(root);
    }

    /** The value of the key, null where there is none. */
    public V get(String key) {
        Entry<V> at = root;
        while (at != null) {
            int order = key.compareTo(at.key);
            if (order == 0) {
                return at.value;
            }
            at = order < 0 ? at.left : at.right;
        }
        return null;
    }

    public boolean contains(String key) {
        return get(key) != null;
    }

    public Table<V> with(String key, V value) {
        return with(key, value, null);
    }

    /**
     * As {@link #with(String, Object)}, for who makes many changes and looks at nothing in between: what was made under the same owner is
     * changed in place, so that no table which came about under this owner may be used any more but the last. With the owner forgotten
     * that one never changes again.
     */
    Table<V> with(String key, V value, Object owner) {
        return new Table<>(put(root, key, value, owner));
    }

    public Table<V> without(String key) {
        return contains(key) ? new Table<>(remove(root, key)) : this;
    }

    /** The values of all keys that start so, in the order of the keys. */
    public List<V> startingWith(String prefix) {
        List<V> found = new ArrayList<>();
        scan(root, prefix, (key, value) -> found.add(value));
        return found;
    }

    /** Calls for the values of all keys that start so, in order, until told to stop by false. */
    public void scan(String prefix, BiPredicate<String, V> visitor) {
        scan(root, prefix, visitor);
    }

    /** In the order of the keys. */
    @Override
    public Iterator<V> iterator() {
        return new InOrder<>(root);
    }

    public List<V> values() {
        return startingWith("");
    }

    private static <V> boolean scan(Entry<V> at, String prefix, BiPredicate<String, V> visitor) {
        if (at == null) {
            return true;
        }
        boolean starts = at.key.startsWith(prefix);
        int order = starts ? 0 : at.key.compareTo(prefix);
        if (order >= 0 && !scan(at.left, prefix, visitor)) {
            return false;
        }
        if (starts && !visitor.test(at.key, at.value)) {
            return false;
        }
        return order > 0 || scan(at.right, prefix, visitor);
    }

    private static <V> Entry<V> put(Entry<V> at, String key, V value, Object owner) {
        if (at == null) {
            return new Entry<V>(owner).as(owner, key, value, null, null);
        }
        int order = key.compareTo(at.key);
        if (order == 0) {
            return at.as(owner, key, value, at.left, at.right);
        }
        return order < 0
                ? balanced(at, put(at.left, key, value, owner), at.right, owner)
                : balanced(at, at.left, put(at.right, key, value, owner), owner);
    }

    private static <V> Entry<V> remove(Entry<V> at, String key) {
        int order = key.compareTo(at.key);
        if (order < 0) {
            return balanced(at, remove(at.left, key), at.right, null);
        }
        if (order > 0) {
            return balanced(at, at.left, remove(at.right, key), null);
        }
        if (at.left == null || at.right == null) {
            return at.left == null ? at.right : at.left;
        }
        Entry<V> next = at.right;
        while (next.left != null) {
            next = next.left;
        }
        return balanced(next, at.left, remove(at.right, next.key), null);
    }

    /** An entry with other sides, turned where one has become too high. */
    private static <V> Entry<V> balanced(Entry<V> at, Entry<V> left, Entry<V> right, Object owner) {
        int lean = height(left) - height(right);
        if (lean > 1) {
            Entry<V> inner = left.right;
            if (height(left.left) >= height(inner)) {
                return side(left, left.left, side(at, inner, right, owner), owner);
            }
            Entry<V> innerLeft = inner.left;
            Entry<V> lower = side(at, inner.right, right, owner);
            return side(inner, side(left, left.left, innerLeft, owner), lower, owner);
        }
        if (lean < -1) {
            Entry<V> inner = right.left;
            if (height(right.right) >= height(inner)) {
                return side(right, side(at, left, inner, owner), right.right, owner);
            }
            Entry<V> innerRight = inner.right;
            Entry<V> lower = side(at, left, inner.left, owner);
            return side(inner, lower, side(right, innerRight, right.right, owner), owner);
        }
        return side(at, left, right, owner);
    }

    private static <V> Entry<V> side(Entry<V> at, Entry<V> left, Entry<V> right, Object owner) {
        return at.as(owner, at.key, at.value, left, right);
    }

    private static int height(Entry<?> at) {
        return at == null ? 0 : at.height;
    }

    private static int size(Entry<?> at) {
        return at == null ? 0 : at.size;
    }

    private static final class InOrder<V> implements Iterator<V> {
        private final List<Entry<V>> path = new ArrayList<>();

        InOrder(Entry<V> root) {
            descend(root);
        }

        private void descend(Entry<V> from) {
            for (Entry<V> at = from; at != null; at = at.left) {
                path.add(at);
            }
        }

        @Override
        public boolean hasNext() {
            return !path.isEmpty();
        }

        @Override
        public V next() {
            if (path.isEmpty()) {
                throw new NoSuchElementException();
            }
            Entry<V> at = path.removeLast();
            descend(at.right);
            return at.value;
        }
    }
}
