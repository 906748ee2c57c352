package muster.scheduler.job;

import static muster.scheduler.job.Canonical.defaults;
import static muster.scheduler.job.JobShape.object;
import static muster.scheduler.job.JobShape.objects;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the server adds to a job before it stores it. */
final class ServerDefaults {
    private ServerDefaults() {}

    static void apply(Map<String, Object> job) {
        Map<String, Object> update = job.get("Update") == null ? Map.of() : object(job.get("Update"));
        job.put("Update", jobUpdate(update.get("Stagger"), update.get("MaxParallel")));
        for (Map<String, Object> group : objects(job.get("TaskGroups"))) {
            boolean system = String.valueOf(job.get("Type")).startsWith("sys");
            if (system) {
                group.put("ReschedulePolicy", null);
            }
            networks(group);
            services(group, job);
            for (Map<String, Object> task : objects(group.get("Tasks"))) {
                services(task, job);
                Map<String, Object> resources = object(task.get("Resources"));
                defaults(resources, "DiskMB", 0, "IOPS", 0, "MemoryMaxMB", 0);
                networks(resources);
                emptyToNull(task, "Config", "Env", "Meta", "Artifacts", "Templates", "Constraints", "Affinities");
            }
            emptyToNull(group, "Meta", "Constraints", "Affinities", "Spreads", "Services", "Networks");
        }
        if (job.get("ParameterizedJob") != null) {
            Map<String, Object> parameterized = object(job.get("ParameterizedJob"));
            if ("".equals(parameterized.get("Payload"))) {
                parameterized.put("Payload", "optional");
            }
        }
        emptyToNull(job, "Meta", "Constraints", "Affinities", "Spreads");
    }

    /** Groups have their own by now; of the job's only these two are kept. */
    private static Map<String, Object> jobUpdate(Object stagger, Object maxParallel) {
        Map<String, Object> kept = new LinkedHashMap<>();
        kept.put("Stagger", stagger);
        kept.put("MaxParallel", maxParallel);
        defaults(kept, "Stagger", 0, "MaxParallel", 0, "HealthCheck", "", "MinHealthyTime", 0, "HealthyDeadline", 0);
        defaults(kept, "ProgressDeadline", 0, "AutoRevert", false, "AutoPromote", false, "Canary", 0);
        return kept;
    }

    private static void services(Map<String, Object> owner, Map<String, Object> job) {
        for (Map<String, Object> service : objects(owner.get("Services"))) {
            defaults(service, "Namespace", "default");
            for (Map<String, Object> check : objects(service.get("Checks"))) {
                if ("".equals(check.get("Name"))) {
                    check.put("Name", "service: \"" + service.get("Name") + "\" check");
                }
            }
        }
    }

    private static void networks(Map<String, Object> owner) {
        for (Map<String, Object> network : objects(owner.get("Networks"))) {
            defaults(network, "MBits", 0);
            for (String ports : List.of("DynamicPorts", "ReservedPorts")) {
                objects(network.get(ports)).forEach(port -> {
                    if ("".equals(port.get("HostNetwork"))) {
                        port.put("HostNetwork", "default");
                    }
                });
            }
        }
    }

    private static void emptyToNull(Map<String, Object> tree, String... keys) {
        for (String key : keys) {
            Object value = tree.get(key);
            if (value instanceof List<?> list && list.isEmpty() || value instanceof Map<?, ?> map && map.isEmpty()) {
                tree.put(key, null);
            }
        }
    }
}
