package muster.registry.state;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
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

    static <V> Map<String, V> copy(Map<String, V> map) {
        return map == null || map.isEmpty() ? Map.of() : Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
