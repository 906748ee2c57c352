package muster.scheduler.diff;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Differences of blocks, given as JSON objects. {@code contextual} keeps what is unchanged beside a change. */
final class Objects {
    private static final Set<String> NOTHING = Set.of();

    /** What makes a difference of one kind of block. */
    interface Shape {
        /** Null when both are absent or equal. */
        ObjectDiff compare(Map<String, Object> before, Map<String, Object> after);
    }

    private Objects() {}

    /** A block of scalars, and of maps with the given names. */
    static ObjectDiff plain(String name, Map<String, Object> before, Map<String, Object> after, Set<String> without,
            Set<String> maps, boolean contextual) {
        return composed(name, before, after, Flat.scalars(before, without, maps), Flat.scalars(after, without, maps), List.of(), contextual);
    }

    static ObjectDiff plain(String name, Map<String, Object> before, Map<String, Object> after, boolean contextual) {
        return plain(name, before, after, NOTHING, NOTHING, contextual);
    }

    /** A block of the given fields and inner blocks. */
    static ObjectDiff composed(String name, Map<String, Object> before, Map<String, Object> after,
            Map<String, String> fieldsBefore, Map<String, String> fieldsAfter, List<ObjectDiff> objects, boolean contextual) {
        if (before == null && after == null || before != null && before.equals(after)) {
            return null;
        }
        DiffType type = DiffType.of(before != null, after != null, false);
        return ObjectDiff.of(name, type, Flat.fields(fieldsBefore, fieldsAfter, contextual), objects);
    }

    /** Blocks without a name of their own: those on one side only are removed or added. */
    static List<ObjectDiff> set(List<Map<String, Object>> before, List<Map<String, Object>> after, Shape shape) {
        List<ObjectDiff> diffs = new ArrayList<>();
        for (Map<String, Object> object : new LinkedHashMap<>(index(before)).values()) {
            if (!after.contains(object)) {
                diffs.add(shape.compare(object, null));
            }
        }
        for (Map<String, Object> object : new LinkedHashMap<>(index(after)).values()) {
            if (!before.contains(object)) {
                diffs.add(shape.compare(null, object));
            }
        }
        diffs.sort(ObjectDiff.ORDER);
        return diffs;
    }

    private static Map<Object, Map<String, Object>> index(List<Map<String, Object>> objects) {
        Map<Object, Map<String, Object>> index = new LinkedHashMap<>();
        objects.forEach(object -> index.put(object, object));
        return index;
    }

    /** Blocks that a member names: the same name on both sides is compared, the last of several of one name counts. */
    static List<ObjectDiff> named(String member, List<Map<String, Object>> before, List<Map<String, Object>> after, Shape shape) {
        Map<String, Map<String, Object>> left = byName(member, before);
        Map<String, Map<String, Object>> right = byName(member, after);
        Set<String> names = new TreeSet<>(left.keySet());
        names.addAll(right.keySet());
        List<ObjectDiff> diffs = new ArrayList<>();
        for (String name : names) {
            ObjectDiff diff = shape.compare(left.get(name), right.get(name));
            if (diff != null) {
                diffs.add(diff);
            }
        }
        diffs.sort(ObjectDiff.ORDER);
        return diffs;
    }

    private static Map<String, Map<String, Object>> byName(String member, List<Map<String, Object>> objects) {
        Map<String, Map<String, Object>> byName = new LinkedHashMap<>();
        objects.forEach(object -> byName.put(String.valueOf(object.get(member)), object));
        return byName;
    }

    /** A list of texts as a set: what came, what went, and with {@code contextual} what stayed. Null for nothing to show. */
    static ObjectDiff texts(String name, List<?> before, List<?> after, boolean contextual) {
        Set<String> left = set(before);
        Set<String> right = set(after);
        Set<String> all = new TreeSet<>(left);
        all.addAll(right);
        List<FieldDiff> fields = new ArrayList<>();
        for (String text : all) {
            FieldDiff field = FieldDiff.of(name, left.contains(text) ? text : "", right.contains(text) ? text : "", contextual);
            if (field != null) {
                fields.add(field);
            }
        }
        if (fields.isEmpty()) {
            return null;
        }
        fields.sort(FieldDiff.ORDER);
        DiffType type = left.equals(right) ? DiffType.NONE
                : right.containsAll(left) ? DiffType.ADDED
                : left.containsAll(right) ? DiffType.DELETED : DiffType.EDITED;
        return ObjectDiff.of(name, type, fields, List.of());
    }

    private static Set<String> set(List<?> texts) {
        Set<String> set = new TreeSet<>();
        texts.forEach(text -> set.add(String.valueOf(text)));
        return set;
    }

    /** A member that is an object; null when absent. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Map<String, Object> of, String member) {
        return of != null && of.get(member) instanceof Map<?, ?> map ? (Map<String, Object>) map : null;
    }

    /** A member that is a list of objects; none when absent. */
    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> objects(Map<String, Object> of, String member) {
        return of != null && of.get(member) instanceof List<?> list ? (List<Map<String, Object>>) list : List.of();
    }

    /** A member that is a list of anything; none when absent. */
    static List<?> list(Map<String, Object> of, String member) {
        return of != null && of.get(member) instanceof List<?> list ? list : List.of();
    }

    /** Adds a difference unless there is none. */
    static void add(List<ObjectDiff> diffs, ObjectDiff diff) {
        if (diff != null) {
            diffs.add(diff);
        }
    }
}
