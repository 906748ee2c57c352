package muster.scheduler.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gives a job as written the shape in which the API expects it: names, tasks without a group, inherited blocks. */
final class JobShape {
    private JobShape() {}

    static void complete(Map<String, Object> job, String label) {
        job.putIfAbsent("ID", label);
        job.putIfAbsent("Name", label);
        List<Object> groups = new ArrayList<>();
        for (Map<String, Object> task : objects(job.remove("Tasks"))) {
            Map<String, Object> group = new LinkedHashMap<>();
            group.put("Name", task.get("Name"));
            group.put("Tasks", new ArrayList<>(List.of(task)));
            groups.add(group);
        }
        Object jobVault = job.remove("Vault");
        groups.addAll(objects(job.get("TaskGroups")));
        if (!groups.isEmpty()) {
            job.put("TaskGroups", groups);
        }
        for (Map<String, Object> group : objects(groups)) {
            group(group, jobVault);
        }
    }

    private static void group(Map<String, Object> group, Object jobVault) {
        Object vault = group.remove("Vault");
        if (group.get("Scaling") instanceof Map<?, ?>) {
            Map<String, Object> scaling = object(group.get("Scaling"));
            scaling.put("Type", "horizontal");
        }
        if (group.get("Volumes") instanceof Map<?, ?> volumes) {
            volumes.forEach((name, volume) -> object(volume).put("Name", name));
        }
        for (Map<String, Object> task : objects(group.get("Tasks"))) {
            Object inherited = vault == null ? jobVault : vault;
            if (inherited != null) {
                task.putIfAbsent("Vault", inherited);
            }
            objects(task.get("ScalingPolicies")).forEach(JobShape::taskScaling);
        }
    }

    private static void taskScaling(Map<String, Object> scaling) {
        scaling.putIfAbsent("Enabled", true);
        scaling.computeIfPresent("Type", (_, label) -> label.equals("cpu") || label.equals("mem") ? "vertical_" + label : label);
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> objects(Object list) {
        if (list == null) {
            return List.of();
        }
        List<Map<String, Object>> all = (List<Map<String, Object>>) list;
        return all.contains(null) ? all.stream().filter(java.util.Objects::nonNull).toList() : all;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object map) {
        return (Map<String, Object>) map;
    }
}
