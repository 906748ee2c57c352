package muster.scheduler.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Says beside a difference what it forces (the plan's annotations, in Nomad's words). */
public final class Annotate {
    private static final Set<String> IN_PLACE_FIELDS = Set.of("KillTimeout", "ShutdownDelay", "Leader");
    private static final Set<String> IN_PLACE_OBJECTS = Set.of("LogConfig", "Service", "Constraint");

    private Annotate() {}

    /**
     * How many allocations of a group a plan treats in which way.
     *
     * @param stop those that end without another in their place
     */
    public record Updates(long ignore, long place, long migrate, long stop, long inPlace, long destructive, long canary, long preemptions) {
        private Map<String, Long> words() {
            Map<String, Long> words = new TreeMap<>();
            put(words, "ignore", ignore);
            put(words, "create", place);
            put(words, "migrate", migrate);
            put(words, "destroy", stop);
            put(words, "in-place update", inPlace);
            put(words, "create/destroy update", destructive);
            put(words, "canary", canary);
            put(words, "preemptions", preemptions);
            return words;
        }

        private static void put(Map<String, Long> words, String word, long count) {
            if (count > 0) {
                words.put(word, count);
            }
        }
    }

    /** The difference with counts at its groups, and "forces ..." at counts and tasks. Groups without updates get none. */
    public static JobDiff plan(JobDiff diff, Map<String, Updates> updates) {
        if (diff.taskGroups() == null) {
            return diff;
        }
        List<TaskGroupDiff> groups = new ArrayList<>();
        for (TaskGroupDiff group : diff.taskGroups()) {
            Updates counts = updates.get(group.name());
            Map<String, Long> words = counts == null ? Map.of() : counts.words();
            groups.add(new TaskGroupDiff(fields(group.fields()), group.name(), group.objects(), tasks(group), group.type(),
                    counts == null ? null : words));
        }
        return new JobDiff(diff.fields(), diff.id(), diff.objects(), groups, diff.type());
    }

    private static List<FieldDiff> fields(List<FieldDiff> fields) {
        return fields == null ? null : fields.stream().map(field -> field.name().equals("Count") ? count(field) : field).toList();
    }

    private static FieldDiff count(FieldDiff field) {
        long before = field.before().isEmpty() ? 0 : Long.parseLong(field.before());
        long after = field.after().isEmpty() ? 0 : Long.parseLong(field.after());
        return after > before ? field.with("forces create") : after < before ? field.with("forces destroy") : field;
    }

    private static List<TaskDiff> tasks(TaskGroupDiff group) {
        if (group.tasks() == null) {
            return null;
        }
        return group.tasks().stream().map(task -> task(task, group.type())).toList();
    }

    private static TaskDiff task(TaskDiff task, DiffType group) {
        return switch (task.type()) {
            case NONE -> task;
            case ADDED -> task.with(group == DiffType.ADDED ? "forces create" : "forces create/destroy update");
            case DELETED -> task.with(group == DiffType.DELETED ? "forces destroy" : "forces create/destroy update");
            case EDITED -> task.with(isDestructive(task) ? "forces create/destroy update" : "forces in-place update");
        };
    }

    private static boolean isDestructive(TaskDiff task) {
        boolean fields = task.fields() != null && task.fields().stream()
                .anyMatch(field -> field.type() != DiffType.NONE && !IN_PLACE_FIELDS.contains(field.name()));
        boolean objects = task.objects() != null && task.objects().stream()
                .anyMatch(object -> object.type() != DiffType.NONE && !IN_PLACE_OBJECTS.contains(object.name()));
        return fields || objects;
    }
}
