package muster.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Settings under way: each source (defaults, files in order, flags) puts its values over the earlier ones; lists grow. Names
 * are the paths of the files' keys. One thread.
 */
final class Settings {
    private static final int MOST_PROBLEMS = 100;

    private final Map<String, Object> values = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    void set(String name, Object value) {
        values.put(name, value);
    }

    @SuppressWarnings("unchecked")
    void append(String name, List<?> items) {
        ((List<Object>) values.computeIfAbsent(name, n -> new ArrayList<>())).addAll(items);
    }

    @SuppressWarnings("unchecked")
    void merge(String name, Map<String, ?> entries) {
        ((Map<String, Object>) values.computeIfAbsent(name, n -> new LinkedHashMap<String, Object>())).putAll(entries);
    }

    /** Something that is wrong, with where it stands. Nobody reads more than a hundred. */
    void problem(String text) {
        if (problems.size() < MOST_PROBLEMS && !problems.contains(text)) {
            problems.add(text);
        }
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** Whether any name below the given one is set. */
    boolean hasSection(String name) {
        return values.keySet().stream().anyMatch(path -> path.startsWith(name + "."));
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise).toString();
    }

    boolean on(String name) {
        return on(name, false);
    }

    boolean on(String name, boolean otherwise) {
        return values.get(name) instanceof Boolean on ? on : otherwise;
    }

    int number(String name, int otherwise) {
        return values.get(name) instanceof Number number ? Math.clamp(number.longValue(), Integer.MIN_VALUE, Integer.MAX_VALUE) : otherwise;
    }

    Duration duration(String name, Duration otherwise) {
        return values.get(name) instanceof Duration duration ? duration : otherwise;
    }

    @SuppressWarnings("unchecked")
    <T> List<T> list(String name) {
        return (List<T>) values.getOrDefault(name, List.of());
    }

    Map<String, Object> map(String name) {
        Map<String, Object> entries = new LinkedHashMap<>();
        if (values.get(name) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> entries.put(String.valueOf(key), value));
        }
        return entries;
    }

    Map<String, String> texts(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (values.get(name) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
        }
        return texts;
    }
}
