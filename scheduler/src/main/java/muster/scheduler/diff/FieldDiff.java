package muster.scheduler.diff;

import java.util.Comparator;
import java.util.List;
import muster.wire.Key;

/**
 * A value before and after.
 *
 * @param annotations what the change forces, null for nothing
 */
public record FieldDiff(List<String> annotations, String name, @Key("New") String after, @Key("Old") String before, DiffType type) {
    static final Comparator<FieldDiff> ORDER = Comparator.comparing(FieldDiff::name)
            .thenComparing(FieldDiff::type)
            .thenComparing(FieldDiff::before)
            .thenComparing(FieldDiff::after);

    /** Absent values are ""; null where nothing changed and unchanged ones are not wanted. */
    static FieldDiff of(String name, String before, String after, boolean contextual) {
        DiffType type = before.equals(after) ? DiffType.NONE : DiffType.of(!before.isEmpty(), !after.isEmpty(), false);
        return type == DiffType.NONE && !contextual ? null : new FieldDiff(null, name, after, before, type);
    }

    FieldDiff with(String annotation) {
        return new FieldDiff(List.of(annotation), name, after, before, type);
    }
}
