package muster.scheduler.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import muster.wire.Key;

/** A set of tasks that are placed together on one node (job file block {@code group}). */
public record TaskGroup(
        List<Affinity> affinities,
        List<Constraint> constraints,
        Consul consul,
        Integer count,
        EphemeralDisk ephemeralDisk,
        @Key(omitNull = true) Duration maxClientDisconnect,
        Map<String, String> meta,
        MigrateStrategy migrate,
        String name,
        List<NetworkResource> networks,
        ReschedulePolicy reschedulePolicy,
        RestartPolicy restartPolicy,
        ScalingPolicy scaling,
        List<Service> services,
        Duration shutdownDelay,
        List<Spread> spreads,
        Duration stopAfterClientDisconnect,
        List<Task> tasks,
        UpdateStrategy update,
        Map<String, VolumeRequest> volumes) {
    public TaskGroup {
        affinities = Values.list(affinities);
        constraints = Values.list(constraints);
        meta = Values.map(meta);
        networks = Values.list(networks);
        services = Values.list(services);
        spreads = Values.list(spreads);
        tasks = Values.list(tasks);
        volumes = Values.given(volumes);
    }

    /** A copy with another Count. */
    public TaskGroup withCount(Integer count) {
        return new TaskGroup(affinities, constraints, consul, count, ephemeralDisk,
                maxClientDisconnect, meta, migrate, name, networks,
                reschedulePolicy, restartPolicy, scaling, services, shutdownDelay, spreads, stopAfterClientDisconnect,
                tasks, update, volumes);
    }

    /** A copy with another Scaling. */
    public TaskGroup withScaling(ScalingPolicy scaling) {
        return new TaskGroup(affinities, constraints, consul, count, ephemeralDisk,
                maxClientDisconnect, meta, migrate, name, networks,
                reschedulePolicy, restartPolicy, scaling, services, shutdownDelay, spreads, stopAfterClientDisconnect,
                tasks, update, volumes);
    }

    /** A copy with another Tasks. */
    public TaskGroup withTasks(List<Task> tasks) {
        return new TaskGroup(affinities, constraints, consul, count, ephemeralDisk,
                maxClientDisconnect, meta, migrate, name, networks,
                reschedulePolicy, restartPolicy, scaling, services, shutdownDelay, spreads, stopAfterClientDisconnect,
                tasks, update, volumes);
    }

    /** A copy with another Constraints. */
    public TaskGroup withConstraints(List<Constraint> constraints) {
        return new TaskGroup(affinities, constraints, consul, count, ephemeralDisk,
                maxClientDisconnect, meta, migrate, name, networks,
                reschedulePolicy, restartPolicy, scaling, services, shutdownDelay, spreads, stopAfterClientDisconnect,
                tasks, update, volumes);
    }

    /** A copy with another Networks. */
    public TaskGroup withNetworks(List<NetworkResource> networks) {
        return new TaskGroup(affinities, constraints, consul, count, ephemeralDisk,
                maxClientDisconnect, meta, migrate, name, networks,
                reschedulePolicy, restartPolicy, scaling, services, shutdownDelay, spreads, stopAfterClientDisconnect,
                tasks, update, volumes);
    }

    /** A copy with another Services. */
    public TaskGroup withServices(List<Service> services) {
        return new TaskGroup(affinities, constraints, consul, count, ephemeralDisk,
                maxClientDisconnect, meta, migrate, name, networks,
                reschedulePolicy, restartPolicy, scaling, services, shutdownDelay, spreads, stopAfterClientDisconnect,
                tasks, update, volumes);
    }

    /** A copy with another Update. */
    public TaskGroup withUpdate(UpdateStrategy update) {
        return new TaskGroup(affinities, constraints, consul, count, ephemeralDisk,
                maxClientDisconnect, meta, migrate, name, networks,
                reschedulePolicy, restartPolicy, scaling, services, shutdownDelay, spreads, stopAfterClientDisconnect,
                tasks, update, volumes);
    }

    /** A copy with another ReschedulePolicy. */
    public TaskGroup withReschedulePolicy(ReschedulePolicy reschedulePolicy) {
        return new TaskGroup(affinities, constraints, consul, count, ephemeralDisk,
                maxClientDisconnect, meta, migrate, name, networks,
                reschedulePolicy, restartPolicy, scaling, services, shutdownDelay, spreads, stopAfterClientDisconnect,
                tasks, update, volumes);
    }

    /** A copy with another RestartPolicy. */
    public TaskGroup withRestartPolicy(RestartPolicy restartPolicy) {
        return new TaskGroup(affinities, constraints, consul, count, ephemeralDisk,
                maxClientDisconnect, meta, migrate, name, networks,
                reschedulePolicy, restartPolicy, scaling, services, shutdownDelay, spreads, stopAfterClientDisconnect,
                tasks, update, volumes);
    }

    /** A copy with another Migrate. */
    public TaskGroup withMigrate(MigrateStrategy migrate) {
        return new TaskGroup(affinities, constraints, consul, count, ephemeralDisk,
                maxClientDisconnect, meta, migrate, name, networks,
                reschedulePolicy, restartPolicy, scaling, services, shutdownDelay, spreads, stopAfterClientDisconnect,
                tasks, update, volumes);
    }

    /** A copy with another Meta. */
    public TaskGroup withMeta(Map<String, String> meta) {
        return new TaskGroup(affinities, constraints, consul, count, ephemeralDisk,
                maxClientDisconnect, meta, migrate, name, networks,
                reschedulePolicy, restartPolicy, scaling, services, shutdownDelay, spreads, stopAfterClientDisconnect,
                tasks, update, volumes);
    }

    /** A copy with another EphemeralDisk. */
    public TaskGroup withEphemeralDisk(EphemeralDisk ephemeralDisk) {
        return new TaskGroup(affinities, constraints, consul, count, ephemeralDisk,
                maxClientDisconnect, meta, migrate, name, networks,
                reschedulePolicy, restartPolicy, scaling, services, shutdownDelay, spreads, stopAfterClientDisconnect,
                tasks, update, volumes);
    }

    /** The task of that name, null where there is none. */
    public Task task(String name) {
        if (tasks != null) {
            for (Task task : tasks) {
                if (name.equals(task.name())) {
                    return task;
                }
            }
        }
        return null;
    }
}
