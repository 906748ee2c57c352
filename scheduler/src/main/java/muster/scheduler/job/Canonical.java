package muster.scheduler.job;

import static muster.scheduler.job.JobShape.object;
import static muster.scheduler.job.JobShape.objects;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import muster.wire.Json;

/**
 * Fills in what a job leaves open, in two steps as the original does: what a client fills in before it submits
 * ({@code Canonicalize} of {@code /v1/jobs/parse}), and what the server adds when it stores the job.
 */
public final class Canonical {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private Canonical() {}

    /** With the defaults of the API. Applying it again changes nothing. */
    public static Job api(Job job) {
        Map<String, Object> tree = object(Json.parse(Json.write(job)));
        job(tree);
        return Json.read(Job.class, tree, Json.Unknown.IGNORE);
    }

    /** With the defaults of the API and then the server's own. */
    public static Job server(Job job) {
        Map<String, Object> tree = object(Json.parse(Json.write(api(job))));
        ServerDefaults.apply(tree);
        return Json.read(Job.class, tree, Json.Unknown.IGNORE);
    }

    private static void job(Map<String, Object> job) {
        defaults(job, "ID", "");
        defaults(job, "Name", job.get("ID"), "ParentID", "", "Namespace", "default", "Priority", 50, "Stop", false);
        defaults(job, "Region", "global", "Type", "service", "AllAtOnce", false, "ConsulToken", "", "ConsulNamespace", "");
        defaults(job, "VaultToken", "", "VaultNamespace", "", "NomadTokenID", "", "Status", "", "StatusDescription", "");
        defaults(job, "Stable", false, "Version", 0, "CreateIndex", 0, "ModifyIndex", 0, "JobModifyIndex", 0);
        if (present(job, "Periodic")) {
            Map<String, Object> periodic = object(job.get("Periodic"));
            defaults(periodic, "Enabled", true, "Spec", "", "SpecType", "cron", "ProhibitOverlap", false);
            if (Objects.requireNonNullElse(periodic.get("TimeZone"), "").equals("")) {
                periodic.put("TimeZone", "UTC");
            }
        }
        if (present(job, "Update")) {
            update(object(job.get("Update")));
        } else if (job.get("Type").equals("service")) {
            job.put("Update", update(new LinkedHashMap<>()));
        }
        if (present(job, "ParameterizedJob")) {
            defaults(object(job.get("ParameterizedJob")), "Payload", "");
        }
        multiregion(job);
        for (Map<String, Object> group : objects(job.get("TaskGroups"))) {
            group(group, job);
        }
        weights(job);
    }

    private static void multiregion(Map<String, Object> job) {
        if (present(job, "Multiregion")) {
            Map<String, Object> multiregion = object(job.get("Multiregion"));
            if (!present(multiregion, "Strategy")) {
                multiregion.put("Strategy", new LinkedHashMap<String, Object>());
            }
            defaults(object(multiregion.get("Strategy")), "MaxParallel", 0, "OnFailure", "");
            if (multiregion.get("Regions") == null) {
                multiregion.put("Regions", new ArrayList<>());
            }
            objects(multiregion.get("Regions")).forEach(region -> {
                defaults(region, "Count", 1, "Datacenters", new ArrayList<>(), "Meta", new LinkedHashMap<String, Object>());
            });
        }
    }

