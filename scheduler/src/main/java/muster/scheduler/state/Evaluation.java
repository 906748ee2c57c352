package muster.scheduler.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** A reason to look at a job again (API page "Evaluations"). Times are nanoseconds since 1970, the wait is until an instant. */
public record Evaluation(
        @Key(omitEmpty = true) boolean annotatePlan,
        @Key(omitEmpty = true) String blockedEval,
        @Key(omitEmpty = true) Map<String, Boolean> classEligibility,
        long createIndex,
        long createTime,
        @Key(value = "DeploymentID", omitEmpty = true) String deploymentId,
        @Key(omitEmpty = true) boolean escapedComputedClass,
        @Key(omitEmpty = true) Map<String, AllocMetric> failedTGAllocs,
        @Key("ID") String id,
        @Key("JobID") String jobId,
        @Key(omitEmpty = true) long jobModifyIndex,
        @Key(omitEmpty = true) String leaderACL,
        long modifyIndex,
        long modifyTime,
        String namespace,
        @Key(omitEmpty = true) String nextEval,
        @Key(value = "NodeID", omitEmpty = true) String nodeId,
        @Key(omitEmpty = true) long nodeModifyIndex,
        @Key(omitEmpty = true) String previousEval,
        int priority,
        @Key(omitEmpty = true) Map<String, Integer> queuedAllocations,
        @Key(omitEmpty = true) String quotaLimitReached,
        @Key(omitEmpty = true) long snapshotIndex,
        String status,
        @Key(omitEmpty = true) String statusDescription,
        String triggeredBy,
        String type,
        @Key(value = "Wait", omitEmpty = true) Duration delay,
        @Key(omitEmpty = true) Instant waitUntil) {
    public Evaluation {
        blockedEval = Values.text(blockedEval);
        classEligibility = Values.map(classEligibility);
        deploymentId = Values.text(deploymentId);
        failedTGAllocs = Values.map(failedTGAllocs);
        id = Values.text(id);
        jobId = Values.text(jobId);
        leaderACL = Values.text(leaderACL);
        namespace = Values.text(namespace);
        nextEval = Values.text(nextEval);
        nodeId = Values.text(nodeId);
        previousEval = Values.text(previousEval);
        queuedAllocations = Values.map(queuedAllocations);
        quotaLimitReached = Values.text(quotaLimitReached);
        status = Values.text(status);
        statusDescription = Values.text(statusDescription);
        triggeredBy = Values.text(triggeredBy);
        type = Values.text(type);
        delay = Values.duration(delay);
    }

    /** A copy with another Status. */
    public Evaluation withStatus(String status) {
        return new Evaluation(annotatePlan, blockedEval, classEligibility, createIndex, createTime, deploymentId,
                escapedComputedClass, failedTGAllocs, id, jobId, jobModifyIndex, leaderACL, modifyIndex, modifyTime,
                namespace, nextEval, nodeId, nodeModifyIndex, previousEval, priority, queuedAllocations,
                quotaLimitReached, snapshotIndex, status, statusDescription, triggeredBy, type, delay, waitUntil);
    }

    /** A copy with another StatusDescription. */
    public Evaluation withStatusDescription(String statusDescription) {
        return new Evaluation(annotatePlan, blockedEval, classEligibility, createIndex, createTime, deploymentId,
                escapedComputedClass, failedTGAllocs, id, jobId, jobModifyIndex, leaderACL, modifyIndex, modifyTime,
                namespace, nextEval, nodeId, nodeModifyIndex, previousEval, priority, queuedAllocations,
                quotaLimitReached, snapshotIndex, status, statusDescription, triggeredBy, type, delay, waitUntil);
    }

    /** A copy with another CreateIndex. */
    public Evaluation withCreateIndex(long createIndex) {
        return new Evaluation(annotatePlan, blockedEval, classEligibility, createIndex, createTime, deploymentId,
                escapedComputedClass, failedTGAllocs, id, jobId, jobModifyIndex, leaderACL, modifyIndex, modifyTime,
                namespace, nextEval, nodeId, nodeModifyIndex, previousEval, priority, queuedAllocations,
                quotaLimitReached, snapshotIndex, status, statusDescription, triggeredBy, type, delay, waitUntil);
    }

    /** A copy with another ModifyIndex. */
    public Evaluation withModifyIndex(long modifyIndex) {
        return new Evaluation(annotatePlan, blockedEval, classEligibility, createIndex, createTime, deploymentId,
                escapedComputedClass, failedTGAllocs, id, jobId, jobModifyIndex, leaderACL, modifyIndex, modifyTime,
                namespace, nextEval, nodeId, nodeModifyIndex, previousEval, priority, queuedAllocations,
                quotaLimitReached, snapshotIndex, status, statusDescription, triggeredBy, type, delay, waitUntil);
    }

    /** A copy with another ModifyTime. */
    public Evaluation withModifyTime(long modifyTime) {
        return new Evaluation(annotatePlan, blockedEval, classEligibility, createIndex, createTime, deploymentId,
                escapedComputedClass, failedTGAllocs, id, jobId, jobModifyIndex, leaderACL, modifyIndex, modifyTime,
                namespace, nextEval, nodeId, nodeModifyIndex, previousEval, priority, queuedAllocations,
                quotaLimitReached, snapshotIndex, status, statusDescription, triggeredBy, type, delay, waitUntil);
    }

    /** A copy with another QueuedAllocations. */
    public Evaluation withQueuedAllocations(Map<String, Integer> queuedAllocations) {
        return new Evaluation(annotatePlan, blockedEval, classEligibility, createIndex, createTime, deploymentId,
                escapedComputedClass, failedTGAllocs, id, jobId, jobModifyIndex, leaderACL, modifyIndex, modifyTime,
                namespace, nextEval, nodeId, nodeModifyIndex, previousEval, priority, queuedAllocations,
                quotaLimitReached, snapshotIndex, status, statusDescription, triggeredBy, type, delay, waitUntil);
    }

    /** A copy with another FailedTGAllocs. */
    public Evaluation withFailedTGAllocs(Map<String, AllocMetric> failedTGAllocs) {
        return new Evaluation(annotatePlan, blockedEval, classEligibility, createIndex, createTime, deploymentId,
                escapedComputedClass, failedTGAllocs, id, jobId, jobModifyIndex, leaderACL, modifyIndex, modifyTime,
                namespace, nextEval, nodeId, nodeModifyIndex, previousEval, priority, queuedAllocations,
                quotaLimitReached, snapshotIndex, status, statusDescription, triggeredBy, type, delay, waitUntil);
    }

    /** A copy with another BlockedEval. */
    public Evaluation withBlockedEval(String blockedEval) {
        return new Evaluation(annotatePlan, blockedEval, classEligibility, createIndex, createTime, deploymentId,
                escapedComputedClass, failedTGAllocs, id, jobId, jobModifyIndex, leaderACL, modifyIndex, modifyTime,
                namespace, nextEval, nodeId, nodeModifyIndex, previousEval, priority, queuedAllocations,
                quotaLimitReached, snapshotIndex, status, statusDescription, triggeredBy, type, delay, waitUntil);
    }

    /** A copy with another DeploymentID. */
    public Evaluation withDeploymentId(String deploymentId) {
        return new Evaluation(annotatePlan, blockedEval, classEligibility, createIndex, createTime, deploymentId,
                escapedComputedClass, failedTGAllocs, id, jobId, jobModifyIndex, leaderACL, modifyIndex, modifyTime,
                namespace, nextEval, nodeId, nodeModifyIndex, previousEval, priority, queuedAllocations,
                quotaLimitReached, snapshotIndex, status, statusDescription, triggeredBy, type, delay, waitUntil);
    }

    /** A copy with another SnapshotIndex. */
    public Evaluation withSnapshotIndex(long snapshotIndex) {
        return new Evaluation(annotatePlan, blockedEval, classEligibility, createIndex, createTime, deploymentId,
                escapedComputedClass, failedTGAllocs, id, jobId, jobModifyIndex, leaderACL, modifyIndex, modifyTime,
                namespace, nextEval, nodeId, nodeModifyIndex, previousEval, priority, queuedAllocations,
                quotaLimitReached, snapshotIndex, status, statusDescription, triggeredBy, type, delay, waitUntil);
    }

    /** A copy with another NextEval. */
    public Evaluation withNextEval(String nextEval) {
        return new Evaluation(annotatePlan, blockedEval, classEligibility, createIndex, createTime, deploymentId,
                escapedComputedClass, failedTGAllocs, id, jobId, jobModifyIndex, leaderACL, modifyIndex, modifyTime,
                namespace, nextEval, nodeId, nodeModifyIndex, previousEval, priority, queuedAllocations,
                quotaLimitReached, snapshotIndex, status, statusDescription, triggeredBy, type, delay, waitUntil);
    }

    /** A copy with another WaitUntil. */
    public Evaluation withWaitUntil(Instant waitUntil) {
        return new Evaluation(annotatePlan, blockedEval, classEligibility, createIndex, createTime, deploymentId,
                escapedComputedClass, failedTGAllocs, id, jobId, jobModifyIndex, leaderACL, modifyIndex, modifyTime,
                namespace, nextEval, nodeId, nodeModifyIndex, previousEval, priority, queuedAllocations,
                quotaLimitReached, snapshotIndex, status, statusDescription, triggeredBy, type, delay, waitUntil);
    }

    public static final String BLOCKED = "blocked";
    public static final String PENDING = "pending";
    public static final String COMPLETE = "complete";
    public static final String FAILED = "failed";
    public static final String CANCELED = "canceled";

    /** Whether nothing more comes of it. */
    public boolean isTerminal() {
        return status.equals(COMPLETE) || status.equals(FAILED) || status.equals(CANCELED);
    }
}
