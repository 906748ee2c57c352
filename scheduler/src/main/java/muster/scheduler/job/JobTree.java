package muster.scheduler.job;

import java.util.List;
import java.util.Map;
import muster.wire.Json;

/**
 * The two JSON forms of a job: what the parser answers (all keys of a job file) and what the server keeps (without those
 * that it merges or ignores). Both as trees that {@link Json#write} writes.
 */
public final class JobTree {
    private JobTree() {}

    /** The form of {@code POST /v1/jobs/parse}: absent values are null, {@code CSIPluginConfig} is left out when absent. */
    public static Map<String, Object> parsed(Job job) {
        Map<String, Object> tree = tree(job);
        for (Map<String, Object> group : objects(tree.get("TaskGroups"))) {
            objects(group.get("Services")).forEach(service -> service.remove("Namespace"));
            for (Map<String, Object> task : objects(group.get("Tasks"))) {
                objects(task.get("Services")).forEach(service -> service.remove("Namespace"));
                task.remove("CSIPluginConfig", null);
            }
        }
        return tree;
    }

    /** The form in which the server answers with a job. */
    public static Map<String, Object> stored(Job job) {
        Map<String, Object> tree = tree(job);
        tree.remove("Migrate");
        tree.remove("Reschedule");
        for (Map<String, Object> group : objects(tree.get("TaskGroups"))) {
            objects(group.get("Services")).forEach(JobTree::stored);
            for (Map<String, Object> task : objects(group.get("Tasks"))) {
                objects(task.get("Services")).forEach(JobTree::stored);
            }
        }
        return tree;
    }

    private static void stored(Map<String, Object> service) {
        service.remove("CheckRestart");
        service.remove("Id");
        objects(service.get("Checks")).forEach(check -> check.remove("Id"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> tree(Job job) {
        return (Map<String, Object>) Json.parse(Json.write(job));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> objects(Object list) {
        return list == null ? List.of() : (List<Map<String, Object>>) list;
    }
}