    private static void group(Map<String, Object> group, Map<String, Object> job) {
        String type = (String) job.get("Type");
        Object minimum = present(group, "Scaling") ? object(group.get("Scaling")).get("Min") : null;
        defaults(group, "Name", "", "Count", minimum == null ? 1L : minimum);
        if (present(group, "Scaling")) {
            scaling(object(group.get("Scaling")), "horizontal");
            defaults(object(group.get("Scaling")), "Min", group.get("Count"));
        }
        defaults(group, "EphemeralDisk", new LinkedHashMap<String, Object>(), "Consul", new LinkedHashMap<String, Object>());
        defaults(object(group.get("EphemeralDisk")), "Sticky", false, "Migrate", false, "SizeMB", 300);
        defaults(object(group.get("Consul")), "Namespace", "");
        merge(group, "Update", job.get("Update"));
        if (present(group, "Update")) {
            update(object(group.get("Update")));
        }
        merge(group, "ReschedulePolicy", job.get("Reschedule"));
        if (!present(group, "ReschedulePolicy") && !type.startsWith("sys")) {
            group.put("ReschedulePolicy", new LinkedHashMap<String, Object>());
        }
        if (present(group, "ReschedulePolicy")) {
            reschedule(object(group.get("ReschedulePolicy")), type);
        }
        merge(group, "Migrate", job.get("Migrate"));
        if (!present(group, "Migrate") && type.equals("service")) {
            group.put("Migrate", new LinkedHashMap<String, Object>());
        }
        if (present(group, "Migrate")) {
            defaults(object(group.get("Migrate")), "MaxParallel", 1, "HealthCheck", "checks",
                    "MinHealthyTime", 10 * SECOND, "HealthyDeadline", 5 * MINUTE);
        }
        defaults(group, "RestartPolicy", new LinkedHashMap<String, Object>());
        boolean lasting = type.equals("service") || type.equals("system");
        defaults(object(group.get("RestartPolicy")), "Attempts", lasting ? 2 : 3,
                "Interval", lasting ? 30 * MINUTE : 24 * HOUR, "Delay", 15 * SECOND, "Mode", "fail");
        if (group.get("Volumes") instanceof Map<?, ?> volumes && volumes.isEmpty()) {
            group.put("Volumes", null);
        }
        for (Map<String, Object> task : objects(group.get("Tasks"))) {
            task(task, group, job.get("Name"));
        }
        weights(group);
        for (Map<String, Object> service : objects(group.get("Services"))) {
            service(service, job.get("Name") + "-" + group.get("Name"));
        }
    }

    private static void task(Map<String, Object> task, Map<String, Object> group, Object jobName) {
        defaults(task, "Name", "", "KillTimeout", 5 * SECOND, "LogConfig", new LinkedHashMap<String, Object>());
        defaults(object(task.get("LogConfig")), "MaxFiles", 10, "MaxFileSizeMB", 10);
        defaults(task, "Resources", new LinkedHashMap<String, Object>());
        resources(object(task.get("Resources")));
        for (Map<String, Object> artifact : objects(task.get("Artifacts"))) {
            defaults(artifact, "GetterMode", "any");
            defaults(artifact, "RelativeDest", artifact.get("GetterMode").equals("file")
                    ? "local/" + lastPart(String.valueOf(artifact.get("GetterSource")))
                    : "local/");
        }
        if (present(task, "Vault")) {
            defaults(object(task.get("Vault")), "Env", true, "Namespace", "", "ChangeMode", "restart", "ChangeSignal", "SIGHUP");
        }
        objects(task.get("Templates")).forEach(Canonical::template);
        objects(task.get("VolumeMounts")).forEach(mount -> defaults(
                mount, "PropagationMode", "private", "ReadOnly", false, "Volume", "", "Destination", ""));
        defaults(task, "RestartPolicy", new LinkedHashMap<String, Object>());
        object(group.get("RestartPolicy")).forEach((key, value) -> defaults(object(task.get("RestartPolicy")), key, value));
        if (present(task, "Lifecycle") && object(task.get("Lifecycle")).get("Hook").equals("")) {
            task.put("Lifecycle", null);
        }
        if (present(task, "CSIPluginConfig")) {
            defaults(object(task.get("CSIPluginConfig")), "MountDir", "");
        }
        objects(task.get("ScalingPolicies")).forEach(scaling -> scaling(scaling, String.valueOf(scaling.get("Type"))));
        for (Map<String, Object> service : objects(task.get("Services"))) {
            service(service, jobName + "-" + group.get("Name") + "-" + task.get("Name"));
        }
        weights(task);
    }

