package muster.scheduler.diff;

import java.util.List;
import muster.wire.Key;

/** A job before and after (Nomad HTTP API: Create Job Plan, {@code Diff}). Null lists where there are none. */
public record JobDiff(
        List<FieldDiff> fields, @Key("ID") String id, List<ObjectDiff> objects, List<TaskGroupDiff> taskGroups, DiffType type) {}
