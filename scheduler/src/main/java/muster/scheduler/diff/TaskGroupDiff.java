package muster.scheduler.diff;

import java.util.List;
import java.util.Map;

/**
 * A group before and after. Null lists where there are none.
 *
 * @param updates how many allocations are created, updated, destroyed and so on, by Nomad's words; null before annotation
 */
public record TaskGroupDiff(
        List<FieldDiff> fields, String name, List<ObjectDiff> objects, List<TaskDiff> tasks, DiffType type, Map<String, Long> updates) {}