    private static String lastPart(String source) {
        String path = source.replaceAll("[?#].*$", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static void resources(Map<String, Object> resources) {
        Object cores = Objects.requireNonNullElse(resources.get("Cores"), 0L);
        defaults(resources, "Cores", 0, "CPU", cores.equals(0L) ? 100 : 0, "MemoryMB", 300);
        objects(resources.get("Devices")).forEach(device -> {
            defaults(device, "Count", 1);
            weights(device);
        });
    }

    private static void template(Map<String, Object> template) {
        defaults(template, "SourcePath", "", "DestPath", "", "EmbeddedTmpl", "", "ChangeMode", "restart", "Perms", "0644");
        defaults(template, "ChangeSignal", template.get("ChangeMode").equals("signal") ? "SIGHUP" : "");
        template.computeIfPresent("ChangeSignal", (_, signal) -> ((String) signal).toUpperCase(java.util.Locale.ROOT));
        defaults(template, "Splay", 5 * SECOND, "LeftDelim", "{{", "RightDelim", "}}", "Envvars", false);
        defaults(template, "VaultGrace", template.get("VaultGrace") == null ? 0 : template.get("VaultGrace"));
    }

    private static void scaling(Map<String, Object> scaling, String type) {
        defaults(scaling, "Enabled", true);
        if (Objects.requireNonNullElse(scaling.get("Type"), "").equals("")) {
            scaling.put("Type", type);
        }
    }

    private static void service(Map<String, Object> service, String name) {
        empty(service, "Name", name);
        empty(service, "AddressMode", "auto");
        empty(service, "OnUpdate", "require_healthy");
        for (Map<String, Object> check : objects(service.get("Checks"))) {
            empty(check, "OnUpdate", service.get("OnUpdate"));
            inheritCheckRestart(check, service.get("CheckRestart"));
        }
        if (present(service, "CheckRestart")) {
            checkRestart(object(service.get("CheckRestart")));
        }
        if (present(service, "Connect")) {
            ConnectDefaults.apply(object(service.get("Connect")));
        }
    }

    /** A check's own limits win over its service's. */
    private static void inheritCheckRestart(Map<String, Object> check, Object ofService) {
        if (present(check, "CheckRestart")) {
            if (ofService != null) {
                Map<String, Object> own = object(check.get("CheckRestart"));
                object(ofService).forEach((key, value) -> {
                    if (own.get(key) == null || own.get(key).equals(0L) || own.get(key).equals(false)) {
                        own.put(key, value);
                    }
                });
            }
            checkRestart(object(check.get("CheckRestart")));
        } else if (ofService != null) {
            Map<String, Object> copy = new LinkedHashMap<>(object(ofService));
            checkRestart(copy);
            check.put("CheckRestart", copy);
        }
    }

    private static void checkRestart(Map<String, Object> restart) {
        defaults(restart, "Grace", SECOND);
    }

    private static Map<String, Object> update(Map<String, Object> update) {
        defaults(update, "MaxParallel", 1, "Stagger", 30 * SECOND, "HealthCheck", "checks", "MinHealthyTime", 10 * SECOND);
        defaults(update, "HealthyDeadline", 5 * MINUTE, "ProgressDeadline", 10 * MINUTE, "AutoRevert", false);
        defaults(update, "Canary", 0, "AutoPromote", false);
        return update;
    }

    private static void reschedule(Map<String, Object> policy, String type) {
        switch (type) {
            case "service" ->
                defaults(policy, "Attempts", 0, "Interval", 0, "Delay", 30 * SECOND, "DelayFunction", "exponential",
                        "MaxDelay", HOUR, "Unlimited", true);
            case "batch" ->
                defaults(policy, "Attempts", 1, "Interval", 24 * HOUR, "Delay", 5 * SECOND, "DelayFunction", "constant",
                        "MaxDelay", 0, "Unlimited", false);
            default ->
                defaults(policy, "Attempts", 0, "Interval", 0, "Delay", 0, "DelayFunction", "", "MaxDelay", 0,
                        "Unlimited", false);
        }
    }

    private static void weights(Map<String, Object> owner) {
        objects(owner.get("Affinities")).forEach(affinity -> defaults(affinity, "Weight", 50));
        objects(owner.get("Spreads")).forEach(spread -> defaults(spread, "Weight", 50));
    }

    /** What the group leaves open it takes from the job's block of the same kind. */
    private static void merge(Map<String, Object> group, String key, Object ofJob) {
        boolean blankUpdate = key.equals("Update") && ofJob != null && isBlank(object(ofJob));
        if (ofJob == null || blankUpdate && !present(group, key)) {
            return;
        }
        Map<String, Object> merged = new LinkedHashMap<>(object(ofJob));
        if (present(group, key)) {
            object(group.get(key)).forEach((name, value) -> {
                if (value != null) {
                    merged.put(name, value);
                }
            });
        }
        group.put(key, merged);
    }

    private static boolean isBlank(Map<String, Object> tree) {
        return tree.values().stream()
                .allMatch(value -> value == null || value.equals(0L) || value.equals("") || value.equals(false));
    }

    static boolean present(Map<String, Object> tree, String key) {
        return tree.get(key) != null;
    }

    /** Sets each key that is absent or null. */
    static void defaults(Map<String, Object> tree, Object... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            if (tree.get((String) keysAndValues[i]) == null) {
                Object value = keysAndValues[i + 1];
                tree.put((String) keysAndValues[i], value instanceof Integer number ? (Object) number.longValue() : value);
            }
        }
    }

    /** Sets a text that is absent or empty. */
    private static void empty(Map<String, Object> tree, String key, Object value) {
        if (Objects.requireNonNullElse(tree.get(key), "").equals("")) {
            tree.put(key, value);
        }
    }
}
