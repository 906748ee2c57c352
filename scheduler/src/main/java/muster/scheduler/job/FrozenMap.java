package muster.scheduler.job;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A map that nobody can change any more, so that records may share it instead of copying it again. In its first order. */
final class FrozenMap<T> extends AbstractMap<String, T> {
    private final LinkedHashMap<String, T> entries;

    FrozenMap(Map<String, T> from) {
        entries = new LinkedHashMap<>(from);
    }

    @Override
    public Set<Map.Entry<String, T>> entrySet() {
        return Collections.unmodifiableMap(entries).entrySet();
    }

    @Override
    public T get(Object key) {
        return entries.get(key);
    }

    @Override
    public boolean containsKey(Object key) {
        return entries.containsKey(key);
    }

    @Override
    public int size() {
        return entries.size();
    }
}
