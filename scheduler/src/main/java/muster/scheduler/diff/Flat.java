package muster.scheduler.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import muster.wire.GoFloat;

/** A JSON object's scalar members as lines of text: {@code Priority}, {@code Meta[a]}, {@code args[0]}. */
final class Flat {
    private Flat() {}

    /**
     * The scalars of an object, and those of the text-keyed maps that are named; other objects, lists and what is null are
     * left out. An absent object has none.
     */
    static Map<String, String> scalars(Map<String, Object> object, Set<String> without, Set<String> maps) {
        Map<String, String> flat = new TreeMap<>();
        if (object != null) {
            object.forEach((name, value) -> {
                if (value == null || value instanceof List<?> || without.contains(name)) {
                    return;
                }
                if (value instanceof Map<?, ?> map) {
                    if (maps.contains(name)) {
                        map.forEach((key, item) -> flat.put(name + "[" + key + "]", text(item)));
                    }
                } else {
                    flat.put(name, text(value));
                }
            });
        }
        return flat;
    }

    /** Every scalar at any depth, as a task's free-form configuration is compared. */
    static Map<String, String> deep(Map<String, Object> object) {
        Map<String, String> flat = new TreeMap<>();
        if (object != null) {
            object.forEach((name, value) -> deep(name, value, flat));
        }
        return flat;
    }

    private static void deep(String name, Object value, Map<String, String> flat) {
        switch (value) {
            case Map<?, ?> map -> map.forEach((key, item) -> deep(name + "[" + key + "]", item, flat));
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    deep(name + "[" + i + "]", list.get(i), flat);
                }
            }
            case null, default -> flat.put(name, text(value));
        }
    }

    private static String text(Object value) {
        return switch (value) {
            case null -> "";
            case Double number -> GoFloat.json(number);
            default -> value.toString();
        };
    }

    /** The fields of both sides, by name. */
    static List<FieldDiff> fields(Map<String, String> before, Map<String, String> after, boolean contextual) {
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        List<FieldDiff> fields = new ArrayList<>();
        for (String name : names) {
            FieldDiff field = FieldDiff.of(name, before.getOrDefault(name, ""), after.getOrDefault(name, ""), contextual);
            if (field != null) {
                fields.add(field);
            }
        }
        return fields;
    }
}
