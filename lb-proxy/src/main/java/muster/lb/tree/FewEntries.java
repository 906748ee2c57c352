package muster.lb.tree;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * A small map in one array, in its order: a tenth of a hash table's size, and as fast for a handful of keys. A registry's tags make several for each
 * of tens of thousands of services. Immutable.
 */
final class FewEntries extends AbstractMap<String, Object> {
    private static final int MOST = 12;

    /** Each key, then its value. */
    private final Object[] lines;

    private FewEntries(Object[] lines) {
        this.lines = lines;
    }

    /** The same entries, small if they are few. */
    static Map<String, Object> of(Map<String, Object> map) {
        if (map instanceof FewEntries || map.size() > MOST) {
            return map;
        }
        if (map.isEmpty()) {
            return Map.of();
        }
        Object[] lines = new Object[map.size() * 2];
        int at = 0;
        for (Entry<String, Object> entry : map.entrySet()) {
            lines[at++] = entry.getKey();
            lines[at++] = entry.getValue();
        }
        return new FewEntries(lines);
    }

    @Override
    public Object get(Object key) {
        for (int i = 0; i < lines.length; i += 2) {
            if (lines[i].equals(key)) {
                return lines[i + 1];
            }
        }
        return null;
    }

    /** No value is null. */
    @Override
    public boolean containsKey(Object key) {
        return get(key) != null;
    }

    @Override
    public int size() {
        return lines.length / 2;
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return FewEntries.this.size();
            }

            @Override
            public Iterator<Entry<String, Object>> iterator() {
                return new Entries();
            }
        };
    }

    private final class Entries implements Iterator<Entry<String, Object>> {
        private int at;

        @Override
        public boolean hasNext() {
            return at < lines.length;
        }

        @Override
        public Entry<String, Object> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            at += 2;
            return Map.entry((String) lines[at - 2], lines[at - 1]);
        }
    }
}
