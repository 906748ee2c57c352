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

    private record Entry<V>(String key, V value, Entry<V> left, Entry<V> right, int height, int size) {}

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
        return new Table<>(put(root, key, value));
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

    private static <V> Entry<V> put(Entry<V> at, String key, V value) {
        if (at == null) {
            return new Entry<>(key, value, null, null, 1, 1);
        }
        int order = key.compareTo(at.key);
        if (order == 0) {
            return new Entry<>(key, value, at.left, at.right, at.height, at.size);
        }
        return order < 0
                ? balanced(at.key, at.value, put(at.left, key, value), at.right)
                : balanced(at.key, at.value, at.left, put(at.right, key, value));
    }

    private static <V> Entry<V> remove(Entry<V> at, String key) {
        int order = key.compareTo(at.key);
        if (order < 0) {
            return balanced(at.key, at.value, remove(at.left, key), at.right);
        }
        if (order > 0) {
            return balanced(at.key, at.value, at.left, remove(at.right, key));
        }
        if (at.left == null || at.right == null) {
            return at.left == null ? at.right : at.left;
        }
        Entry<V> next = at.right;
        while (next.left != null) {
            next = next.left;
        }
        return balanced(next.key, next.value, at.left, remove(at.right, next.key));
    }

    private static <V> Entry<V> balanced(String key, V value, Entry<V> left, Entry<V> right) {
        int lean = height(left) - height(right);
        if (lean > 1) {
            if (height(left.left) >= height(left.right)) {
                return entry(left.key, left.value, left.left, entry(key, value, left.right, right));
            }
            Entry<V> top = left.right;
            return entry(top.key, top.value, entry(left.key, left.value, left.left, top.left),
                    entry(key, value, top.right, right));
        }
        if (lean < -1) {
            if (height(right.right) >= height(right.left)) {
                return entry(right.key, right.value, entry(key, value, left, right.left), right.right);
            }
            Entry<V> top = right.left;
            return entry(top.key, top.value, entry(key, value, left, top.left),
                    entry(right.key, right.value, top.right, right.right));
        }
        return entry(key, value, left, right);
    }

    private static <V> Entry<V> entry(String key, V value, Entry<V> left, Entry<V> right) {
        return new Entry<>(key, value, left, right, 1 + Math.max(height(left), height(right)), 1 + size(left) + size(right));
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
