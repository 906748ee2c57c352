package muster.registry.state;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What the tables' rows share: how names become keys, and sorted immutable maps. */
final class Rows {
    private Rows() {}

    /** Names are one whatever their letter case. */
    static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** A key of several parts, ended by NUL, which no part may hold: one in a name counts as U+FFFD here. */
    static String key(String... parts) {
        StringBuilder key = new StringBuilder();
        for (String part : parts) {
            key.append(part.replace('\0', '\uFFFD')).append('\0');
        }
        return key.toString();
    }

    /** A sorted copy; nulls, which JSON may bring, are left out. */
    static <V> Map<String, V> copy(Map<String, V> map) {
        if (map == null || map.isEmpty()) {
            return Map.of();
        }
        TreeMap<String, V> copy = new TreeMap<>(map);
        copy.values().removeIf(Objects::isNull);
        return Collections.unmodifiableSortedMap(copy);
    }

    /** A copy; nulls, which JSON may bring, are left out. */
    static <T> List<T> copy(List<T> list) {
        return list == null ? List.of() : list.stream().filter(Objects::nonNull).toList();
    }
}
