package muster.scheduler.diff;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** A block before and after: its fields by name, then the blocks inside it. Null lists where there are none. */
public record ObjectDiff(List<FieldDiff> fields, String name, List<ObjectDiff> objects, DiffType type) {
    static final Comparator<ObjectDiff> ORDER = ObjectDiff::compare;

    static ObjectDiff of(String name, DiffType type, List<FieldDiff> fields, List<ObjectDiff> objects) {
        return new ObjectDiff(fields.isEmpty() ? null : fields, name, objects.isEmpty() ? null : objects, type);
    }

    private static int compare(ObjectDiff a, ObjectDiff b) {
        int order = a.name.compareTo(b.name);
        order = order != 0 ? order : a.type.compareTo(b.type);
        order = order != 0 ? order : compare(a.fields, b.fields, FieldDiff.ORDER);
        return order != 0 ? order : compare(a.objects, b.objects, ORDER);
    }

    /** The shorter list first, then the first difference. */
    private static <T> int compare(List<T> a, List<T> b, Comparator<T> order) {
        List<T> left = a == null ? List.of() : a;
        List<T> right = b == null ? List.of() : b;
        if (left.size() != right.size()) {
            return Integer.compare(left.size(), right.size());
        }
        Iterator<T> other = right.iterator();
        for (T item : left) {
            int result = order.compare(item, other.next());
            if (result != 0) {
                return result;
            }
        }
        return 0;
    }
}
