package muster.scheduler.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the records of a job and of the state do with their parts: Go's zero values, and copies of collections. */
public final class Values {
    private Values() {}

    /** Go's text is never null. */
    public static String text(String value) {
        return value == null ? "" : value;
    }

    /** Go's duration is never null. */
    public static Duration duration(Duration value) {
        return value == null ? Duration.ZERO : value;
    }

    /** An unchangeable copy that keeps null apart from empty, as the originals' JSON does, and may hold nulls. */
    public static <T> List<T> list(List<T> value) {
        return value == null ? null : Collections.unmodifiableList(new ArrayList<>(value));
    }

    /** An unchangeable copy in the same order; null stays null. */
    public static <T> Map<String, T> map(Map<String, T> value) {
        return value == null || value instanceof FrozenMap<T> ? value : new FrozenMap<>(value);
    }

    /** As {@link #map}, without the entries that hold null: a part that was named but not given. */
    public static <T> Map<String, T> given(Map<String, T> value) {
        if (value == null) {
            return null;
        }
        Map<String, T> given = new LinkedHashMap<>(value);
        given.values().removeIf(Objects::isNull);
        return Collections.unmodifiableMap(given);
    }

    /** The list itself, or an empty one for null: to read from it. */
    public static <T> List<T> orEmpty(List<T> value) {
        return value == null ? List.of() : value;
    }

    /** The map itself, or an empty one for null: to read from it. */
    public static <T> Map<String, T> orEmpty(Map<String, T> value) {
        return value == null ? Map.of() : value;
    }
}
