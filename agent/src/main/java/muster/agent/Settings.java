package muster.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Settings under way: each source (defaults, files in order, flags) puts its values over the earlier ones; lists grow. Names
 * are those of the files. One thread.
 */
final class Settings {
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

    /** Something that is wrong, with where it stands. */
    void problem(String text) {
        problems.add(text);
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise).toString();
    }

    boolean on(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    int number(String name, int otherwise) {
        return values.get(name) instanceof Number number ? number.intValue() : otherwise;
    }

    @SuppressWarnings("unchecked")
    <T> List<T> list(String name) {
        return (List<T>) values.getOrDefault(name, List.of());
    }

    Map<String, String> texts(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (values.get(name) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
        }
        return texts;
    }
}
