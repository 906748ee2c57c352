package muster.scheduler.diff;

import java.util.List;

/** A task before and after. Null lists where there are none. */
public record TaskDiff(List<String> annotations, List<FieldDiff> fields, String name, List<ObjectDiff> objects, DiffType type) {
    TaskDiff with(String annotation) {
        return new TaskDiff(List.of(annotation), fields, name, objects, type);
    }
}
