package muster.lb.tree;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.wire.GoDuration;

/**
 * A section's values by key, in the letters of its shape: texts, booleans, longs, doubles, durations, lists, maps, sections. Made by
 * {@link TreeReader}, so a getter that fits the shape never fails. Immutable by agreement.
 */
public record Values(Map<String, Object> map) {
    public static final Values NONE = new Values(Map.of());

    /** @param map not to be changed any more; no value is null */
    public Values {
        map = FewEntries.of(map);
    }

    public boolean has(String key) {
        return map.containsKey(key);
    }

    /** "" when it is not set. */
    public String text(String key) {
        return (String) map.getOrDefault(key, "");
    }

    public boolean flag(String key) {
        return Boolean.TRUE.equals(map.get(key));
    }

    /** Whether it is true or not set. */
    public boolean flagOrTrue(String key) {
        return !Boolean.FALSE.equals(map.get(key));
    }

    /** 0 when it is not set. */
    public long whole(String key) {
        return (Long) map.getOrDefault(key, 0L);
    }

    public long whole(String key, long missing) {
        return (Long) map.getOrDefault(key, missing);
    }

    public Optional<Duration> duration(String key) {
        return Optional.ofNullable((Duration) map.get(key));
    }

    @SuppressWarnings("unchecked")
    public List<String> texts(String key) {
        return (List<String>) map.getOrDefault(key, List.of());
    }

    @SuppressWarnings("unchecked")
    public Map<String, String> textMap(String key) {
        return (Map<String, String>) map.getOrDefault(key, Map.of());
    }

    /** A section below; empty when it is not set. */
    public Optional<Values> section(String key) {
        return Optional.ofNullable((Values) map.get(key));
    }

    /** A section below, without values when it is not set. */
    public Values sectionOrNone(String key) {
        return section(key).orElse(NONE);
    }

    /** A list of sections. */
    @SuppressWarnings("unchecked")
    public List<Values> sections(String key) {
        return (List<Values>) map.getOrDefault(key, List.of());
    }

    /** Sections by name. */
    @SuppressWarnings("unchecked")
    public Map<String, Values> named(String key) {
        return (Map<String, Values>) map.getOrDefault(key, Map.of());
    }

    /** The same without a key. */
    public Values without(String key) {
        Map<String, Object> other = new LinkedHashMap<>(map);
        other.remove(key);
        return new Values(other);
    }

    /** The same with another value. */
    public Values with(String key, Object value) {
        Map<String, Object> other = new LinkedHashMap<>(map);
        other.put(key, value);
        return new Values(other);
    }

    /** As JSON shows it: maps, lists, texts, numbers, booleans; durations as Go writes them. */
    public Map<String, Object> shown() {
        Map<String, Object> shown = new LinkedHashMap<>();
        map.forEach((key, value) -> shown.put(key, shown(value)));
        return shown;
    }

    private static Object shown(Object value) {
        return switch (value) {
            case Values values -> values.shown();
            case Duration duration -> GoDuration.format(duration);
            case List<?> list -> list.stream().map(Values::shown).toList();
            case Map<?, ?> other -> {
                Map<String, Object> shown = new LinkedHashMap<>();
                other.forEach((key, inner) -> shown.put((String) key, shown(inner)));
                yield shown;
            }
            default -> value;
        };
    }
}
