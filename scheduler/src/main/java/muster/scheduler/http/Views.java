package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.scheduler.job.Job;
import muster.scheduler.job.JobTree;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Resources;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocNetworkStatus;
import muster.scheduler.state.AllocatedTaskResources;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.JobSummary;
import muster.scheduler.state.Node;
import muster.wire.Json;

/** The answers' forms of objects, where they are not the stored ones: whole objects and the stubs of lists. */
final class Views {
    private Views() {}

    @SuppressWarnings("unchecked")
    private static Map<String, Object> tree(Record record) {
        return (Map<String, Object>) Json.parse(Json.write(record));
    }

    static Map<String, Object> jobStub(Job job, JobSummary summary) {
        Map<String, Object> stub = new TreeMap<>();
        stub.put("CreateIndex", job.createIndex());
        stub.put("Datacenters", job.datacenters());
        stub.put("ID", job.id());
        stub.put("JobModifyIndex", job.jobModifyIndex());
        stub.put("JobSummary", summary);
        stub.put("ModifyIndex", job.modifyIndex());
        stub.put("Multiregion", job.multiregion());
        stub.put("Name", job.name());
        stub.put("Namespace", job.namespace());
        if (!Values.text(job.nodePool()).isEmpty()) {
            stub.put("NodePool", job.nodePool());
        }
        stub.put("ParameterizedJob", job.isParameterized());
        stub.put("ParentID", Values.text(job.parentId()));
        stub.put("Periodic", job.isPeriodic());
        stub.put("Priority", job.priority());
        stub.put("Status", job.status());
        stub.put("StatusDescription", Values.text(job.statusDescription()));
        stub.put("Stop", job.isStopped());
        stub.put("SubmitTime", job.submitTime());
        stub.put("Type", job.type());
        return stub;
    }

    static Map<String, Object> allocationStub(Allocation a, boolean resources) {
        Map<String, Object> stub = new TreeMap<>();
        if (resources) {
            stub.put("AllocatedResources", a.allocatedResources());
        }
        stub.put("ClientDescription", a.clientDescription());
        stub.put("ClientStatus", a.clientStatus());
        stub.put("CreateIndex", a.createIndex());
        stub.put("CreateTime", a.createTime());
        stub.put("DeploymentStatus", a.deploymentStatus());
        stub.put("DesiredDescription", a.desiredDescription());
        stub.put("DesiredStatus", a.desiredStatus());
        stub.put("DesiredTransition", a.desiredTransition());
        stub.put("EvalID", a.evalId());
        stub.put("FollowupEvalID", a.followupEvalId());
        stub.put("ID", a.id());
        stub.put("JobID", a.jobId());
        stub.put("JobType", a.job().type());
        stub.put("JobVersion", a.job().version());
        stub.put("ModifyIndex", a.modifyIndex());
        stub.put("ModifyTime", a.modifyTime());
        stub.put("Name", a.name());
        stub.put("Namespace", a.namespace());
        stub.put("NodeID", a.nodeId());
        stub.put("NodeName", a.nodeName());
        stub.put("PreemptedAllocations", a.preemptedAllocations());
        stub.put("PreemptedByAllocation", a.preemptedByAllocation());
        stub.put("RescheduleTracker", a.rescheduleTracker());
        stub.put("TaskGroup", a.taskGroup());
        stub.put("TaskStates", a.taskStates());
        return stub;
    }

    /** A whole allocation, with the forms of its resources that older clients read, without what is empty. */
    static Map<String, Object> allocation(Allocation a) {
        Map<String, Object> tree = new TreeMap<>(tree(a.withJob(null)));
        Map<String, Object> tasks = new TreeMap<>();
        int cpu = 0;
        int memory = 0;
        List<NetworkResource> networks = new ArrayList<>();
        for (Map.Entry<String, AllocatedTaskResources> task : Values.orEmpty(a.allocatedResources().tasks()).entrySet()) {
            AllocatedTaskResources r = task.getValue();
            cpu += (int) r.cpu().cpuShares();
            memory += (int) r.memory().memoryMB();
            networks.addAll(Values.orEmpty(r.networks()));
            tasks.put(task.getKey(), new Resources((int) r.cpu().cpuShares(), 0, null, 0, 0, (int) r.memory().memoryMB(),
                    (int) r.memory().memoryMaxMB(), r.networks()));
        }
        int disk = (int) a.allocatedResources().shared().diskMB();
        List<NetworkResource> shared = a.allocatedResources().shared().networks();
        networks.addAll(Values.orEmpty(shared));
        tree.put("Resources", new Resources(cpu, 0, null, disk, 0, memory, memory, networks.isEmpty() ? null : networks));
        tree.put("SharedResources", new Resources(0, 0, null, disk, 0, 0, 0, shared));
        tree.put("TaskResources", tasks);
        tree.values().removeIf(value -> value == null || value.equals("") || value.equals(List.of()));
        if (a.taskStates() != null) {
            tree.putIfAbsent("NetworkStatus", new AllocNetworkStatus("", null, ""));
        }
        tree.put("Job", JobTree.stored(a.job()));
        return tree;
    }

    static Map<String, Object> node(Node node) {
        return tree(node.withSecretId(""));
    }

    static Map<String, Object> nodeStub(Node node, boolean resources) {
        Map<String, Object> stub = new TreeMap<>();
        String address = node.httpAddr();
        stub.put("Address", address.contains(":") ? address.substring(0, address.lastIndexOf(':')) : address);
        stub.put("CreateIndex", node.createIndex());
        stub.put("Datacenter", node.datacenter());
        stub.put("Drain", node.drain());
        stub.put("Drivers", node.drivers());
        stub.put("HostVolumes", node.hostVolumes());
        stub.put("ID", node.id());
        stub.put("LastDrain", node.lastDrain());
        stub.put("ModifyIndex", node.modifyIndex());
        stub.put("Name", node.name());
        stub.put("NodeClass", node.nodeClass());
        if (!node.nodePool().isEmpty()) {
            stub.put("NodePool", node.nodePool());
        }
        stub.put("SchedulingEligibility", node.schedulingEligibility());
        stub.put("Status", node.status());
        stub.put("StatusDescription", node.statusDescription());
        stub.put("Version", Values.text(Values.orEmpty(node.attributes()).get("nomad.version")));
        if (resources) {
            stub.put("NodeResources", node.nodeResources());
            stub.put("ReservedResources", node.reservedResources());
        }
        return stub;
    }
}
