package muster.scheduler.state;

import java.util.List;
import java.util.Map;
import muster.scheduler.job.Job;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.wire.Key;

/**
 * An instance of a group on a node (API page "Allocations"). {@code job} is the version it was placed for.
 * Times are nanoseconds since 1970.
 */
public record Allocation(
        long allocModifyIndex,
        AllocatedResources allocatedResources,
        String clientDescription,
        String clientStatus,
        long createIndex,
        long createTime,
        @Key("DeploymentID") String deploymentId,
        AllocDeploymentStatus deploymentStatus,
        String desiredDescription,
        String desiredStatus,
        DesiredTransition desiredTransition,
        @Key("EvalID") String evalId,
        @Key("FollowupEvalID") String followupEvalId,
        @Key("ID") String id,
        Job job,
        @Key("JobID") String jobId,
        AllocMetric metrics,
        long modifyIndex,
        long modifyTime,
        String name,
        String namespace,
        AllocNetworkStatus networkStatus,
        String nextAllocation,
        @Key("NodeID") String nodeId,
        String nodeName,
        List<String> preemptedAllocations,
        String preemptedByAllocation,
        String previousAllocation,
        RescheduleTracker rescheduleTracker,
        String taskGroup,
        Map<String, TaskState> taskStates) {
    public Allocation {
        clientDescription = Values.text(clientDescription);
        clientStatus = Values.text(clientStatus);
        deploymentId = Values.text(deploymentId);
        desiredDescription = Values.text(desiredDescription);
        desiredStatus = Values.text(desiredStatus);
        evalId = Values.text(evalId);
        followupEvalId = Values.text(followupEvalId);
        id = Values.text(id);
        jobId = Values.text(jobId);
        name = Values.text(name);
        namespace = Values.text(namespace);
        nextAllocation = Values.text(nextAllocation);
        nodeId = Values.text(nodeId);
        nodeName = Values.text(nodeName);
        preemptedAllocations = Values.list(preemptedAllocations);
        preemptedByAllocation = Values.text(preemptedByAllocation);
        previousAllocation = Values.text(previousAllocation);
        taskGroup = Values.text(taskGroup);
        taskStates = Values.map(taskStates);
    }

    /** A copy with other indexes. */
    Allocation withIndexes(long allocModifyIndex, long createIndex, long modifyIndex) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with other times, in nanoseconds since 1970. */
    Allocation withTimes(long createTime, long modifyTime) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another AllocModifyIndex. */
    public Allocation withAllocModifyIndex(long allocModifyIndex) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another ClientDescription. */
    public Allocation withClientDescription(String clientDescription) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another ClientStatus. */
    public Allocation withClientStatus(String clientStatus) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another CreateIndex. */
    public Allocation withCreateIndex(long createIndex) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another DeploymentID. */
    public Allocation withDeploymentId(String deploymentId) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another DeploymentStatus. */
    public Allocation withDeploymentStatus(AllocDeploymentStatus deploymentStatus) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another DesiredDescription. */
    public Allocation withDesiredDescription(String desiredDescription) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another DesiredStatus. */
    public Allocation withDesiredStatus(String desiredStatus) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another DesiredTransition. */
    public Allocation withDesiredTransition(DesiredTransition desiredTransition) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another EvalID. */
    public Allocation withEvalId(String evalId) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another FollowupEvalID. */
    public Allocation withFollowupEvalId(String followupEvalId) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another Job. */
    public Allocation withJob(Job job) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another Metrics. */
    public Allocation withMetrics(AllocMetric metrics) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another ModifyIndex. */
    public Allocation withModifyIndex(long modifyIndex) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another ModifyTime. */
    public Allocation withModifyTime(long modifyTime) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another CreateTime. */
    public Allocation withCreateTime(long createTime) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another NetworkStatus. */
    public Allocation withNetworkStatus(AllocNetworkStatus networkStatus) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another NextAllocation. */
    public Allocation withNextAllocation(String nextAllocation) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another PreemptedByAllocation. */
    public Allocation withPreemptedByAllocation(String preemptedByAllocation) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another PreviousAllocation. */
    public Allocation withPreviousAllocation(String previousAllocation) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another RescheduleTracker. */
    public Allocation withRescheduleTracker(RescheduleTracker rescheduleTracker) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another TaskStates. */
    public Allocation withTaskStates(Map<String, TaskState> taskStates) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    /** A copy with another AllocatedResources. */
    public Allocation withAllocatedResources(AllocatedResources allocatedResources) {
        return new Allocation(allocModifyIndex, allocatedResources, clientDescription, clientStatus, createIndex,
                createTime, deploymentId, deploymentStatus, desiredDescription, desiredStatus, desiredTransition,
                evalId, followupEvalId, id, job, jobId, metrics, modifyIndex, modifyTime, name, namespace,
                networkStatus, nextAllocation, nodeId, nodeName, preemptedAllocations, preemptedByAllocation,
                previousAllocation, rescheduleTracker, taskGroup, taskStates);
    }

    public static final String RUN = "run";
    public static final String STOP = "stop";
    public static final String EVICT = "evict";
    /** Nothing is heard of it, since its node is disconnected. */
    public static final String UNKNOWN = "unknown";
    public static final String PENDING = "pending";
    public static final String RUNNING = "running";
    public static final String COMPLETE = "complete";
    public static final String FAILED = "failed";
    public static final String LOST = "lost";

    /** Whether the server wants it stopped. */
    public boolean isServerTerminal() {
        return desiredStatus.equals(STOP) || desiredStatus.equals(EVICT);
    }

    /** Whether it ended on its node. */
    public boolean isClientTerminal() {
        return clientStatus.equals(COMPLETE) || clientStatus.equals(FAILED) || clientStatus.equals(LOST);
    }

    /** Whether it neither runs nor is to run. */
    public boolean isTerminal() {
        return isServerTerminal() || isClientTerminal();
    }

    /** The number in its name, {@code job.group[7]}. */
    public int index() {
        return Integer.parseInt(name.substring(name.lastIndexOf('[') + 1, name.length() - 1));
    }

    /** Whether its deployment counts it as healthy. */
    public boolean isHealthy() {
        return deploymentStatus != null && Boolean.TRUE.equals(deploymentStatus.healthy());
    }

    /** Whether its deployment counts it as unhealthy. */
    public boolean isUnhealthy() {
        return deploymentStatus != null && Boolean.FALSE.equals(deploymentStatus.healthy());
    }

    /** Whether it was placed as a canary and not promoted. */
    public boolean isCanary() {
        return deploymentStatus != null && deploymentStatus.canary();
    }

    /** What it takes of its node. */
    public TaskGroup group() {
        return job.group(taskGroup);
    }
}
