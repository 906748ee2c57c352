package muster.scheduler.state;

import java.util.Map;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** The supervised roll-out of a version of a service job (API page "Deployments"). */
public record Deployment(
        long createIndex,
        @Key("ID") String id,
        boolean isMultiregion,
        long jobCreateIndex,
        @Key("JobID") String jobId,
        long jobModifyIndex,
        long jobSpecModifyIndex,
        long jobVersion,
        long modifyIndex,
        String namespace,
        String status,
        String statusDescription,
        Map<String, DeploymentState> taskGroups) {
    public Deployment {
        id = Values.text(id);
        jobId = Values.text(jobId);
        namespace = Values.text(namespace);
        status = Values.text(status);
        statusDescription = Values.text(statusDescription);
        taskGroups = Values.map(taskGroups);
    }

    /** A copy with another CreateIndex. */
    public Deployment withCreateIndex(long createIndex) {
        return new Deployment(createIndex, id, isMultiregion, jobCreateIndex, jobId, jobModifyIndex,
                jobSpecModifyIndex, jobVersion, modifyIndex, namespace, status, statusDescription, taskGroups);
    }

    /** A copy with another ModifyIndex. */
    public Deployment withModifyIndex(long modifyIndex) {
        return new Deployment(createIndex, id, isMultiregion, jobCreateIndex, jobId, jobModifyIndex,
                jobSpecModifyIndex, jobVersion, modifyIndex, namespace, status, statusDescription, taskGroups);
    }

    /** A copy with another Status. */
    public Deployment withStatus(String status) {
        return new Deployment(createIndex, id, isMultiregion, jobCreateIndex, jobId, jobModifyIndex,
                jobSpecModifyIndex, jobVersion, modifyIndex, namespace, status, statusDescription, taskGroups);
    }

    /** A copy with another StatusDescription. */
    public Deployment withStatusDescription(String statusDescription) {
        return new Deployment(createIndex, id, isMultiregion, jobCreateIndex, jobId, jobModifyIndex,
                jobSpecModifyIndex, jobVersion, modifyIndex, namespace, status, statusDescription, taskGroups);
    }

    /** A copy with another TaskGroups. */
    public Deployment withTaskGroups(Map<String, DeploymentState> taskGroups) {
        return new Deployment(createIndex, id, isMultiregion, jobCreateIndex, jobId, jobModifyIndex,
                jobSpecModifyIndex, jobVersion, modifyIndex, namespace, status, statusDescription, taskGroups);
    }

    public static final String RUNNING = "running";
    public static final String PAUSED = "paused";
    public static final String SUCCESSFUL = "successful";
    public static final String FAILED = "failed";
    public static final String CANCELLED = "cancelled";

    /** Whether it still goes on, be it paused. */
    public boolean isActive() {
        return status.equals(RUNNING) || status.equals(PAUSED);
    }
}
