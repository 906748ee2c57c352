package muster.scheduler.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import muster.wire.Key;

/** One process of a group (job file block {@code task}). */
public record Task(
        @Key(omitEmpty = true) List<TaskAction> actions,
        List<Affinity> affinities,
        List<TaskArtifact> artifacts,
        @Key("CSIPluginConfig") TaskCSIPluginConfig csiPluginConfig,
        Map<String, Object> config,
        List<Constraint> constraints,
        DispatchPayload dispatchPayload,
        String driver,
        Map<String, String> env,
        String killSignal,
        Duration killTimeout,
        String kind,
        boolean leader,
        TaskLifecycle lifecycle,
        LogConfig logConfig,
        Map<String, String> meta,
        String name,
        Resources resources,
        RestartPolicy restartPolicy,
        List<ScalingPolicy> scalingPolicies,
        List<Service> services,
        Duration shutdownDelay,
        List<Template> templates,
        String user,
        Vault vault,
        List<VolumeMount> volumeMounts) {
    public Task {
        actions = Values.list(actions);
        affinities = Values.list(affinities);
        artifacts = Values.list(artifacts);
        config = Values.map(config);
        constraints = Values.list(constraints);
        driver = Values.text(driver);
        env = Values.map(env);
        killSignal = Values.text(killSignal);
        kind = Values.text(kind);
        meta = Values.map(meta);
        name = Values.text(name);
        scalingPolicies = Values.list(scalingPolicies);
        services = Values.list(services);
        shutdownDelay = Values.duration(shutdownDelay);
        templates = Values.list(templates);
        user = Values.text(user);
        volumeMounts = Values.list(volumeMounts);
    }

    /** A copy with another Resources. */
    public Task withResources(Resources resources) {
        return new Task(actions, affinities, artifacts, csiPluginConfig, config, constraints, dispatchPayload, driver, env,
                killSignal, killTimeout, kind, leader, lifecycle, logConfig, meta, name, resources, restartPolicy,
                scalingPolicies, services, shutdownDelay, templates, user, vault, volumeMounts);
    }

    /** A copy with another Services. */
    public Task withServices(List<Service> services) {
        return new Task(actions, affinities, artifacts, csiPluginConfig, config, constraints, dispatchPayload, driver, env,
                killSignal, killTimeout, kind, leader, lifecycle, logConfig, meta, name, resources, restartPolicy,
                scalingPolicies, services, shutdownDelay, templates, user, vault, volumeMounts);
    }

    /** A copy with another Constraints. */
    public Task withConstraints(List<Constraint> constraints) {
        return new Task(actions, affinities, artifacts, csiPluginConfig, config, constraints, dispatchPayload, driver, env,
                killSignal, killTimeout, kind, leader, lifecycle, logConfig, meta, name, resources, restartPolicy,
                scalingPolicies, services, shutdownDelay, templates, user, vault, volumeMounts);
    }

    /** A copy with another Meta. */
    public Task withMeta(Map<String, String> meta) {
        return new Task(actions, affinities, artifacts, csiPluginConfig, config, constraints, dispatchPayload, driver, env,
                killSignal, killTimeout, kind, leader, lifecycle, logConfig, meta, name, resources, restartPolicy,
                scalingPolicies, services, shutdownDelay, templates, user, vault, volumeMounts);
    }

    /** A copy with another Env. */
    public Task withEnv(Map<String, String> env) {
        return new Task(actions, affinities, artifacts, csiPluginConfig, config, constraints, dispatchPayload, driver, env,
                killSignal, killTimeout, kind, leader, lifecycle, logConfig, meta, name, resources, restartPolicy,
                scalingPolicies, services, shutdownDelay, templates, user, vault, volumeMounts);
    }

    /** A copy with another Config. */
    public Task withConfig(Map<String, Object> config) {
        return new Task(actions, affinities, artifacts, csiPluginConfig, config, constraints, dispatchPayload, driver, env,
                killSignal, killTimeout, kind, leader, lifecycle, logConfig, meta, name, resources, restartPolicy,
                scalingPolicies, services, shutdownDelay, templates, user, vault, volumeMounts);
    }

    /** A copy with another Templates. */
    public Task withTemplates(List<Template> templates) {
        return new Task(actions, affinities, artifacts, csiPluginConfig, config, constraints, dispatchPayload, driver, env,
                killSignal, killTimeout, kind, leader, lifecycle, logConfig, meta, name, resources, restartPolicy,
                scalingPolicies, services, shutdownDelay, templates, user, vault, volumeMounts);
    }

    /** A copy with another RestartPolicy. */
    public Task withRestartPolicy(RestartPolicy restartPolicy) {
        return new Task(actions, affinities, artifacts, csiPluginConfig, config, constraints, dispatchPayload, driver, env,
                killSignal, killTimeout, kind, leader, lifecycle, logConfig, meta, name, resources, restartPolicy,
                scalingPolicies, services, shutdownDelay, templates, user, vault, volumeMounts);
    }
}
