package muster.scheduler.job;

import java.util.List;
import java.util.Map;
import muster.wire.Key;

/**
 * A job as submitted, parsed and stored (API page "Jobs"). What may be left out of a job file is nullable; after
 * canonicalisation by the server only lists, maps and the optional blocks are. {@code reschedule} and {@code migrate}
 * exist in job files and API answers of the parser; the stored job has them merged into its groups. {@code nodePool} is
 * {@link Reach#DEFAULT_POOL} where it is empty; jobs that name none are without it in JSON, as jobs of earlier versions are.
 */
public record Job(
        List<Affinity> affinities,
        Boolean allAtOnce,
        List<Constraint> constraints,
        String consulNamespace,
        String consulToken,
        Long createIndex,
        List<String> datacenters,
        @Key(omitEmpty = true) String dispatchIdempotencyToken,
        boolean dispatched,
        @Key("ID") String id,
        Long jobModifyIndex,
        Map<String, String> meta,
        MigrateStrategy migrate,
        Long modifyIndex,
        Multiregion multiregion,
        String name,
        String namespace,
        @Key(omitEmpty = true) String nodePool,
        @Key("NomadTokenID") String nomadTokenId,
        ParameterizedJob parameterizedJob,
        @Key("ParentID") String parentId,
        String payload,
        PeriodicConfig periodic,
        Integer priority,
        String region,
        ReschedulePolicy reschedule,
        List<Spread> spreads,
        Boolean stable,
        String status,
        String statusDescription,
        Boolean stop,
        Long submitTime,
        List<TaskGroup> taskGroups,
        String type,
        @Key(value = "UI", omitNull = true) JobUi ui,
        UpdateStrategy update,
        String vaultNamespace,
        String vaultToken,
        Long version,
        @Key(omitNull = true) VersionTag versionTag) {
    public Job {
        affinities = Values.list(affinities);
        constraints = Values.list(constraints);
        datacenters = Values.list(datacenters);
        meta = Values.map(meta);
        spreads = Values.list(spreads);
        taskGroups = Values.list(taskGroups);
    }

    /** A copy without the tokens that it was submitted with: they show who may run it, and are not kept. */
    public Job withoutTokens() {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken == null ? null : "", createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken == null ? null : "", version, versionTag);
    }

    /** A copy with another ID. */
    public Job withId(String id) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Name. */
    public Job withName(String name) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Namespace. */
    public Job withNamespace(String namespace) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another ParentID. */
    public Job withParentId(String parentId) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another DispatchIdempotencyToken. */
    public Job withDispatchIdempotencyToken(String dispatchIdempotencyToken) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Dispatched. */
    public Job withDispatched(boolean dispatched) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Payload. */
    public Job withPayload(String payload) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Meta. */
    public Job withMeta(Map<String, String> meta) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Stop. */
    public Job withStop(Boolean stop) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Stable. */
    public Job withStable(Boolean stable) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Status. */
    public Job withStatus(String status) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another StatusDescription. */
    public Job withStatusDescription(String statusDescription) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Version. */
    public Job withVersion(Long version) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another CreateIndex. */
    public Job withCreateIndex(Long createIndex) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another ModifyIndex. */
    public Job withModifyIndex(Long modifyIndex) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another JobModifyIndex. */
    public Job withJobModifyIndex(Long jobModifyIndex) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another SubmitTime. */
    public Job withSubmitTime(Long submitTime) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another TaskGroups. */
    public Job withTaskGroups(List<TaskGroup> taskGroups) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Update. */
    public Job withUpdate(UpdateStrategy update) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Constraints. */
    public Job withConstraints(List<Constraint> constraints) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Priority. */
    public Job withPriority(Integer priority) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another Periodic. */
    public Job withPeriodic(PeriodicConfig periodic) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another ParameterizedJob. */
    public Job withParameterizedJob(ParameterizedJob parameterizedJob) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** A copy with another VersionTag. */
    public Job withVersionTag(VersionTag versionTag) {
        return new Job(affinities, allAtOnce, constraints, consulNamespace, consulToken, createIndex, datacenters,
                dispatchIdempotencyToken, dispatched, id, jobModifyIndex, meta, migrate, modifyIndex, multiregion, name, namespace,
                nodePool, nomadTokenId, parameterizedJob, parentId, payload, periodic, priority, region, reschedule, spreads,
                stable, status, statusDescription, stop, submitTime, taskGroups, type, ui, update, vaultNamespace,
                vaultToken, version, versionTag);
    }

    /** The node pool that its allocations are placed in. */
    public String pool() {
        return nodePool == null || nodePool.isEmpty() ? Reach.DEFAULT_POOL : nodePool;
    }

    /** The group of that name, null where there is none. */
    public TaskGroup group(String name) {
        if (taskGroups != null) {
            for (TaskGroup group : taskGroups) {
                if (name.equals(group.name())) {
                    return group;
                }
            }
        }
        return null;
    }

    /** Whether it was stopped or purged on purpose. */
    public boolean isStopped() {
        return Boolean.TRUE.equals(stop);
    }

    /** Whether it only launches children on a schedule. */
    public boolean isPeriodic() {
        return periodic != null;
    }

    /** Whether it is a template for dispatched children, not one of these. */
    public boolean isParameterized() {
        return parameterizedJob != null && !dispatched;
    }

    /** Whether it is nothing but the parent of the jobs that do run. */
    public boolean hasChildren() {
        return isPeriodic() || isParameterized();
    }
}
